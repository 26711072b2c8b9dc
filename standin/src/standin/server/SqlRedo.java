package standin.server;

import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/**
 * Writes a change as LogMiner writes SQL_REDO: lower-case keywords, every value a literal, NULL in
 * upper case, {@code " = "} and {@code " and "} with exactly these blanks, a semicolon at the end.
 *
 * <p>Without the change's own dictionary (see Dictionary mismatch in the README) the columns are
 * {@code COL 1}, {@code COL 2}, … and the values HEXTORAW of the stored bytes.
 */
final class SqlRedo {
    private final String target;
    private final List<Column> columns;
    private final boolean known;
    private final boolean supplemental;

    /** {@code known} tells whether the dictionary of now is the one that the change was made with. */
    SqlRedo(Table table, boolean known, boolean supplemental) {
        this.target = Sql.quoted(table.minedOwner()) + "." + Sql.quoted(table.minedName());
        this.columns = table.columns();
        this.known = known;
        this.supplemental = supplemental;
    }

    String of(byte operation, byte[][] before, byte[][] after) {
        return switch (operation) {
            case RedoRecord.INSERT -> insert(after);
            case RedoRecord.DELETE -> "delete from " + target + where(before, null) + ";";
            case RedoRecord.UPDATE -> update(before, after);
            default -> "";
        };
    }

    private String insert(byte[][] row) {
        StringJoiner names = new StringJoiner(",", "(", ")");
        StringJoiner values = new StringJoiner(",", "(", ")");
        for (int i = 0; i < row.length; i++) {
            names.add(name(i));
            values.add(value(i, row[i]));
        }
        return "insert into " + target + names + " values " + values + ";";
    }

    private String update(byte[][] before, byte[][] after) {
        StringJoiner changed = new StringJoiner(", ");
        for (int i = 0; i < after.length; i++) {
            if (!isLob(i) && !Arrays.equals(before[i], after[i])) {
                changed.add(name(i) + " = " + value(i, after[i]));
            }
        }
        if (changed.length() == 0) {
            changed.add(name(0) + " = " + value(0, after[0]));
        }
        return "update " + target + " set " + changed + where(before, after) + ";";
    }

    /** All columns where they are logged, and for a delete; else those that changed. LOBs never. */
    private String where(byte[][] before, byte[][] after) {
        StringJoiner conditions = new StringJoiner(" and ", " where ", "").setEmptyValue("");
        for (int i = 0; i < before.length; i++) {
            boolean logged = supplemental || after == null || !Arrays.equals(before[i], after[i]);
            if (logged && !isLob(i)) {
                conditions.add(name(i) + (before[i] == null ? " IS NULL" : " = " + value(i, before[i])));
            }
        }
        return conditions.toString();
    }

    private boolean isLob(int column) {
        return known && columns.get(column).type().isLob();
    }

    private String name(int column) {
        return known ? Sql.quoted(columns.get(column).name()) : "\"COL " + (column + 1) + "\"";
    }

    private String value(int column, byte[] value) {
        return known ? OracleBytes.literal(value, columns.get(column).type()) : OracleBytes.hex(value);
    }
}
