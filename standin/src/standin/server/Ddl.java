package standin.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import standin.driver.OracleErrors;

/** Runs a DDL statement of Oracle: in the engine, in the dictionary, in the redo. */
final class Ddl {
    private static final List<String> TABLE_FACTS =
            List.of("TABLESPACE", "PCTFREE", "STORAGE", "SEGMENT", "LOGGING", "NOLOGGING", "NOCOMPRESS", "ORGANIZATION", "ENABLE");

    private static final Set<String> OTHERS = Set.of("INDEX", "UNIQUE", "VIEW", "SEQUENCE", "SYNONYM");

    private final Instance instance;
    private final Connection connection;
    private final Session session;

    Ddl(Instance instance, Connection connection, Session session) {
        this.instance = instance;
        this.connection = connection;
        this.session = session;
    }

    void run(String text) throws SQLException {
        Sql sql = new Sql(text.strip().replaceFirst(";\\s*$", ""));
        if (sql.has(0, "ALTER", "SESSION")) {
            session(sql);
            return;
        }
        // Oracle commits before and after a DDL statement.
        instance.sessions.commit(connection);
        try {
            change(sql);
        } finally {
            instance.tableLocks.altered(session);
        }
    }

    private void change(Sql sql) throws SQLException {
        if (instance.accounts.handles(sql)) {
            instance.accounts.run(session, sql);
            return;
        }
        if (sql.has(0, "ALTER", "SYSTEM")) {
            system(sql);
        } else if (sql.has(0, "ALTER", "DATABASE")) {
            database(sql);
        } else if (sql.has(0, "CREATE", "TABLE")) {
            create(sql);
        } else if (sql.has(0, "ALTER", "TABLE")) {
            alter(sql);
        } else if (sql.has(0, "DROP", "TABLE")) {
            drop(sql);
        } else if (sql.has(0, "TRUNCATE", "TABLE")) {
            truncate(sql);
        } else if (sql.has(0, "COMMENT", "ON") || sql.has(0, "PURGE")) {
            return; // no effect here
        } else {
            other(sql);
        }
    }

    private void session(Sql sql) throws SQLException {
        int container = sql.find(2, "CONTAINER", "=");
        if (container < 0) {
            return;
        }
        instance.accounts.require(session, "SET CONTAINER");
        String wanted = sql.from(container + 2).strip();
        String found = instance.names.container(wanted.replace("\"", ""));
        if (found == null) {
            throw Ora.error(65011, wanted);
        }
        session.container = found;
    }

    private void system(Sql sql) throws SQLException {
        instance.accounts.require(session, "ALTER SYSTEM");
        if (sql.has(2, "SWITCH", "LOGFILE") || sql.has(2, "ARCHIVE", "LOG", "CURRENT")) {
            locked(instance.redo::switchLog);
        }
    }

