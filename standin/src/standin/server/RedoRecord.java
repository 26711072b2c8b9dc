package standin.server;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * One record of the redo. {@code supplemental} tells whether all columns were being logged when it
 * was written; {@code text} is a DDL's statement, {@code images} a change's rows (see Images).
 */
record RedoRecord(
        long scn, long time, byte operation, boolean rollback, boolean supplemental, long xid, long startScn,
        int tableId, int dataId, int version, long row, String user, String container, String text,
        String owner, String name, byte[] images) {

    /** LogMiner's OPERATION_CODE. */
    static final byte INSERT = 1;
    static final byte DELETE = 2;
    static final byte UPDATE = 3;
    static final byte DDL = 5;
    static final byte START = 6;
    static final byte COMMIT = 7;
    static final byte LOB_WRITE = 10;
    static final byte ROLLBACK = 36;

    private static final byte[] NOTHING = new byte[0];

    /** A record of a transaction itself: its start or end. */
    static RedoRecord marker(long scn, byte operation, Transaction transaction) {
        return new RedoRecord(scn, System.currentTimeMillis(), operation, false, false, transaction.xid,
                transaction.startScn, 0, 0, 0, 0, transaction.user, transaction.container, "", "", "", NOTHING);
    }

    boolean isChange() {
        return operation == INSERT || operation == UPDATE || operation == DELETE || operation == LOB_WRITE;
    }

    boolean endsTransaction() {
        return operation == COMMIT || operation == ROLLBACK;
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(scn);
        out.writeLong(time);
        out.writeByte(operation);
        out.writeBoolean(rollback);
        out.writeBoolean(supplemental);
        out.writeLong(xid);
        out.writeLong(startScn);
        out.writeInt(tableId);
        out.writeInt(dataId);
        out.writeInt(version);
        out.writeLong(row);
        out.writeUTF(user);
        out.writeUTF(container);
        out.writeUTF(text);
        out.writeUTF(owner);
        out.writeUTF(name);
        out.writeInt(images.length);
        out.write(images);
    }

    static RedoRecord read(DataInput in) throws IOException {
        long scn = in.readLong();
        long time = in.readLong();
        byte operation = in.readByte();
        boolean rollback = in.readBoolean();
        boolean supplemental = in.readBoolean();
        long xid = in.readLong();
        long startScn = in.readLong();
        int tableId = in.readInt();
        int dataId = in.readInt();
        int version = in.readInt();
        long row = in.readLong();
        String user = in.readUTF().intern();
        String container = in.readUTF().intern();
        String text = in.readUTF();
        String owner = in.readUTF().intern();
        String name = in.readUTF().intern();
        byte[] images = new byte[in.readInt()];
        in.readFully(images);
        return new RedoRecord(scn, time, operation, rollback, supplemental, xid, startScn, tableId, dataId,
                version, row, user, container, text, owner, name, images);
    }
}
