package standin.server;

import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds what a query or a change touches, and asks whether the session may. */
final class Access {
    private static final Pattern CATALOG = Pattern.compile("(G?V\\$|G?V_\\$|DBA_|CDB_).+");
    /** Oracle grants these to PUBLIC. */
    private static final Set<String> PUBLIC = Set.of("V$VERSION", "V_$VERSION");

    private final Instance instance;
    private final Session session;

    Access(Instance instance, Session session) {
        this.instance = instance;
        this.session = session;
    }

    void check(Sql sql) throws SQLException {
        if (Translator.isDdl(sql) || sql.at(0).is("BEGIN") || sql.at(0).is("LOCK")) {
            return;
        }
        String privilege = switch (sql.at(0).text()) {
            case "INSERT", "UPDATE", "DELETE" -> sql.at(0).text();
            case "MERGE" -> "UPDATE";
            default -> "SELECT";
        };
        boolean flashback = sql.find(0, "AS", "OF", "SCN") > 0;
        for (int i = 0; i < sql.tokens.size(); i++) {
            Sql.Token token = sql.at(i);
            if (!token.isName() || sql.at(i - 1).is(".")) {
                continue;
            }
            if (sql.at(i + 1).is(".") && sql.at(i + 2).isName()) {
                qualified(sql, i, privilege, flashback);
            } else {
                simple(token.text());
            }
        }
    }

    /** The table that an INSERT, UPDATE, DELETE or MERGE writes; null for other statements. */
    Table written(Sql sql) {
        int at = switch (sql.at(0).text()) {
            case "INSERT", "MERGE" -> 2;
            case "UPDATE" -> 1;
            case "DELETE" -> sql.at(1).is("FROM") ? 2 : 1;
            default -> -1;
        };
        if (at < 0) {
            return null;
        }
        boolean owned = sql.at(at + 1).is(".");
        return instance.dictionary.find(
                owned ? sql.at(at).text() : session.user, sql.at(owned ? at + 2 : at).text());
    }

    /** Whether it names a table of the session's container that is there. */
    boolean namesTable(Sql sql) {
        for (int i = 0; i < sql.tokens.size(); i++) {
            boolean owned = sql.at(i + 1).is(".");
            String owner = owned ? sql.at(i).text() : session.user;
            Table table = instance.dictionary.find(owner, sql.at(owned ? i + 2 : i).text());
            if (table != null && table.container().equals(session.container)) {
                return true;
            }
        }
        return false;
    }

    private void qualified(Sql sql, int i, String privilege, boolean flashback) throws SQLException {
        String owner = sql.at(i).text();
        String name = sql.at(i + 2).text();
        if (owner.equals("SYS")) {
            simple(name);
            return;
        }
        Table table = instance.dictionary.find(owner, name);
        if (table == null) {
            return;
        }
        if (!table.container().equals(session.container)) {
            throw Ora.error(942);
        }
        boolean target = !privilege.equals("SELECT") && i <= 2;
        instance.accounts.requireTable(session, target ? privilege : "SELECT", table);
        if (flashback) {
            instance.accounts.requireTable(session, "FLASHBACK", table);
        }
    }

    private void simple(String name) throws SQLException {
        if (name.startsWith("SIM_") && !session.isSys()) {
            throw Ora.error(942);
        }
        if (CATALOG.matcher(name).matches() && !PUBLIC.contains(name)) {
            instance.accounts.requireView(session, name.replaceFirst("^(G?V)_\\$", "$1\\$"));
        }
        Table own = instance.dictionary.find(session.user, name);
        if (own != null && !own.container().equals(session.container)) {
            throw Ora.error(942);
        }
    }
}
