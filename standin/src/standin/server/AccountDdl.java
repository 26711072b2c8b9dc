package standin.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** CREATE, ALTER and DROP USER, GRANT and REVOKE, CREATE TABLESPACE. */
final class AccountDdl {
    private static final String COMMON = "C##";

    private final Instance instance;
    private final Accounts accounts;
    private final Connection connection;

    AccountDdl(Instance instance, Accounts accounts, Connection connection) {
        this.instance = instance;
        this.accounts = accounts;
        this.connection = connection;
    }

    static boolean handles(Sql sql) {
        return sql.at(0).is("GRANT") || sql.at(0).is("REVOKE") || sql.at(1).is("USER") || sql.has(0, "CREATE", "TABLESPACE")
                || sql.has(0, "CREATE", "BIGFILE", "TABLESPACE");
    }

    void run(Session session, Sql sql) throws SQLException {
        if (sql.at(0).is("GRANT") || sql.at(0).is("REVOKE")) {
            grants(session, sql, sql.at(0).is("GRANT"));
        } else if (!sql.at(1).is("USER")) {
            accounts.require(session, "CREATE TABLESPACE");
            String name = sql.at(sql.find(1, "TABLESPACE") + 1).text();
            update("MERGE INTO SYS.SIM_TABLESPACES(NAME) KEY(NAME) VALUES (?)", name);
        } else if (sql.at(0).is("CREATE")) {
            create(session, sql);
        } else if (sql.at(0).is("ALTER")) {
            alter(session, sql);
        } else {
            drop(session, sql);
        }
    }

    private void create(Session session, Sql sql) throws SQLException {
        accounts.require(session, "CREATE USER");
        String user = sql.at(2).text();
        if (exists(user)) {
            throw Ora.error(1920, user);
        }
        if (user.startsWith(COMMON) != session.container.equals(Names.ROOT)) {
            throw Ora.error(65096);
        }
        String password = password(sql);
        if (password == null) {
            throw Ora.text("ORA-01935: missing user or role name");
        }
        execute("CREATE USER " + Sql.quoted(user) + " PASSWORD " + Sql.literal(password) + " ADMIN");
        execute("CREATE SCHEMA IF NOT EXISTS " + Sql.quoted(user));
        update("INSERT INTO SYS.SIM_USERS(NAME, LOCKED, TABLESPACE, COMMON, CREATED) VALUES (?, ?, 'USERS', ?, LOCALTIMESTAMP)",
                user, sql.find(3, "ACCOUNT", "LOCK") > 0, user.startsWith(COMMON));
        settings(sql, user);
    }

    private void alter(Session session, Sql sql) throws SQLException {
        String user = sql.at(2).text();
        if (!session.user.equals(user)) {
            accounts.require(session, "ALTER USER");
        }
        if (!exists(user)) {
            throw Ora.error(1918, user);
        }
        String password = password(sql);
        if (password != null) {
            execute("ALTER USER " + Sql.quoted(user) + " SET PASSWORD " + Sql.literal(password));
        }
        if (sql.find(3, "ACCOUNT") > 0) {
            update("UPDATE SYS.SIM_USERS SET LOCKED = ? WHERE NAME = ?", sql.find(3, "ACCOUNT", "LOCK") > 0, user);
        }
        settings(sql, user);
    }

    private void drop(Session session, Sql sql) throws SQLException {
        accounts.require(session, "DROP USER");
        String user = sql.at(2).text();
        if (!exists(user)) {
            throw Ora.error(1918, user);
        }
        if (instance.dictionary.hasOwner(user)) {
            throw Ora.text("ORA-01922: CASCADE must be specified to drop '" + user
                    + "' (drop its tables first: the stand-in drops no tables with a user)");
        }
        execute("DROP SCHEMA " + Sql.quoted(user) + " RESTRICT");
        execute("DROP USER " + Sql.quoted(user));
        update("DELETE FROM SYS.SIM_USERS WHERE NAME = ?", user);
        update("DELETE FROM SYS.SIM_GRANTS WHERE GRANTEE = ?", user);
        update("DELETE FROM SYS.SIM_QUOTAS WHERE USERNAME = ?", user);
    }

    private void settings(Sql sql, String user) throws SQLException {
        int tablespace = sql.find(3, "DEFAULT", "TABLESPACE");
        if (tablespace > 0) {
            String name = sql.at(tablespace + 2).text();
            requireTablespace(name);
            update("UPDATE SYS.SIM_USERS SET TABLESPACE = ? WHERE NAME = ?", name, user);
        }
        for (int at = sql.find(3, "QUOTA"); at > 0; at = sql.find(at + 1, "QUOTA")) {
            int on = sql.find(at, "ON");
            String name = sql.at(on + 1).text();
            requireTablespace(name);
            update("MERGE INTO SYS.SIM_QUOTAS(USERNAME, TABLESPACE, MAX_BYTES) KEY(USERNAME, TABLESPACE) VALUES (?, ?, ?)",
                    user, name, bytes(sql, at + 1, on));
        }
    }

