package standin.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The redo log: sequences of records, the newest of them written to. Every method is called with
 * the instance's order held. What V$LOG and V$ARCHIVED_LOG tell lies in SIM_LOGS.
 */
final class Redo {
    private static final int GROUPS = 3;
    private static final long SWITCH_BYTES = 200L << 20;

    private final Instance instance;
    private final Path folder;
    private final TreeMap<Long, LogFile> files = new TreeMap<>();
    private Connection connection;
    private LogFile current;
    private boolean holding;
    private long floor;

    Redo(Instance instance, Path folder) {
        this.instance = instance;
        this.folder = folder;
    }

    /** Takes up the files of an earlier run, and ends the transactions that it left open. */
    void open() throws SQLException {
        connection = instance.open();
        try (Statement statement = connection.createStatement();
                ResultSet logs = statement.executeQuery(
                        "SELECT SEQ, FIRST_SCN, NEXT_SCN, DELETED FROM SYS.SIM_LOGS ORDER BY SEQ")) {
            while (logs.next()) {
                if (logs.getBoolean(4)) {
                    floor = logs.getLong(3);
                    continue;
                }
                LogFile file = file(logs.getLong(1), logs.getLong(2));
                file.load();
                file.records().forEach(record -> instance.scn.remember(record.scn(), record.time()));
                files.put(file.sequence, file);
                current = file;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (current == null) {
            begin(1);
        } else {
            recover();
        }
    }

    void append(RedoRecord record) {
        try {
            current.append(record);
            if (current.size() > SWITCH_BYTES && record.endsTransaction()) {
                switchLog();
            }
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("the redo cannot be written: " + e.getMessage(), e);
        }
    }

    void flush() {
        try {
            current.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of these sequences that are there, in order. */
    List<LogFile> files(Collection<Long> sequences) {
        return files.values().stream().filter(file -> sequences.contains(file.sequence)).toList();
    }

    Collection<LogFile> all() {
        return files.values();
    }

    long sequence() {
        return current.sequence;
    }

    /** The lowest SCN from which on all redo is there. */
    long floor() {
        return floor;
    }

    void switchLog() throws SQLException {
        long reused = current.sequence + 1 - GROUPS;
        if (holding && count("SELECT COUNT(*) FROM SYS.SIM_LOGS WHERE SEQ = " + reused + " AND NOT ARCHIVED") > 0) {
            throw Ora.error(350, group(reused), instance.names.database());
        }
        long next = instance.scn.next();
        try {
            current.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        update("UPDATE SYS.SIM_LOGS SET NEXT_SCN = ?, NEXT_TIME = LOCALTIMESTAMP, BYTES = ? WHERE SEQ = ?",
                next, current.size(), current.sequence);
        begin(current.sequence + 1, next);
        archive();
    }

    /** Whether switched logs wait to be archived. Released, they are archived at once. */
    void hold(boolean hold) throws SQLException {
        holding = hold;
        archive();
    }

    /** Deletes archived logs as RMAN does, all but the newest {@code keep} of them. */
    void purge(int keep) throws SQLException {
        List<Long> archived = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet logs = statement.executeQuery(
                        "SELECT SEQ FROM SYS.SIM_LOGS WHERE ARCHIVED AND NOT DELETED ORDER BY SEQ DESC")) {
            while (logs.next()) {
                archived.add(logs.getLong(1));
            }
        }
        for (long sequence : archived.subList(Math.min(keep, archived.size()), archived.size())) {
            update("UPDATE SYS.SIM_LOGS SET DELETED = TRUE WHERE SEQ = ?", sequence);
            LogFile file = files.remove(sequence);
            try {
                file.delete();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        floor = files.firstEntry().getValue().first;
        instance.durable(connection);
    }

    void close() {
        try {
            current.close();
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static long group(long sequence) {
        return (sequence - 1) % GROUPS + 1;
    }

    private void archive() throws SQLException {
        if (!holding) {
            update("UPDATE SYS.SIM_LOGS SET ARCHIVED = TRUE, COMPLETED = LOCALTIMESTAMP"
                    + " WHERE NEXT_SCN IS NOT NULL AND NOT ARCHIVED");
        }
        instance.durable(connection);
    }

    private void begin(long sequence) throws SQLException {
        begin(sequence, instance.scn.next());
        instance.durable(connection);
    }

    private void begin(long sequence, long first) throws SQLException {
        update("INSERT INTO SYS.SIM_LOGS(SEQ, FIRST_SCN, FIRST_TIME, ARCHIVED, DELETED)"
                + " VALUES (?, ?, LOCALTIMESTAMP, FALSE, FALSE)", sequence, first);
        current = file(sequence, first);
        files.put(sequence, current);
    }

    private LogFile file(long sequence, long first) {
        return new LogFile(sequence, first, folder.resolve(sequence + ".redo"));
    }

    /**
     * Ends what a kill left open: a transaction whose mark the engine has is committed, as its
     * commit was on its way; any other was rolled back by the engine, and the redo now says so.
     */
    private void recover() throws SQLException {
        Map<Long, List<RedoRecord>> open = new LinkedHashMap<>();
        for (LogFile file : files.values()) {
            for (RedoRecord record : file.records()) {
                if (record.endsTransaction()) {
                    open.remove(record.xid());
                } else {
                    open.computeIfAbsent(record.xid(), xid -> new ArrayList<>()).add(record);
                }
            }
        }
        Set<Long> committed = committed();
        open.forEach((xid, records) -> {
            Transaction left = Transaction.left(instance, records);
            if (committed.contains(xid)) {
                append(RedoRecord.marker(instance.scn.next(), RedoRecord.COMMIT, left));
            } else {
                left.undoTo(0);
                append(RedoRecord.marker(instance.scn.next(), RedoRecord.ROLLBACK, left));
            }
        });
        flush();
    }

    private Set<Long> committed() throws SQLException {
        Set<Long> marks = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT XID FROM SYS.SIM_COMMITS")) {
            while (rows.next()) {
                marks.add(rows.getLong(1));
            }
        }
        return marks;
    }

    private long count(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void update(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            statement.executeUpdate();
        }
    }
}
