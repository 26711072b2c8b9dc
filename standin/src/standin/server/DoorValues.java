package standin.server;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values on their way through the door: each is a text, or null, beside the name of its type.
 *
 * <p>NUMBER in plain digits, TIMESTAMP and TIMESTAMP_TZ as ISO 8601, RAW in hexadecimal; the
 * others are texts already.
 */
final class DoorValues {
    private static final int ORACLE_TIMESTAMP_TZ = -101;
    private static final int ORACLE_TIMESTAMP_LTZ = -102;

    private DoorValues() {}

    /** Sets the bind of a position, counted from 1; `value` is [type, text or null]. */
    static void bind(PreparedStatement statement, int position, List<?> value) throws SQLException {
        String text = (String) value.get(1);
        if (text == null) {
            statement.setNull(position, Types.VARCHAR);
            return;
        }
        switch ((String) value.get(0)) {
            case "NUMBER" -> statement.setBigDecimal(position, new BigDecimal(text));
            case "TIMESTAMP" -> statement.setObject(position, LocalDateTime.parse(text));
            case "TIMESTAMP_TZ" -> statement.setObject(position, OffsetDateTime.parse(text));
            case "RAW" -> statement.setBytes(position, HexFormat.of().parseHex(text));
            default -> statement.setString(position, text);
        }
    }

    /** Tells names and types of a result's columns. */
    static List<Map<String, Object>> columns(ResultSetMetaData told) throws SQLException {
        List<Map<String, Object>> columns = new ArrayList<>();
        for (int i = 1; i <= told.getColumnCount(); i++) {
            Map<String, Object> column = new LinkedHashMap<>();
            column.put("name", told.getColumnLabel(i));
            column.put("type", type(told.getColumnType(i)));
            column.put("precision", told.getPrecision(i));
            column.put("scale", told.getScale(i));
            columns.add(column);
        }
        return columns;
    }

    /** Reads the row that a result stands on. */
    static List<String> row(ResultSet result, List<Map<String, Object>> columns)
            throws SQLException {
        List<String> row = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            row.add(text(result, i + 1, (String) columns.get(i).get("type")));
        }
        return row;
    }

    private static String text(ResultSet result, int position, String type) throws SQLException {
        switch (type) {
            case "NUMBER": {
                BigDecimal number = result.getBigDecimal(position);
                return number == null ? null : number.toPlainString();
            }
            case "TIMESTAMP": {
                LocalDateTime moment = result.getObject(position, LocalDateTime.class);
                return moment == null ? null : moment.toString();
            }
            case "TIMESTAMP_TZ": {
                OffsetDateTime moment = result.getObject(position, OffsetDateTime.class);
                return moment == null ? null : moment.toString();
            }
            case "RAW": {
                byte[] bytes = result.getBytes(position);
                return bytes == null ? null : HexFormat.of().formatHex(bytes);
            }
            default:
                return result.getString(position);
        }
    }

    private static String type(int type) {
        return switch (type) {
            case Types.NUMERIC, Types.DECIMAL, Types.INTEGER, Types.BIGINT, Types.SMALLINT,
                            Types.TINYINT, Types.DOUBLE, Types.FLOAT, Types.REAL, Types.BOOLEAN,
                            Types.BIT ->
                    "NUMBER";
            case Types.DATE, Types.TIMESTAMP -> "TIMESTAMP";
            case Types.TIMESTAMP_WITH_TIMEZONE, ORACLE_TIMESTAMP_TZ, ORACLE_TIMESTAMP_LTZ ->
                    "TIMESTAMP_TZ";
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> "RAW";
            case Types.CHAR, Types.NCHAR -> "CHAR";
            case Types.CLOB, Types.NCLOB -> "CLOB";
            default -> "VARCHAR2";
        };
    }
}
