package standin.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.Locale;

/** What the engine calls by name (sql/functions.sql): the driver's calls, and Oracle's own functions. */
public final class Functions {
    private static final int AL32UTF8 = 873;
    private static final int AL16UTF16 = 2000;

    private Functions() {
    }

    // The driver's calls

    public static void logIn(Connection connection, String service) throws SQLException {
        Instance instance = Instance.get();
        Session session = instance.sessions.of(connection);
        session.user = session.engine.getUser().getName();
        if (!session.isSys()) {
            instance.faults.logIn();
            instance.accounts.logIn(session.user);
        }
        session.container = instance.names.containerOf(service);
        if (session.container == null) {
            throw Ora.text("ORA-12514: TNS:listener does not currently know of service requested in connect descriptor");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SCHEMA " + Sql.quoted(session.user));
            statement.execute("SET SCHEMA_SEARCH_PATH " + Sql.quoted(session.user) + ", SYS");
        }
    }

    /** Before a statement runs: faults, rights; gives the engine's words for it. */
    public static String before(Connection connection, String text) throws SQLException {
        Instance instance = Instance.get();
        Session session = instance.sessions.of(connection);
        if (session.ended == null && !session.isSys()) {
            session.ended = instance.faults.apply(text, session.user);
        }
        if (session.ended != null) {
            throw Ora.text(session.ended);
        }
        Sql sql = new Sql(text);
        Access access = new Access(instance, session);
        access.check(sql);
        Table written = access.written(sql);
        if (written != null) {
            instance.tableLocks.write(session, written);
        }
        session.mark = session.changes();
        return Translator.translate(text);
    }

    public static String translate(Connection connection, String text) throws SQLException {
        Instance instance = Instance.get();
        new Access(instance, instance.sessions.of(connection)).check(new Sql(text));
        return Translator.translate(text);
    }

    /** Whether a statement names a table of the session's container that is there. */
    public static boolean namesTable(Connection connection, String text) throws SQLException {
        Instance instance = Instance.get();
        return new Access(instance, instance.sessions.of(connection)).namesTable(new Sql(text));
    }

    public static void failed(Connection connection) {
        Sessions sessions = Instance.get().sessions;
        sessions.failed(sessions.of(connection));
    }

    public static void end(Connection connection, boolean commit) throws SQLException {
        if (commit) {
            Instance.get().sessions.commit(connection);
        } else {
            Instance.get().sessions.rollback(connection);
        }
    }

    public static void savepoint(Connection connection, String name) throws SQLException {
        Instance.get().sessions.savepoint(connection, name);
    }

    public static void rollbackTo(Connection connection, String name) throws SQLException {
        Instance.get().sessions.rollbackTo(connection, name);
    }

    // Statements that the engine has no words for

    public static void ddl(Connection connection, String text) throws SQLException {
        Instance instance = Instance.get();
        new Ddl(instance, connection, instance.sessions.of(connection)).run(text);
    }

    public static void block(Connection connection, String text) throws SQLException {
        Instance instance = Instance.get();
        new Blocks(instance).run(connection, instance.sessions.of(connection), text);
    }

    /** LOCK TABLE: rights are checked, and nothing is locked. */
    public static void lock(Connection connection, String text) throws SQLException {
        Instance instance = Instance.get();
        Session session = instance.sessions.of(connection);
        Sql sql = new Sql(text);
        boolean qualified = sql.at(3).is(".");
        Table table = instance.dictionary.find(
                qualified ? sql.at(2).text() : session.user, sql.at(qualified ? 4 : 2).text());
        if (table == null || !table.container().equals(session.container)) {
            throw Ora.error(942);
        }
        instance.accounts.requireLock(session, table);
    }

    public static void nothing() {
        // SET TRANSACTION and the like: no effect here.
    }

    // Tables that are functions

    public static ResultSet asOf(Connection connection, String owner, String name, Long scn) throws SQLException {
        Instance instance = Instance.get();
        Session session = instance.sessions.of(connection);
        Table table = instance.dictionary.find(owner == null ? session.user : owner, name);
        if (table == null) {
            throw Ora.error(942);
        }
        Flashback flashback = new Flashback(instance, table);
        if (scn == null || isColumnList(connection)) {
            return flashback.columns();
        }
        instance.order.lock();
        try {
            return flashback.at(scn);
        } finally {
            instance.order.unlock();
        }
    }

    public static ResultSet contents(Connection connection) throws SQLException {
        if (isColumnList(connection)) {
            return LogMiner.empty().result();
        }
        Instance instance = Instance.get();
        instance.order.lock();
        try {
            return instance.sessions.of(connection).miner.contents();
        } finally {
            instance.order.unlock();
        }
    }

