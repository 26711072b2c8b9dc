package standin.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Users, what is granted to them, and whether a statement is theirs to run. */
final class Accounts {
    /** An object privilege. */
    private record Grant(String privilege, String owner, String object) {
    }

    private final Instance instance;
    private final Map<String, Set<String>> system = new HashMap<>();
    private final Map<String, Set<Grant>> objects = new HashMap<>();
    private final Set<String> locked = new HashSet<>();
    private Connection connection;

    Accounts(Instance instance) {
        this.instance = instance;
    }

    void load(String sysPassword) throws SQLException {
        connection = instance.open();
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE USER IF NOT EXISTS SYS PASSWORD '' ADMIN");
            statement.execute("ALTER USER SYS SET PASSWORD " + Sql.literal(sysPassword));
        }
        reload();
        instance.durable(connection);
    }

    boolean handles(Sql sql) {
        return AccountDdl.handles(sql);
    }

    void run(Session session, Sql sql) throws SQLException {
        new AccountDdl(instance, this, connection).run(session, sql);
        reload();
        instance.durable(connection);
    }

    synchronized void reload() throws SQLException {
        system.clear();
        objects.clear();
        locked.clear();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT GRANTEE, PRIVILEGE, OWNER, OBJECT FROM SYS.SIM_GRANTS")) {
                while (rows.next()) {
                    if (rows.getString(4) == null) {
                        system.computeIfAbsent(rows.getString(1), user -> new HashSet<>()).add(rows.getString(2));
                    } else {
                        objects.computeIfAbsent(rows.getString(1), user -> new HashSet<>())
                                .add(new Grant(rows.getString(2), rows.getString(3), rows.getString(4)));
                    }
                }
            }
            try (ResultSet rows = statement.executeQuery("SELECT NAME FROM SYS.SIM_USERS WHERE LOCKED")) {
                while (rows.next()) {
                    locked.add(rows.getString(1));
                }
            }
        }
    }

    void logIn(String user) throws SQLException {
        if (isLocked(user)) {
            throw Ora.error(28000);
        }
        if (!has(user, "CREATE SESSION")) {
            throw Ora.error(1045, user);
        }
    }

    private synchronized boolean isLocked(String user) {
        return locked.contains(user);
    }

    synchronized boolean hasRole(String user, String role) {
        Set<String> granted = system.getOrDefault(user, Set.of());
        return user.equals("SYS") || granted.contains(role) || granted.contains("DBA");
    }

    /** Whether a system privilege is the user's, by itself or by a role. */
    synchronized boolean has(String user, String privilege) {
        Set<String> granted = system.getOrDefault(user, Set.of());
        return user.equals("SYS") || granted.contains(privilege) || granted.contains("DBA")
                || granted.stream().anyMatch(role -> Privileges.of(role).contains(privilege));
    }

    private synchronized boolean hasObject(String user, String privilege, String owner, String object) {
        Set<Grant> granted = new HashSet<>(objects.getOrDefault(user, Set.of()));
        granted.addAll(objects.getOrDefault("PUBLIC", Set.of()));
        return granted.contains(new Grant(privilege, owner, object)) || granted.contains(new Grant("ALL", owner, object))
                || privilege.equals("SELECT") && granted.contains(new Grant("READ", owner, object));
    }

    void require(Session session, String privilege) throws SQLException {
        if (!has(session.user, privilege)) {
            throw Ora.error(1031);
        }
    }

    void requirePackage(Session session, String name) throws SQLException {
        if (!hasRole(session.user, "EXECUTE_CATALOG_ROLE") && !has(session.user, "EXECUTE ANY PROCEDURE")
                && !hasObject(session.user, "EXECUTE", "SYS", name)) {
            throw Ora.text("ORA-06550: line 1, column 7:\nPLS-00201: identifier '" + name + "' must be declared");
        }
    }

    void requireCreate(Session session, String owner) throws SQLException {
        require(session, owner.equals(session.user) ? "CREATE TABLE" : "CREATE ANY TABLE");
        if (session.isSys() || has(session.user, "UNLIMITED TABLESPACE")) {
            return;
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM SYS.SIM_QUOTAS WHERE MAX_BYTES <> 0 AND USERNAME = "
                        + Sql.literal(owner))) {
            rows.next();
            if (rows.getInt(1) == 0) {
                throw Ora.error(1950);
            }
        }
    }

    void requireAlter(Session session, String owner, String table) throws SQLException {
        if (owner.equals(session.user) || has(session.user, "ALTER ANY TABLE")) {
            return;
        }
        throw Ora.error(sees(session.user, owner, table) ? 1031 : 942);
    }

    /** Whether ALL_TABLES shows a table to a user. */
    boolean sees(String user, String owner, String table) {
        if (user.equals(owner) || has(user, "SELECT ANY TABLE")) {
            return true;
        }
        for (String privilege : Privileges.OF_OBJECTS) {
            if (hasObject(user, privilege, owner, table)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a table's rows may be read, written or locked. ORA-00942 hides what one may not know. */
    void requireTable(Session session, String privilege, Table table) throws SQLException {
        String any = privilege.equals("FLASHBACK") ? "FLASHBACK ANY TABLE" : privilege + " ANY TABLE";
        if (table.owner().equals(session.user) || has(session.user, any)
                || hasObject(session.user, privilege, table.owner(), table.name())) {
            return;
        }
        throw Ora.error(sees(session.user, table.owner(), table.name()) ? 1031 : 942);
    }

    /** LOCK TABLE: LOCK ANY TABLE, or any object privilege on the table except READ. */
    void requireLock(Session session, Table table) throws SQLException {
        if (table.owner().equals(session.user) || has(session.user, "LOCK ANY TABLE")) {
            return;
        }
        for (String privilege : Privileges.OF_OBJECTS) {
            if (!privilege.equals("READ") && hasObject(session.user, privilege, table.owner(), table.name())) {
                return;
            }
        }
        throw Ora.error(sees(session.user, table.owner(), table.name()) ? 1031 : 942);
    }

    /** A dictionary view such as V$LOG or DBA_SEGMENTS; ALL_ and USER_ views are everybody's. */
    void requireView(Session session, String view) throws SQLException {
        if (session.isSys() || hasRole(session.user, "SELECT_CATALOG_ROLE") || has(session.user, "SELECT ANY DICTIONARY")) {
            return;
        }
        String object = view.replaceFirst("^(G?V)\\$", "$1_\\$");
        if (!hasObject(session.user, "SELECT", "SYS", object) && !hasObject(session.user, "SELECT", "SYS", view)) {
            throw Ora.error(942);
        }
    }
}
