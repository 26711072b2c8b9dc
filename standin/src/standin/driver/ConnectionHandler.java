package standin.driver;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Locale;

/**
 * A connection as ojdbc's behaves: the engine's own never commits by itself, the server ends
 * transactions, and each statement is announced to the server before it runs.
 */
final class ConnectionHandler implements InvocationHandler {
    private static final int TRIES = 50;
    private static final long PAUSE_MS = 20;

    private final Connection physical;
    private final String url;
    private final PreparedStatement announce;
    private Connection self;
    private boolean autoCommit = true;
    private int savepoints;

    private ConnectionHandler(Connection physical, String url) throws SQLException {
        this.physical = physical;
        this.url = url;
        physical.setAutoCommit(false);
        this.announce = physical.prepareStatement("SELECT SYS.SIM_BEFORE(?)");
    }

    static Connection open(Connection physical, String url, String service) throws SQLException {
        ConnectionHandler handler = new ConnectionHandler(physical, url);
        handler.call("CALL SYS.SIM_LOGIN(?)", service);
        handler.self = (Connection) Proxy.newProxyInstance(
                ConnectionHandler.class.getClassLoader(), new Class<?>[] {Connection.class}, handler);
        return handler.self;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        try {
            return switch (method.getName()) {
                case "createStatement" -> wrap(Statement.class, method, arguments, null);
                case "prepareStatement" -> prepared(PreparedStatement.class, method, arguments);
                case "prepareCall" -> prepared(CallableStatement.class, method, arguments);
                case "commit" -> end(true);
                case "rollback" -> arguments == null ? end(false) : rollbackTo((Savepoint) arguments[0]);
                case "setSavepoint" -> savepoint(arguments == null ? null : (String) arguments[0]);
                case "releaseSavepoint" -> throw OracleErrors.error("ORA-17023: Unsupported feature");
                case "setAutoCommit" -> setAutoCommit((Boolean) arguments[0]);
                case "getAutoCommit" -> autoCommit;
                case "close" -> close();
                case "getMetaData" -> metaData();
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "toString" -> "stand-in connection to " + url;
                case "unwrap" -> proxy;
                case "isWrapperFor" -> ((Class<?>) arguments[0]).isInstance(proxy);
                default -> method.invoke(physical, arguments);
            };
        } catch (InvocationTargetException e) {
            throw failure(e.getCause());
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Announces a statement; gives the engine's words for it. Faults and missing grants throw. */
    String before(String sql) throws SQLException {
        announce.setString(1, sql);
        try (ResultSet answer = announce.executeQuery()) {
            answer.next();
            return answer.getString(1);
        }
    }

    /** What follows a statement: in auto-commit mode a change is committed at once. */
    void after(boolean query) throws SQLException {
        if (autoCommit && !query) {
            end(true);
        }
    }

    /** A statement failed: what it changed until then is undone, as the redo must show. */
    void failed() {
        try {
            call("CALL SYS.SIM_FAILED()");
        } catch (SQLException e) {
            OracleErrors.LOG.fine(() -> "the session is gone: " + e.getMessage());
        }
    }

    /** Translates an engine's error, and closes the connection if the session is lost. */
    Throwable failure(Throwable error) {
        if (!(error instanceof SQLException cause)) {
            return error;
        }
        SQLException translated = OracleErrors.translated(cause);
        if (OracleErrors.endsSession(translated.getErrorCode())) {
            try {
                physical.close();
            } catch (SQLException e) {
                translated.addSuppressed(e);
            }
        }
        return translated;
    }

    Connection self() {
        return self;
    }

    private Object prepared(Class<?> type, Method method, Object[] arguments) throws Throwable {
        String sql = (String) arguments[0];
        Object[] changed = arguments.clone();
        try (PreparedStatement ask = physical.prepareStatement("SELECT SYS.SIM_TRANSLATE(?)")) {
            ask.setString(1, sql);
            try (ResultSet answer = ask.executeQuery()) {
                answer.next();
                changed[0] = answer.getString(1);
            }
        }
        return wrap(type, method, changed, sql);
    }

    /**
     * Calls the engine, once more if the statement came in the moment in which the engine puts an
     * altered table in the place of the former one: Oracle lets it wait. What it changed until it
     * failed is undone if it {@code runs}, and is not only prepared.
     */
    Object patiently(Method method, Object target, Object[] arguments, String sql, boolean runs) throws Throwable {
        for (int left = TRIES;; left--) {
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                if (runs) {
                    failed();
                }
                if (left == 0 || !(e.getCause() instanceof SQLException cause) || !isSwap(cause, sql)) {
                    throw e;
                }
                Thread.sleep(PAUSE_MS);
            }
        }
    }

    private boolean isSwap(SQLException failure, String sql) throws SQLException {
        if (OracleErrors.isNoTable(failure)) {
            try (PreparedStatement ask = physical.prepareStatement("SELECT SYS.SIM_NAMES_TABLE(?)")) {
                ask.setString(1, sql);
                try (ResultSet answer = ask.executeQuery()) {
                    return answer.next() && answer.getBoolean(1);
                }
            }
        }
        return OracleErrors.isFormerTable(failure);
    }

    private Object wrap(Class<?> type, Method method, Object[] arguments, String sql) throws Throwable {
        Statement statement = (Statement) patiently(method, physical, arguments, sql, false);
        return Proxy.newProxyInstance(ConnectionHandler.class.getClassLoader(), new Class<?>[] {type},
                new StatementHandler(this, statement, sql));
    }

    private Object end(boolean commit) throws SQLException {
        call("CALL SYS.SIM_END(?)", commit);
        return null;
    }

    /** As in SQL: names are in upper case. {@code name} is null for a savepoint without one. */
    private Object savepoint(String name) throws SQLException {
        NamedSavepoint point = new NamedSavepoint(++savepoints, name == null ? null : name.toUpperCase(Locale.ROOT));
        call("CALL SYS.SIM_SAVEPOINT(?)", point.key());
        return point;
    }

    private Object rollbackTo(Savepoint point) throws SQLException {
        call("CALL SYS.SIM_ROLLBACK_TO(?)", ((NamedSavepoint) point).key());
        return null;
    }

    private Object setAutoCommit(boolean on) throws SQLException {
        if (on && !autoCommit) {
            end(true);
        }
        autoCommit = on;
        return null;
    }

    /** As ojdbc does, closing commits what is open. */
    private Object close() throws SQLException {
        if (!physical.isClosed()) {
            try {
                end(true);
            } finally {
                physical.close();
            }
        }
        return null;
    }

    private Object metaData() throws SQLException {
        return Proxy.newProxyInstance(ConnectionHandler.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                new MetaDataHandler(this, physical, url));
    }

    private void call(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = physical.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            statement.execute();
        }
    }
}
