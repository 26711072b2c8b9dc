package standin.driver;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A statement: announced before it runs, its changes undone if it fails. */
final class StatementHandler implements InvocationHandler {
    private final ConnectionHandler connection;
    private final Statement physical;
    private final String prepared;
    private final List<String> batch = new ArrayList<>();

    /** {@code prepared} is the text of a prepared statement in Oracle's words, else null. */
    StatementHandler(ConnectionHandler connection, Statement physical, String prepared) {
        this.connection = connection;
        this.physical = physical;
        this.prepared = prepared;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        try {
            return switch (method.getName()) {
                case "execute", "executeQuery", "executeUpdate", "executeLargeUpdate" ->
                        run(method, arguments);
                case "executeBatch", "executeLargeBatch" -> runBatch(method);
                case "addBatch" -> addBatch(method, arguments);
                case "clearBatch" -> clearBatch();
                case "getConnection" -> connection.self();
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "unwrap" -> proxy;
                case "isWrapperFor" -> ((Class<?>) arguments[0]).isInstance(proxy);
                default -> method.invoke(physical, arguments);
            };
        } catch (InvocationTargetException e) {
            throw connection.failure(e.getCause());
        } catch (SQLException e) {
            throw connection.failure(e);
        }
    }

    private Object run(Method method, Object[] arguments) throws Throwable {
        boolean ownText = arguments != null && arguments.length > 0;
        String sql = ownText ? (String) arguments[0] : prepared;
        String translated = connection.before(sql);
        Object[] changed = arguments;
        if (ownText) {
            changed = arguments.clone();
            changed[0] = translated;
        }
        Object result = connection.patiently(method, physical, changed, sql, true);
        connection.after(isQuery(method, result));
        return result;
    }

    private Object addBatch(Method method, Object[] arguments) throws Throwable {
        if (arguments == null) {
            return method.invoke(physical);
        }
        String sql = (String) arguments[0];
        batch.add(sql);
        return method.invoke(physical, connection.before(sql));
    }

    private Object clearBatch() throws SQLException {
        batch.clear();
        physical.clearBatch();
        return null;
    }

    private Object runBatch(Method method) throws Throwable {
        connection.before(batch.isEmpty() ? prepared : batch.get(0));
        batch.clear();
        try {
            Object result = method.invoke(physical);
            connection.after(false);
            return result;
        } catch (InvocationTargetException e) {
            connection.failed();
            throw e;
        }
    }

    private static boolean isQuery(Method method, Object result) {
        return switch (method.getName()) {
            case "executeQuery" -> true;
            case "execute" -> (Boolean) result;
            default -> false;
        };
    }
}
