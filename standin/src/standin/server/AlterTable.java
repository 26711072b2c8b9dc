package standin.server;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** ALTER TABLE in the engine's words: one statement for each column. */
final class AlterTable {
    private final Sql sql;
    private final String head;
    private final int at;

    /** {@code at} is the token after the table's name. */
    AlterTable(Sql sql, String path, int at) {
        this.sql = sql;
        this.head = "ALTER TABLE " + path + " ";
        this.at = at;
    }

    List<String> statements() throws SQLException {
        if (sql.has(at, "ADD", "CONSTRAINT") || sql.has(at, "ADD", "PRIMARY") || sql.has(at, "DROP", "CONSTRAINT")
                || sql.has(at, "DROP", "PRIMARY") || sql.has(at, "ADD", "UNIQUE")) {
            return List.of(head + Types.translated(sql, at, sql.tokens.size()));
        }
        if (sql.has(at, "RENAME", "COLUMN")) {
            return List.of(head + "ALTER COLUMN " + name(at + 2) + " RENAME TO " + name(at + 4));
        }
        if (sql.has(at, "RENAME", "TO")) {
            return List.of(head + "RENAME TO " + name(at + 2));
        }
        List<String> statements = new ArrayList<>();
        if (sql.has(at, "ADD")) {
            for (int[] part : parts(sql.at(at + 1).is("COLUMN") ? at + 2 : at + 1)) {
                statements.add(head + "ADD COLUMN " + Types.translated(sql, part[0], part[1]));
            }
        } else if (sql.has(at, "MODIFY")) {
            for (int[] part : parts(at + 1)) {
                modify(statements, part[0], part[1]);
            }
        } else if (sql.has(at, "DROP", "COLUMN")) {
            statements.add(head + "DROP COLUMN " + name(at + 2));
        } else if (sql.has(at, "DROP", "(")) {
            for (int[] part : parts(at + 1)) {
                statements.add(head + "DROP COLUMN " + name(part[0]));
            }
        } else {
            throw Ora.error(900);
        }
        return statements;
    }

    /** {@code MODIFY col [type] [DEFAULT x] [NOT NULL | NULL]}. */
    private void modify(List<String> statements, int from, int to) {
        String column = head + "ALTER COLUMN " + name(from) + " ";
        int end = to;
        for (int i = from + 1; i < to; i++) {
            if (sql.has(i, "DEFAULT")) {
                int stop = sql.find(i, "NOT", "NULL");
                statements.add(column + "SET DEFAULT " + sql.between(i + 1, stop > 0 && stop < to ? stop : to));
                end = Math.min(end, i);
            } else if (sql.has(i, "NOT", "NULL")) {
                statements.add(column + "SET NOT NULL");
                end = Math.min(end, i);
                i++;
            } else if (sql.has(i, "NULL") && !sql.has(i - 1, "DEFAULT")) {
                statements.add(column + "DROP NOT NULL");
                end = Math.min(end, i);
            }
        }
        if (end > from + 1) {
            statements.add(0, column + "SET DATA TYPE " + Types.translated(sql, from + 1, end));
        }
    }

    /** The parts of a list in brackets, or the one part without: each from a token to before another. */
    private List<int[]> parts(int from) {
        if (!sql.at(from).is("(")) {
            return List.of(new int[] {from, sql.tokens.size()});
        }
        List<int[]> parts = new ArrayList<>();
        int close = sql.closing(from);
        int begin = from + 1;
        int depth = 0;
        for (int i = from + 1; i <= close; i++) {
            if (i == close || depth == 0 && sql.at(i).is(",")) {
                parts.add(new int[] {begin, i});
                begin = i + 1;
            } else if (sql.at(i).is("(")) {
                depth++;
            } else if (sql.at(i).is(")")) {
                depth--;
            }
        }
        return parts;
    }

    private String name(int token) {
        return Sql.quoted(sql.at(token).text());
    }
}