    private void database(Sql sql) throws SQLException {
        instance.accounts.require(session, "ALTER DATABASE");
        if (sql.has(2, "ADD", "SUPPLEMENTAL", "LOG", "DATA") || sql.has(2, "DROP", "SUPPLEMENTAL", "LOG", "DATA")) {
            String value = sql.at(2).is("ADD") ? "YES" : "NO";
            String fact = sql.has(6, "(", "ALL", ")") ? "SUPPLEMENTAL_LOG_DATA_ALL" : "SUPPLEMENTAL_LOG_DATA_MIN";
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("UPDATE SYS.SIM_FACTS SET FACT_VALUE = '" + value + "' WHERE NAME = '" + fact + "'");
            }
            instance.sessions.commit(connection);
        }
    }

    private void create(Sql sql) throws SQLException {
        Target target = target(sql, 2);
        instance.accounts.requireCreate(session, target.owner);
        int open = sql.find(target.next, "(");
        if (open < 0) {
            throw Ora.error(900);
        }
        int close = sql.closing(open);
        String rest = sql.find(close, "AS", "SELECT") > 0 ? " " + sql.from(sql.find(close, "AS", "SELECT")) : "";
        execute("CREATE TABLE " + target.path() + " (" + Types.translated(sql, open + 1, close) + ")" + rest);
        finish(sql, target, null, sql.find(open, "SUPPLEMENTAL", "LOG", "DATA", "(", "ALL", ")") > 0);
    }

    private void alter(Sql sql) throws SQLException {
        Target target = target(sql, 2);
        instance.accounts.requireAlter(session, target.owner, target.name);
        Table table = toAlter(target);
        int at = target.next;
        if (sql.has(at, "*", "SUPPLEMENTAL", "LOG", "DATA") || sql.has(at, "*", "SUPPLEMENTAL", "LOG", "GROUP")) {
            supplemental(sql, table, sql.at(at).is("ADD"));
            return;
        }
        List<String> statements = new AlterTable(sql, target.path(), at).statements();
        dropCapture(table);
        boolean done = false;
        try {
            for (String statement : statements) {
                execute(statement);
            }
            done = true;
        } finally {
            if (!done) {
                createCapture(table.path());
            }
        }
        Target renamed = sql.has(at, "RENAME", "TO") ? new Target(target.owner, sql.at(at + 2).text(), 0) : target;
        finish(sql, renamed, table, table.supplemental());
    }

    private void supplemental(Sql sql, Table table, boolean add) throws SQLException {
        if (table.supplemental() == add) {
            throw Ora.error(add ? 32588 : 32587);
        }
        locked(() -> instance.dictionary.store(new Table(table.id(), table.dataId(), table.version(), table.owner(),
                table.name(), table.container(), add, table.columns(), table.key(), table.changedScn(), false, null), table));
        log(sql, table);
    }

    private void drop(Sql sql) throws SQLException {
        Target target = target(sql, 2);
        instance.accounts.requireAlter(session, target.owner, target.name);
        Table table = toAlter(target);
        dropCapture(table);
        boolean done = false;
        try {
            execute("DROP TABLE " + target.path() + (sql.find(target.next, "CASCADE") > 0 ? " CASCADE" : " RESTRICT"));
            done = true;
        } finally {
            if (!done) {
                createCapture(table.path());
            }
        }
        String bin = sql.find(target.next, "PURGE") > 0 ? null : "BIN$%022X==$0".formatted(table.id()).substring(0, 30);
        locked(() -> instance.dictionary.store(new Table(table.id(), table.dataId(), table.version(), table.owner(),
                table.name(), table.container(), table.supplemental(), table.columns(), table.key(),
                instance.scn.next(), true, bin), table));
        log(sql, table);
    }

    private void truncate(Sql sql) throws SQLException {
        Target target = target(sql, 2);
        instance.accounts.requireAlter(session, target.owner, target.name);
        Table table = toAlter(target);
        execute("TRUNCATE TABLE " + target.path());
        locked(() -> instance.dictionary.store(new Table(table.id(), instance.dictionary.newId(), table.version(),
                table.owner(), table.name(), table.container(), table.supplemental(), table.columns(), table.key(),
                instance.scn.next(), false, null), table));
        log(sql, table);
    }

    /** Indexes, views, sequences and the like: the engine's own affair. */
    private void other(Sql sql) throws SQLException {
        Sql.Token what = sql.has(1, "OR", "REPLACE") ? sql.at(3) : sql.at(1);
        if (!OTHERS.contains(what.text())) {
            throw Ora.error(900);
        }
        String text = Types.translated(sql, 0, sql.tokens.size());
        for (String fact : TABLE_FACTS) {
            text = text.replaceFirst("(?i)\\s" + fact + "\\s+\\w+\\s*$", "");
        }
        execute(text);
    }

    private void finish(Sql sql, Target target, Table earlier, boolean supplemental) throws SQLException {
        createCapture(target.path());
        Table[] table = new Table[1];
        locked(() -> table[0] = instance.dictionary.register(target.owner, target.name,
                earlier == null ? session.container : earlier.container(), earlier, supplemental));
        log(sql, table[0]);
    }

    /** A DDL statement in the redo is a transaction of its own. */
    private void log(Sql sql, Table table) throws SQLException {
        instance.order.lock();
        try {
            Transaction transaction = instance.sessions.transaction(session, table.container());
            instance.redo.append(new RedoRecord(instance.scn.next(), System.currentTimeMillis(), RedoRecord.DDL, false,
                    false, transaction.xid, transaction.startScn, table.id(), table.dataId(), table.version(), 0,
                    session.user, table.container(), sql.text + ";", table.owner(), table.name(), new byte[0]));
            instance.sessions.commit(connection);
        } finally {
            instance.order.unlock();
        }
    }

    private void createCapture(String path) throws SQLException {
        int dot = path.indexOf("\".\"") + 2;
        execute("CREATE TRIGGER IF NOT EXISTS " + path.substring(0, dot) + Sql.quoted(Capture.NAME + "$" + path.substring(dot + 1, path.length() - 1))
                + " AFTER INSERT, UPDATE, DELETE ON " + path + " FOR EACH ROW CALL '" + Capture.class.getName() + "'");
    }

    private void dropCapture(Table table) throws SQLException {
        execute("DROP TRIGGER IF EXISTS " + Sql.quoted(table.owner()) + "." + Sql.quoted(Capture.NAME + "$" + table.name()));
    }

    private Table found(Target target) throws SQLException {
        Table table = instance.dictionary.find(target.owner, target.name);
        if (table == null || !table.container().equals(session.container)) {
            throw Ora.error(942);
        }
        return table;
    }

    /** The table, with nobody writing it until this statement has ended. */
    private Table toAlter(Target target) throws SQLException {
        Table table = found(target);
        instance.tableLocks.alter(session, table);
        return found(target);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw OracleErrors.translated(e);
        }
    }

    /** A table's name in a statement, and the token after it. */
    private record Target(String owner, String name, int next) {
        String path() {
            return Sql.quoted(owner) + "." + Sql.quoted(name);
        }
    }

    private Target target(Sql sql, int at) {
        return sql.at(at + 1).is(".")
                ? new Target(sql.at(at).text(), sql.at(at + 2).text(), at + 3)
                : new Target(session.user, sql.at(at).text(), at + 1);
    }

    /** Work under the instance's order. */
    private interface Work {
        void run() throws SQLException;
    }

    private void locked(Work work) throws SQLException {
        instance.order.lock();
        try {
            work.run();
        } finally {
            instance.order.unlock();
        }
    }
}
