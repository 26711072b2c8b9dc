package standin.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import org.h2.api.Trigger;

/** Writes each change of a row to the redo, committed or not, as the log writer does. */
public final class Capture implements Trigger {
    static final String NAME = "SIM$CAPTURE";
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private String owner;
    private String name;

    @Override
    public void init(Connection connection, String schema, String trigger, String table, boolean before, int type) {
        owner = schema;
        name = table;
    }

    @Override
    public void fire(Connection connection, Object[] before, Object[] after) throws SQLException {
        Instance instance = Instance.get();
        Table table = instance.dictionary.find(owner, name);
        if (table == null) {
            throw Ora.error(942);
        }
        byte[][] old = encode(before, table);
        byte[][] now = encode(after, table);
        byte operation = old == null ? RedoRecord.INSERT : now == null ? RedoRecord.DELETE : RedoRecord.UPDATE;
        if (operation == RedoRecord.UPDATE && onlyLobs(table, old, now)) {
            operation = RedoRecord.LOB_WRITE;
        }
        byte[] images = Images.pack(old, now);
        long row = row(table, old == null ? now : old);
        Session session = instance.sessions.of(connection);
        instance.order.lock();
        try {
            Transaction transaction = instance.sessions.transaction(session, table.container());
            transaction.add(new RedoRecord(instance.scn.next(), System.currentTimeMillis(), operation, false,
                    table.supplemental(), transaction.xid, transaction.startScn, table.id(), table.dataId(),
                    table.version(), row, session.user, table.container(), "", table.owner(), table.name(), images));
        } finally {
            instance.order.unlock();
        }
    }

    private static byte[][] encode(Object[] row, Table table) throws SQLException {
        if (row == null) {
            return null;
        }
        byte[][] encoded = new byte[row.length][];
        for (int i = 0; i < row.length; i++) {
            encoded[i] = OracleBytes.encode(row[i], table.columns().get(i).type());
        }
        return encoded;
    }

    private static boolean onlyLobs(Table table, byte[][] old, byte[][] now) {
        boolean lobs = false;
        for (int i = 0; i < old.length; i++) {
            if (!Arrays.equals(old[i], now[i])) {
                if (!table.columns().get(i).type().isLob()) {
                    return false;
                }
                lobs = true;
            }
        }
        return lobs;
    }

    /** A number that stays with the row: from its key, or from all of it where it has none. */
    private static long row(Table table, byte[][] image) {
        long hash = FNV_OFFSET ^ table.dataId();
        for (int i = 0; i < image.length; i++) {
            if (table.key().isEmpty() || table.key().contains(i)) {
                hash = (hash ^ Arrays.hashCode(image[i])) * FNV_PRIME;
                hash ^= hash >>> 29;
            }
        }
        return hash;
    }
}
