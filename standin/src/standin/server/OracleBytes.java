package standin.server;

import java.io.ByteArrayOutputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/**
 * Values in Oracle's own representation, as they lie in a block and in the redo.
 *
 * <p>NUMBER: exponent and base-100 digits; DATE: 7 bytes; TIMESTAMP: 11; with zone: 13, in UTC
 * (Oracle Call Interface Programmer's Guide, "Data Types"). LogMiner gives them as HEXTORAW where
 * it has no dictionary for them, and as literals otherwise.
 */
final class OracleBytes {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSSSS");
    private static final DateTimeFormatter ZONED = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSSSS xxx");
    private static final int BIAS = 193;
    private static final int CENTURY = 100;
    private static final int HOUR_BIAS = 20;
    private static final int MINUTE_BIAS = 60;

    private OracleBytes() {
    }

    /** Encodes what H2's trigger gives; null stays null. */
    static byte[] encode(Object value, OracleType type) throws SQLException {
        if (value == null) {
            return null;
        }
        return switch (type) {
            case NUMBER -> number(new BigDecimal(value.toString()));
            case DATE -> time(local(value), false);
            case TIMESTAMP -> time(local(value), true);
            case TIMESTAMP_TZ -> zoned((OffsetDateTime) value);
            case BINARY_DOUBLE -> ByteBuffer.allocate(Double.BYTES).putDouble(((Number) value).doubleValue()).array();
            case BINARY_FLOAT -> ByteBuffer.allocate(Float.BYTES).putFloat(((Number) value).floatValue()).array();
            case RAW, BLOB -> binary(value);
            default -> text(value).getBytes(StandardCharsets.UTF_8);
        };
    }

    /** Decodes to what JDBC gives for the type. */
    static Object decode(byte[] bytes, OracleType type) {
        if (bytes == null) {
            return null;
        }
        return switch (type) {
            case NUMBER -> decimal(bytes);
            case DATE, TIMESTAMP -> Timestamp.valueOf(moment(bytes));
            case TIMESTAMP_TZ -> offset(bytes);
            case BINARY_DOUBLE -> ByteBuffer.wrap(bytes).getDouble();
            case BINARY_FLOAT -> ByteBuffer.wrap(bytes).getFloat();
            case RAW, BLOB -> bytes;
            default -> new String(bytes, StandardCharsets.UTF_8);
        };
    }

    /** Writes a value as LogMiner does in SQL_REDO. */
    static String literal(byte[] bytes, OracleType type) {
        if (bytes == null) {
            return "NULL";
        }
        return switch (type) {
            case NUMBER -> "'" + plain(decimal(bytes)) + "'";
            case DATE -> "TO_DATE('" + DATE.format(moment(bytes)) + "', 'YYYY-MM-DD HH24:MI:SS')";
            case TIMESTAMP -> "TO_TIMESTAMP('" + TIMESTAMP.format(moment(bytes)) + "')";
            case TIMESTAMP_TZ -> "TO_TIMESTAMP_TZ('" + ZONED.format(offset(bytes)) + "')";
            case BINARY_DOUBLE -> "'" + ByteBuffer.wrap(bytes).getDouble() + "'";
            case BINARY_FLOAT -> "'" + ByteBuffer.wrap(bytes).getFloat() + "'";
            case RAW -> hex(bytes);
            case CLOB -> "EMPTY_CLOB()";
            case BLOB -> "EMPTY_BLOB()";
            default -> "'" + new String(bytes, StandardCharsets.UTF_8).replace("'", "''") + "'";
        };
    }

    /** Writes a value of which LogMiner's dictionary knows no type. */
    static String hex(byte[] bytes) {
        return bytes == null ? "NULL" : "HEXTORAW('" + HexFormat.of().formatHex(bytes) + "')";
    }

