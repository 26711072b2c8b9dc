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
