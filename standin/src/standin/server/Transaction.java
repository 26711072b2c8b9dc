package standin.server;

import java.util.ArrayList;
import java.util.List;

/** A transaction that has changed something: its number, and what to undo if it is rolled back. */
final class Transaction {
    private static final int SLOTS = 90;
    private static final int SEGMENTS = 10;
    private static final long SEQUENCE_MASK = 0x7fff_ffffL;

    final long xid;
    final long startScn;
    final long started = System.currentTimeMillis();
    final String user;
    final String container;
    private final Instance instance;
    private final List<RedoRecord> changes = new ArrayList<>();

    private Transaction(Instance instance, long xid, long startScn, String user, String container) {
        this.instance = instance;
        this.xid = xid;
        this.startScn = startScn;
        this.user = user;
        this.container = container;
    }

    /** Begins one, with its record in the redo. The order is held. */
    static Transaction begin(Instance instance, int slot, String user, String container) {
        long scn = instance.scn.next();
        Transaction begun = new Transaction(instance, xid(slot, scn), scn, user, container);
        instance.redo.append(RedoRecord.marker(scn, RedoRecord.START, begun));
        return begun;
    }

    /** One that a kill left open, as the redo tells. */
    static Transaction left(Instance instance, List<RedoRecord> records) {
        RedoRecord first = records.get(0);
        Transaction left = new Transaction(instance, first.xid(), first.startScn(), first.user(), first.container());
        records.stream().filter(RedoRecord::isChange).forEach(record -> {
            if (record.rollback()) {
                left.changes.remove(left.changes.size() - 1);
            } else {
                left.changes.add(record);
            }
        });
        return left;
    }

    /** Segment, slot and sequence: V$TRANSACTION's XIDUSN, XIDSLOT, XIDSQN. */
    private static long xid(int slot, long scn) {
        long segment = slot % SEGMENTS + 1L;
        return segment << 48 | (long) slot << 32 | (scn & SEQUENCE_MASK);
    }

    static int slots() {
        return SLOTS;
    }

    int slot() {
        return (int) (xid >>> 32 & 0xffff);
    }

    /** The eight bytes that Oracle writes, each part with its lowest byte first. */
    static byte[] bytes(long xid) {
        byte[] out = new byte[Long.BYTES];
        put(out, 0, xid >>> 48, 2);
        put(out, 2, xid >>> 32, 2);
        put(out, 4, xid, 4);
        return out;
    }

    private static void put(byte[] out, int at, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out[at + i] = (byte) (value >>> 8 * i);
        }
    }

    int changes() {
        return changes.size();
    }

    void add(RedoRecord change) {
        changes.add(change);
        instance.redo.append(change);
    }

    /** Writes the inverse of the changes after the first {@code mark}, the newest first. */
    void undoTo(int mark) {
        for (int i = changes.size() - 1; i >= mark; i--) {
            RedoRecord change = changes.remove(i);
            byte[][][] images = Images.unpack(change.images());
            instance.redo.append(new RedoRecord(instance.scn.next(), System.currentTimeMillis(),
                    inverse(change.operation()), true, change.supplemental(), xid, startScn, change.tableId(),
                    change.dataId(), change.version(), change.row(), user, change.container(), "", change.owner(),
                    change.name(), Images.pack(images[1], images[0])));
        }
    }

    private static byte inverse(byte operation) {
        return switch (operation) {
            case RedoRecord.INSERT -> RedoRecord.DELETE;
            case RedoRecord.DELETE -> RedoRecord.INSERT;
            default -> operation;
        };
    }
}
