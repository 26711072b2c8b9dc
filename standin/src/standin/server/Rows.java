package standin.server;

import java.sql.ResultSet;
import java.sql.Types;
import java.util.Map;
import org.h2.tools.SimpleResultSet;

/** A result set that a function of the server gives to the engine. */
final class Rows {
    private static final Map<String, Integer> TYPES = Map.of(
            "TEXT", Types.VARCHAR, "LONG", Types.BIGINT, "INT", Types.INTEGER, "TIME", Types.TIMESTAMP,
            "BYTES", Types.VARBINARY);
    private final SimpleResultSet result = new SimpleResultSet();

    /** Columns as {@code "SCN LONG"}, {@code "SQL_REDO TEXT"}. */
    Rows(String... columns) {
        for (String column : columns) {
            int space = column.lastIndexOf(' ');
            result.addColumn(column.substring(0, space), TYPES.get(column.substring(space + 1)), 0, 0);
        }
        result.setAutoClose(false);
    }

    void add(Object... values) {
        result.addRow(values);
    }

    ResultSet result() {
        return result;
    }
}