    private static byte[] number(BigDecimal value) {
        if (value.signum() == 0) {
            return new byte[] {(byte) 0x80};
        }
        BigDecimal positive = value.abs().stripTrailingZeros();
        BigInteger digits = positive.unscaledValue();
        int scale = positive.scale();
        if (scale % 2 != 0) {
            digits = digits.multiply(BigInteger.TEN);
            scale++;
        }
        String text = digits.toString();
        if (text.length() % 2 != 0) {
            text = "0" + text;
        }
        int pairs = text.length() / 2;
        int used = pairs;
        while (used > 1 && text.charAt(2 * used - 1) == '0' && text.charAt(2 * used - 2) == '0') {
            used--;
        }
        int exponent = pairs - scale / 2 - 1;
        boolean negative = value.signum() < 0;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int head = exponent + BIAS;
        out.write(negative ? ~head & 0xff : head);
        for (int i = 0; i < used; i++) {
            int pair = Integer.parseInt(text.substring(2 * i, 2 * i + 2));
            out.write(negative ? 101 - pair : pair + 1);
        }
        if (negative && used < 20) {
            out.write(102);
        }
        return out.toByteArray();
    }

    private static BigDecimal decimal(byte[] bytes) {
        int head = bytes[0] & 0xff;
        if (head == 0x80) {
            return BigDecimal.ZERO;
        }
        boolean negative = (head & 0x80) == 0;
        int exponent = (negative ? ~head & 0xff : head) - BIAS;
        BigInteger digits = BigInteger.ZERO;
        int pairs = 0;
        for (int i = 1; i < bytes.length; i++) {
            int digit = bytes[i] & 0xff;
            if (negative && digit == 102) {
                break;
            }
            digits = digits.multiply(BigInteger.valueOf(CENTURY)).add(BigInteger.valueOf(negative ? 101 - digit : digit - 1));
            pairs++;
        }
        BigDecimal value = new BigDecimal(digits, 2 * (pairs - 1 - exponent)).stripTrailingZeros();
        if (value.scale() < 0) {
            value = value.setScale(0);
        }
        return negative ? value.negate() : value;
    }

    /** Oracle writes no zero before the point. */
    private static String plain(BigDecimal value) {
        return value.toPlainString().replaceFirst("^(-?)0\\.", "$1.");
    }

    private static byte[] time(LocalDateTime value, boolean fraction) {
        ByteBuffer out = ByteBuffer.allocate(fraction ? 11 : 7);
        out.put((byte) (value.getYear() / CENTURY + CENTURY)).put((byte) (value.getYear() % CENTURY + CENTURY));
        out.put((byte) value.getMonthValue()).put((byte) value.getDayOfMonth());
        out.put((byte) (value.getHour() + 1)).put((byte) (value.getMinute() + 1)).put((byte) (value.getSecond() + 1));
        if (fraction) {
            out.putInt(value.getNano());
        }
        return out.array();
    }

    private static LocalDateTime moment(byte[] bytes) {
        int year = ((bytes[0] & 0xff) - CENTURY) * CENTURY + (bytes[1] & 0xff) - CENTURY;
        int nanos = bytes.length >= 11 ? ByteBuffer.wrap(bytes, 7, Integer.BYTES).getInt() : 0;
        return LocalDateTime.of(year, bytes[2], bytes[3], bytes[4] - 1, bytes[5] - 1, bytes[6] - 1, nanos);
    }

    private static byte[] zoned(OffsetDateTime value) {
        byte[] moment = time(value.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime(), true);
        int minutes = value.getOffset().getTotalSeconds() / 60;
        return ByteBuffer.allocate(13).put(moment)
                .put((byte) (minutes / 60 + HOUR_BIAS)).put((byte) (minutes % 60 + MINUTE_BIAS)).array();
    }

    private static OffsetDateTime offset(byte[] bytes) {
        int minutes = (bytes[11] - HOUR_BIAS) * 60 + bytes[12] - MINUTE_BIAS;
        return moment(bytes).atOffset(ZoneOffset.UTC).withOffsetSameInstant(ZoneOffset.ofTotalSeconds(minutes * 60));
    }

    private static LocalDateTime local(Object value) {
        return value instanceof Timestamp timestamp ? timestamp.toLocalDateTime() : (LocalDateTime) value;
    }

    private static String text(Object value) throws SQLException {
        if (value instanceof Clob clob) {
            return clob.getSubString(1, (int) clob.length());
        }
        if (value instanceof Reader) {
            throw new SQLException("a reader where a value was expected");
        }
        return value.toString();
    }

    private static byte[] binary(Object value) throws SQLException {
        return value instanceof Blob blob ? blob.getBytes(1, (int) blob.length()) : (byte[]) value;
    }
}
