package standin.server;

import java.util.Set;

/** Columns' definitions: Oracle's names of types where the engine means something else by them. */
final class Types {
    private static final Set<String> INTEGERS = Set.of("INTEGER", "INT", "SMALLINT");

    private Types() {
    }

    /** The text of tokens {@code from} to before {@code to}, with the engine's types. */
    static String translated(Sql sql, int from, int to) {
        StringBuilder out = new StringBuilder();
        int copied = from < sql.tokens.size() ? sql.at(from).start() : 0;
        for (int i = from; i < to; i++) {
            Sql.Token token = sql.at(i);
            String instead = null;
            int last = i;
            if (token.kind() == Sql.Kind.WORD && INTEGERS.contains(token.text())) {
                instead = "NUMERIC(38, 0)";
            } else if (sql.has(i, "NUMBER", "(", "*", ",") && sql.at(i + 2).text().equals("*")) {
                last = sql.closing(i + 1);
                instead = "NUMERIC(38, " + sql.between(i + 4, last) + ")";
            } else if (sql.has(i, "NUMBER", "(", "*", ")") && sql.at(i + 2).text().equals("*")) {
                last = i + 3;
                instead = "NUMBER";
            } else if (token.is("BINARY_DOUBLE")) {
                instead = "DOUBLE PRECISION";
            } else if (token.is("BINARY_FLOAT")) {
                instead = "REAL";
            } else if (token.is("RAW")) {
                instead = "VARBINARY";
            } else if (sql.has(i, "LOCAL", "TIME", "ZONE")) {
                last = i + 2;
                instead = "TIME ZONE";
            } else if (sql.has(i, "USING", "INDEX")) {
                last = i + (sql.has(i + 2, "TABLESPACE") ? 3 : 1);
                instead = "";
            } else if (sql.has(i, ",", "SUPPLEMENTAL", "LOG", "DATA", "(")) {
                last = sql.closing(i + 4) + 1;
                instead = "";
            } else if (token.is("ENABLE") || token.is("VALIDATE")) {
                instead = "";
            }
            if (instead != null) {
                out.append(sql.text, copied, token.start()).append(instead);
                copied = sql.at(last).end();
                i = last;
            }
        }
        if (to > from && copied < sql.at(to - 1).end()) {
            out.append(sql.text, copied, sql.at(to - 1).end());
        }
        return out.toString();
    }
}
