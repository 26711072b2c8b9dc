package standin.server;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The redo of one log sequence: a file that is only appended to, and its records in memory. */
final class LogFile {
    private static final int BUFFER = 1 << 16;

    final long sequence;
    final long first;
    private final Path file;
    private final List<RedoRecord> records = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private OutputStream out;
    private long size;

    LogFile(long sequence, long first, Path file) {
        this.sequence = sequence;
        this.first = first;
        this.file = file;
    }

    List<RedoRecord> records() {
        return records;
    }

    long size() {
        return size;
    }

    void append(RedoRecord record) throws IOException {
        bytes.reset();
        DataOutputStream data = new DataOutputStream(bytes);
        data.writeInt(0);
        record.write(data);
        byte[] packed = bytes.toByteArray();
        int length = packed.length - Integer.BYTES;
        for (int i = 0; i < Integer.BYTES; i++) {
            packed[i] = (byte) (length >>> (24 - 8 * i));
        }
        if (out == null) {
            out = new BufferedOutputStream(
                    Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND), BUFFER);
        }
        out.write(packed);
        size += packed.length;
        records.add(record);
    }

    /** Hands all to the operating system: a kill of this process loses none of it. */
    void flush() throws IOException {
        if (out != null) {
            out.flush();
        }
    }

    void close() throws IOException {
        if (out != null) {
            out.close();
            out = null;
        }
    }

    void delete() throws IOException {
        close();
        records.clear();
        Files.deleteIfExists(file);
    }

    /** Reads what an earlier run has written; a record that a kill cut short is cut off. */
    void load() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        long whole = 0;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            while (true) {
                byte[] packed = new byte[in.readInt()];
                in.readFully(packed);
                records.add(RedoRecord.read(new DataInputStream(new ByteArrayInputStream(packed))));
                whole += Integer.BYTES + packed.length;
            }
        } catch (EOFException end) {
            size = whole;
        }
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(whole);
        }
    }
}