    /** Oracle's dictionary writes "unlimited" as -1. */
    private static long bytes(Sql sql, int from, int to) {
        if (sql.at(from).is("UNLIMITED")) {
            return -1;
        }
        String text = sql.between(from, to).replace(" ", "").toUpperCase(Locale.ROOT);
        long number = Long.parseLong(text.replaceAll("\\D", ""));
        return switch (text.charAt(text.length() - 1)) {
            case 'K' -> number << 10;
            case 'M' -> number << 20;
            case 'G' -> number << 30;
            default -> number;
        };
    }

    private void grants(Session session, Sql sql, boolean grant) throws SQLException {
        int on = sql.find(1, "ON");
        int to = sql.find(1, grant ? "TO" : "FROM");
        if (to < 0) {
            throw Ora.error(900);
        }
        String owner = null;
        String object = null;
        if (on > 0 && on < to) {
            boolean qualified = sql.at(on + 2).is(".");
            owner = qualified ? sql.at(on + 1).text() : session.user;
            object = sql.at(qualified ? on + 3 : on + 1).text();
            requireObject(owner, object);
        }
        requireGrantor(session, owner);
        for (String grantee : names(sql, to + 1)) {
            if (!exists(grantee) && !grantee.equals("PUBLIC")) {
                throw Ora.text("ORA-01917: user or role '" + grantee + "' does not exist");
            }
            for (String privilege : privileges(sql, object == null ? to : on)) {
                requirePrivilege(privilege, object != null);
                change(grant, grantee, privilege, owner, object);
            }
        }
    }

    private void requireGrantor(Session session, String owner) throws SQLException {
        if (!session.user.equals(owner)) {
            accounts.require(session, owner == null ? "GRANT ANY PRIVILEGE" : "GRANT ANY OBJECT PRIVILEGE");
        }
    }

    private void change(boolean grant, String grantee, String privilege, String owner, String object) throws SQLException {
        String which = " WHERE GRANTEE = ? AND PRIVILEGE = ? AND OWNER IS NOT DISTINCT FROM ? AND OBJECT IS NOT DISTINCT FROM ?";
        int had = update("DELETE FROM SYS.SIM_GRANTS" + which, grantee, privilege, owner, object);
        if (grant) {
            update("INSERT INTO SYS.SIM_GRANTS(GRANTEE, PRIVILEGE, OWNER, OBJECT) VALUES (?, ?, ?, ?)",
                    grantee, privilege, owner, object);
        } else if (had == 0) {
            throw Ora.text(object != null ? "ORA-01927: cannot REVOKE privileges you did not grant"
                    : Privileges.isRole(privilege) ? "ORA-01951: ROLE '" + privilege + "' not granted to '" + grantee + "'"
                    : "ORA-01952: system privileges not granted to '" + grantee + "'");
        }
    }

    private void requireObject(String owner, String object) throws SQLException {
        if (owner.equals("SYS")) {
            if (!object.matches("(G?V_\\$|DBMS_|DBA_|UTL_).+")) {
                throw Ora.error(942);
            }
        } else if (instance.dictionary.find(owner, object) == null) {
            throw Ora.error(942);
        }
    }

    private static void requirePrivilege(String privilege, boolean onObject) throws SQLException {
        if (!Privileges.isKnown(privilege, onObject)) {
            throw Ora.text(privilege.contains(" ") ? "ORA-00990: missing or invalid privilege"
                    : Ora.error(1919, privilege).getMessage());
        }
    }

    private void requireTablespace(String name) throws SQLException {
        if (count("SELECT COUNT(*) FROM SYS.SIM_TABLESPACES WHERE NAME = ?", name) == 0) {
            throw Ora.error(959, name);
        }
    }

    private boolean exists(String user) throws SQLException {
        return count("SELECT COUNT(*) FROM SYS.SIM_USERS WHERE NAME = ?", user) > 0;
    }

    private static List<String> privileges(Sql sql, int end) {
        List<String> privileges = new ArrayList<>();
        StringBuilder words = new StringBuilder();
        for (int i = 1; i <= end; i++) {
            if (i == end || sql.at(i).is(",")) {
                privileges.add(words.toString().strip().replaceFirst("^ALL PRIVILEGES$", "ALL"));
                words.setLength(0);
            } else {
                words.append(' ').append(sql.at(i).text());
            }
        }
        return privileges;
    }

    private static List<String> names(Sql sql, int from) {
        List<String> names = new ArrayList<>();
        names.add(sql.at(from).text());
        for (int i = from + 1; sql.at(i).is(","); i += 2) {
            names.add(sql.at(i + 1).text());
        }
        return names;
    }

    /** Passwords keep their case, with quotes or without. */
    private static String password(Sql sql) {
        int by = sql.find(3, "IDENTIFIED", "BY");
        if (by < 0) {
            return null;
        }
        Sql.Token token = sql.at(by + 2);
        return token.kind() == Sql.Kind.QUOTED ? token.text() : sql.text.substring(token.start(), token.end());
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int update(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            return statement.executeUpdate();
        }
    }

    private int count(String sql, String argument) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, argument);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }
}
