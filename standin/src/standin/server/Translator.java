package standin.server;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Oracle's statements in the engine's words. Most of them need none. */
final class Translator {
    private static final Set<String> DDL = Set.of(
            "CREATE", "ALTER", "DROP", "TRUNCATE", "GRANT", "REVOKE", "COMMENT", "RENAME", "PURGE");

    private Translator() {
    }

    static boolean isDdl(Sql sql) {
        return sql.at(0).kind() == Sql.Kind.WORD && DDL.contains(sql.at(0).text());
    }

    static String translate(String text) throws SQLException {
        Sql sql = new Sql(text);
        if (isDdl(sql)) {
            return call("SIM_DDL", text);
        }
        switch (sql.at(0).text()) {
            case "BEGIN", "DECLARE":
                return call("SIM_BLOCK", text);
            case "LOCK":
                return call("SIM_LOCK", text);
            case "COMMIT":
                return "CALL SYS.SIM_END(TRUE)";
            case "SAVEPOINT":
                return call("SIM_SAVEPOINT", sql.at(1).text());
            case "ROLLBACK":
                int name = sql.has(1, "TO", "SAVEPOINT") ? 3 : 2;
                return sql.has(1, "TO") ? call("SIM_ROLLBACK_TO", sql.at(name).text()) : "CALL SYS.SIM_END(FALSE)";
            case "SET":
                return "CALL SYS.SIM_NOTHING()";
            default:
                return query(sql);
        }
    }

    private static String call(String function, String text) {
        return "CALL SYS." + function + "(" + Sql.literal(text) + ")";
    }

    /** A piece of the text, from one position to another, and what stands there instead. */
    private record Edit(int start, int end, String text) {
    }

    private static String query(Sql sql) {
        List<Edit> edits = new ArrayList<>();
        for (int i = 0; i < sql.tokens.size(); i++) {
            Edit edit = edit(sql, i);
            if (edit != null) {
                edits.add(edit);
            }
        }
        StringBuilder out = new StringBuilder();
        int copied = 0;
        for (Edit edit : edits) {
            if (edit.start() >= copied) {
                out.append(sql.text, copied, edit.start()).append(edit.text());
                copied = edit.end();
            }
        }
        return out.append(sql.text, copied, sql.text.length()).toString();
    }

    private static Edit edit(Sql sql, int i) {
        Sql.Token token = sql.at(i);
        if (sql.has(i, "AS", "OF", "SCN")) {
            int name = sql.at(i - 2).is(".") ? i - 3 : i - 1;
            int last = expression(sql, i + 3);
            String owner = name == i - 3 ? Sql.literal(sql.at(name).text()) : "NULL";
            return new Edit(sql.at(name).start(), sql.at(last).end(), "SYS.SIM_AS_OF(" + owner + ", "
                    + Sql.literal(sql.at(i - 1).text()) + ", " + sql.between(i + 3, last + 1) + ")");
        }
        if (sql.has(i, "DBMS_METADATA", ".", "GET_DDL", "(", "*", ",")) {
            int last = sql.closing(i + 3);
            return new Edit(token.start(), sql.at(last).end(),
                    "CAST(SYS.SIM_GET_DDL(" + sql.between(i + 6, last) + ") AS CLOB)");
        }
        if (token.kind() == Sql.Kind.WORD && token.text().startsWith("V_$")) {
            return new Edit(token.start(), token.end(), "V$" + token.text().substring(3));
        }
        if (token.is("DBTIMEZONE") || token.is("SESSIONTIMEZONE")) {
            return new Edit(token.start(), token.end(), "'+00:00'");
        }
        return null;
    }

    /** Where an SCN ends: a number, a bind variable, a call. */
    private static int expression(Sql sql, int first) {
        if (sql.at(first).is("(")) {
            return sql.closing(first);
        }
        return sql.at(first + 1).is("(") ? sql.closing(first + 1) : first;
    }
}
