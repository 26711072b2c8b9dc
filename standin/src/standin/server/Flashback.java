package standin.server;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.h2.tools.SimpleResultSet;
import org.h2.tools.SimpleRowSource;

/**
 * {@code AS OF SCN}: the table's committed rows of now, less and plus what was committed since.
 *
 * <p>As Oracle does it, with undo; here the redo's images serve as undo, so that a purge of the
 * logs takes them away too (ORA-01555, where Oracle has undo_retention).
 */
final class Flashback {
    private final Instance instance;
    private final Table table;

    Flashback(Instance instance, Table table) {
        this.instance = instance;
        this.table = table;
    }

    /** The columns alone: what the engine asks for when it prepares a statement. */
    SimpleResultSet columns() {
        return columns(null);
    }

    private SimpleResultSet columns(SimpleRowSource source) {
        SimpleResultSet result = new SimpleResultSet(source);
        result.setAutoClose(false);
        for (Column column : table.columns()) {
            switch (column.type()) {
                case NUMBER -> result.addColumn(column.name(), Types.NUMERIC, 0, 0);
                case DATE, TIMESTAMP -> result.addColumn(column.name(), Types.TIMESTAMP, 0, 9);
                case TIMESTAMP_TZ -> result.addColumn(column.name(), Types.TIMESTAMP_WITH_TIMEZONE, 0, 9);
                case CLOB -> result.addColumn(column.name(), Types.CLOB, 0, 0);
                case BLOB -> result.addColumn(column.name(), Types.BLOB, 0, 0);
                case RAW -> result.addColumn(column.name(), Types.VARBINARY, 0, 0);
                case BINARY_DOUBLE -> result.addColumn(column.name(), Types.DOUBLE, 0, 0);
                case BINARY_FLOAT -> result.addColumn(column.name(), Types.REAL, 0, 0);
                default -> result.addColumn(column.name(), Types.VARCHAR, 0, 0);
            }
        }
        return result;
    }

    /** The rows at an SCN. The order is held, so that nothing is committed meanwhile. */
    ResultSet at(long scn) throws SQLException {
        if (scn > instance.scn.last() || scn < 1) {
            throw Ora.error(8181);
        }
        if (scn < table.changedScn()) {
            throw Ora.error(1466);
        }
        if (scn < instance.redo.floor()) {
            throw Ora.error(1555);
        }
        return columns(new Source(difference(scn)));
    }

    /** The rows of now, which the engine has read at once, then those that are there no more. */
    private final class Source implements SimpleRowSource {
        private final Map<ByteBuffer, Integer> difference;
        private final Connection connection;
        private final ResultSet rows;
        private Iterator<ByteBuffer> rest;

        Source(Map<ByteBuffer, Integer> difference) throws SQLException {
            this.difference = difference;
            this.connection = instance.open();
            this.rows = connection.createStatement().executeQuery("SELECT * FROM " + table.path());
        }

        @Override
        public Object[] readRow() throws SQLException {
            while (rest == null && rows.next()) {
                Object[] row = new Object[table.columns().size()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = value(rows, i + 1, table.columns().get(i).type());
                }
                if (difference.isEmpty() || !taken(difference, row)) {
                    return row;
                }
            }
            if (rest == null) {
                rest = difference.entrySet().stream()
                        .flatMap(entry -> Collections.nCopies(Math.max(0, entry.getValue()), entry.getKey()).stream()).iterator();
                connection.close();
            }
            return rest.hasNext() ? decoded(rest.next()) : null;
        }

        @Override
        public void close() {
            rest = Collections.emptyIterator();
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void reset() throws SQLException {
            throw new SQLException("these rows are read once");
        }
    }

    /** How many more (or fewer, below 0) of each row there were at that SCN than there are now. */
    private Map<ByteBuffer, Integer> difference(long scn) {
        Map<Long, List<RedoRecord>> open = new HashMap<>();
        Map<ByteBuffer, Integer> difference = new HashMap<>();
        for (LogFile file : instance.redo.all()) {
            for (RedoRecord record : file.records()) {
                if (record.operation() == RedoRecord.ROLLBACK) {
                    open.remove(record.xid());
                } else if (record.operation() == RedoRecord.COMMIT) {
                    List<RedoRecord> changes = open.remove(record.xid());
                    if (changes != null && record.scn() > scn) {
                        changes.forEach(change -> undo(difference, change));
                    }
                } else if (record.isChange() && record.tableId() == table.id()) {
                    open.computeIfAbsent(record.xid(), xid -> new ArrayList<>()).add(record);
                }
            }
        }
        difference.values().removeIf(count -> count == 0);
        return difference;
    }

    private static void undo(Map<ByteBuffer, Integer> difference, RedoRecord change) {
        byte[][][] images = Images.unpack(change.images());
        if (images[0] != null) {
            difference.merge(packed(images[0]), 1, Integer::sum);
        }
        if (images[1] != null) {
            difference.merge(packed(images[1]), -1, Integer::sum);
        }
    }

    private boolean taken(Map<ByteBuffer, Integer> difference, Object[] row) throws SQLException {
        byte[][] image = new byte[row.length][];
        for (int i = 0; i < row.length; i++) {
            image[i] = OracleBytes.encode(row[i], table.columns().get(i).type());
        }
        ByteBuffer packed = packed(image);
        Integer count = difference.get(packed);
        if (count == null || count >= 0) {
            return false;
        }
        difference.put(packed, count + 1);
        return true;
    }

    private Object[] decoded(ByteBuffer packed) {
        byte[][] image = Images.unpack(packed.array())[0];
        Object[] row = new Object[image.length];
        for (int i = 0; i < image.length; i++) {
            row[i] = OracleBytes.decode(image[i], table.columns().get(i).type());
        }
        return row;
    }

    private static ByteBuffer packed(byte[][] image) {
        return ByteBuffer.wrap(Images.pack(image, null));
    }

    private static Object value(ResultSet rows, int column, OracleType type) throws SQLException {
        return switch (type) {
            case NUMBER -> rows.getObject(column, BigDecimal.class);
            case CLOB -> rows.getString(column);
            case BLOB, RAW -> rows.getBytes(column);
            default -> rows.getObject(column);
        };
    }
}