    public static ResultSet minedLogs(Connection connection) throws SQLException {
        Rows rows = new Rows("FILENAME TEXT", "SEQ LONG");
        if (!isColumnList(connection)) {
            Instance.get().sessions.of(connection).miner.files().forEach(rows::add);
        }
        return rows.result();
    }

    public static ResultSet transactions(Connection connection) throws SQLException {
        Rows rows = new Rows("XID BYTES", "XIDUSN LONG", "XIDSLOT LONG", "XIDSQN LONG", "START_SCN LONG",
                "START_DATE TIME", "USERNAME TEXT", "USED_UREC LONG", "SID LONG", "CON_ID INT");
        if (isColumnList(connection)) {
            return rows.result();
        }
        Instance instance = Instance.get();
        instance.order.lock();
        try {
            for (Session session : instance.sessions.open()) {
                Transaction open = session.transaction;
                if (open != null) {
                    rows.add(Transaction.bytes(open.xid), open.xid >>> 48, open.xid >>> 32 & 0xffff, open.xid & 0xffff_ffffL,
                            open.startScn, new Timestamp(open.started / 1000 * 1000), open.user, (long) open.changes(),
                            (long) session.engine.getId(), Names.number(open.container));
                }
            }
        } finally {
            instance.order.unlock();
        }
        return rows.result();
    }

    public static ResultSet userSessions(Connection connection) throws SQLException {
        Rows rows = new Rows("SID LONG", "USERNAME TEXT", "CON_ID INT", "LOGON_TIME TIME");
        if (!isColumnList(connection)) {
            for (Session session : Instance.get().sessions.open()) {
                if (!session.user.isEmpty()) {
                    rows.add((long) session.engine.getId(), session.user, Names.number(session.container),
                            new Timestamp(session.began));
                }
            }
        }
        return rows.result();
    }

    // The dictionary's functions

    public static boolean visible(Connection connection, String owner, String table, String container) throws SQLException {
        Instance instance = Instance.get();
        Session session = instance.sessions.of(connection);
        return session.container.equals(container) && instance.accounts.sees(session.user, owner, table);
    }

    public static boolean hasPrivilege(Connection connection, String name) {
        Instance instance = Instance.get();
        String user = instance.sessions.of(connection).user;
        return Privileges.isRole(name) ? instance.accounts.hasRole(user, name) : instance.accounts.has(user, name);
    }

    public static int jdbcType(String typeName) {
        return OracleType.of(typeName).jdbc;
    }

    public static String getDdl(Connection connection, String name, String owner) throws SQLException {
        Table table = Instance.get().dictionary.find(owner, name);
        if (table == null) {
            throw Ora.text("ORA-31603: object \"" + name + "\" of type TABLE not found in schema \"" + owner + "\"");
        }
        return TableText.of(table);
    }

    public static String context(Connection connection, String namespace, String parameter) throws SQLException {
        Instance instance = Instance.get();
        Session session = instance.sessions.of(connection);
        return switch (parameter.toUpperCase(Locale.ROOT)) {
            case "SESSION_USER", "CURRENT_USER", "CURRENT_SCHEMA" -> session.user;
            case "CON_NAME" -> session.container;
            case "CON_ID" -> Integer.toString(Names.number(session.container));
            case "DB_NAME" -> instance.names.database();
            case "INSTANCE_NAME" -> instance.names.database();
            case "SERVICE_NAME" -> session.container.equals(Names.ROOT) ? instance.names.database() : session.container;
            case "SID" -> Integer.toString(session.engine.getId());
            default -> throw Ora.text("ORA-02003: invalid USERENV parameter");
        };
    }

    public static int charsetId(String name) {
        return name.equals("AL16UTF16") ? AL16UTF16 : AL32UTF8;
    }

    public static long currentScn() {
        Instance instance = Instance.get();
        instance.order.lock();
        try {
            return instance.scn.next();
        } finally {
            instance.order.unlock();
        }
    }

    public static Timestamp timeOfScn(Long scn) throws SQLException {
        Long time = scn == null ? null : Instance.get().scn.timeOf(scn);
        if (time == null) {
            throw Ora.error(8181);
        }
        return new Timestamp(time);
    }

    public static Long scnAt(Timestamp time) throws SQLException {
        Long scn = time == null ? null : Instance.get().scn.at(time.getTime());
        if (scn == null) {
            throw Ora.error(8180);
        }
        return scn;
    }

    static boolean isColumnList(Connection connection) throws SQLException {
        return "jdbc:columnlist:connection".equals(connection.getMetaData().getURL());
    }
}
