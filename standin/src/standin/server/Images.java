package standin.server;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Rows before and after a change, packed: a transaction may hold a hundred thousand of them. */
final class Images {
    private static final byte[] NONE = new byte[0];

    private Images() {
    }

    /** Packs two rows, each of which may be null; a column that did not change is written once. */
    static byte[] pack(byte[][] before, byte[][] after) {
        int size = 3;
        int columns = before != null ? before.length : after == null ? 0 : after.length;
        for (int i = 0; i < columns; i++) {
            size += 1 + length(before, i) + length(after, i);
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put((byte) ((before == null ? 0 : 1) | (after == null ? 0 : 2))).putShort((short) columns);
        for (int i = 0; i < columns; i++) {
            boolean same = before != null && after != null && Arrays.equals(before[i], after[i]);
            out.put((byte) (same ? 1 : 0));
            if (before != null) {
                put(out, before[i]);
            }
            if (after != null && !same) {
                put(out, after[i]);
            }
        }
        return out.position() == size ? out.array() : Arrays.copyOf(out.array(), out.position());
    }

    /** Gives {before, after}. */
    static byte[][][] unpack(byte[] packed) {
        ByteBuffer in = ByteBuffer.wrap(packed);
        int which = in.get();
        int columns = in.getShort();
        byte[][] before = (which & 1) == 0 ? null : new byte[columns][];
        byte[][] after = (which & 2) == 0 ? null : new byte[columns][];
        for (int i = 0; i < columns; i++) {
            boolean same = in.get() == 1;
            if (before != null) {
                before[i] = take(in);
            }
            if (after != null) {
                after[i] = same ? before[i] : take(in);
            }
        }
        return new byte[][][] {before, after};
    }

    private static int length(byte[][] row, int column) {
        if (row == null) {
            return 0;
        }
        return Integer.BYTES + (row[column] == null ? 0 : row[column].length);
    }

    private static void put(ByteBuffer out, byte[] value) {
        out.putInt(value == null ? -1 : value.length).put(value == null ? NONE : value);
    }

    private static byte[] take(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0) {
            return null;
        }
        byte[] value = new byte[length];
        in.get(value);
        return value;
    }
}
