package standin.server;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A session's DBMS_LOGMNR: the files it was given, the range, and what V$LOGMNR_CONTENTS shows. */
final class LogMiner {
    private static final int PIECE = 4000;
    private static final String NO_ROW = "AAAAAAAAAAAAAAAAAA";
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final int STATUS_UNKNOWN = 2;

    private final Instance instance;
    /** By name of the file: the sequence that it held when it was added. */
    private final Map<String, Long> files = new LinkedHashMap<>();
    private boolean active;
    private boolean committedOnly;
    private long start;
    private long end;
    /** With COMMITTED_DATA_ONLY, the end of the transaction whose rows are being given. */
    private RedoRecord commit;

    LogMiner(Instance instance) {
        this.instance = instance;
    }

    void add(String file) throws SQLException {
        if (files.containsKey(file)) {
            throw Ora.error(1289, file);
        }
        Long sequence = instance.dictionary.sequenceOf(file);
        if (sequence == null) {
            throw Ora.error(1284, file);
        }
        files.put(file, sequence);
    }

    void remove(String file) throws SQLException {
        if (files.remove(file) == null) {
            throw Ora.error(1290, file);
        }
    }

    /** {@code from} and {@code to} may be null: then it is all that the files hold. */
    void start(Long from, Long to, String options) throws SQLException {
        if (files.isEmpty()) {
            throw Ora.error(1292);
        }
        if (from != null && to != null && from > to) {
            throw Ora.error(1281);
        }
        TreeSet<Long> sequences = new TreeSet<>();
        for (Map.Entry<String, Long> file : files.entrySet()) {
            Long now = instance.dictionary.sequenceOf(file.getKey());
            if (now == null) {
                throw Ora.error(1284, file.getKey());
            }
            if (!now.equals(file.getValue())) {
                throw Ora.error(310, now, file.getValue());
            }
            sequences.add(now);
        }
        List<LogFile> logs = instance.redo.files(sequences);
        if (logs.size() != sequences.size() || sequences.last() - sequences.first() + 1 != sequences.size()) {
            throw Ora.error(1291, "");
        }
        long first = logs.get(0).first;
        Long next = instance.dictionary.nextScnOf(sequences.last());
        if (from != null && from < first - 1 || to != null && next != null && to > next) {
            throw Ora.error(1291, "");
        }
        start = from == null ? first : from;
        end = to == null ? Long.MAX_VALUE : to;
        committedOnly = options.contains("COMMITTED_DATA_ONLY");
        active = true;
    }

    void end() throws SQLException {
        if (!active) {
            throw Ora.error(1307);
        }
        active = false;
        files.clear();
    }

    Map<String, Long> files() {
        return files;
    }

    static Rows empty() {
        return new Rows("SCN LONG", "SQL_REDO TEXT", "OPERATION_CODE INT", "TIMESTAMP TIME", "XID BYTES", "CSF INT",
                "TABLE_NAME TEXT", "SEG_OWNER TEXT", "OPERATION TEXT", "ROW_ID TEXT", "ROLLBACK INT", "STATUS INT",
                "INFO TEXT", "SSN LONG", "THREAD# INT", "DATA_OBJ# LONG", "DATA_OBJV# LONG", "DATA_OBJD# LONG",
                "START_SCN LONG", "COMMIT_SCN LONG", "SEQUENCE# LONG", "START_TIMESTAMP TIME",
                "COMMIT_TIMESTAMP TIME", "RS_ID TEXT", "USERNAME TEXT", "CLIENT_ID TEXT", "SRC_CON_NAME TEXT",
                "SRC_CON_ID INT", "XIDUSN LONG", "XIDSLT LONG", "XIDSQN LONG");
    }

    /** The rows of V$LOGMNR_CONTENTS, in the order of the redo. The order is held. */
    ResultSet contents() throws SQLException {
        if (!active) {
            throw Ora.error(1306);
        }
        // What is read is on file first: after a kill its transaction can still be ended.
        instance.redo.flush();
        Rows rows = empty();
        Map<Long, List<RedoRecord>> open = new LinkedHashMap<>();
        for (LogFile log : instance.redo.files(files.values())) {
            for (RedoRecord record : log.records()) {
                if (record.scn() < start || record.scn() > end) {
                    continue;
                }
                if (committedOnly) {
                    gather(open, record, rows);
                } else {
                    add(rows, record);
                }
            }
        }
        return rows.result();
    }

    /** COMMITTED_DATA_ONLY: whole transactions in the order of their commits, without what was undone. */
    private void gather(Map<Long, List<RedoRecord>> open, RedoRecord record, Rows rows) {
        List<RedoRecord> transaction = open.computeIfAbsent(record.xid(), xid -> new ArrayList<>());
        if (record.rollback()) {
            // What it undoes may have been before the range.
            if (!transaction.isEmpty() && transaction.get(transaction.size() - 1).isChange()) {
                transaction.remove(transaction.size() - 1);
            }
        } else if (record.operation() == RedoRecord.ROLLBACK) {
            open.remove(record.xid());
        } else {
            transaction.add(record);
            if (record.operation() == RedoRecord.COMMIT) {
                commit = record;
                transaction.forEach(each -> add(rows, each));
                commit = null;
                open.remove(record.xid());
            }
        }
    }

    private void add(Rows rows, RedoRecord record) {
        switch (record.operation()) {
            case RedoRecord.START -> row(rows, record, "START", "set transaction read write;", 0, null, null, null, 0, null);
            case RedoRecord.COMMIT -> row(rows, record, "COMMIT", "commit;", 0, null, null, null, 0, null);
            case RedoRecord.ROLLBACK -> row(rows, record, "ROLLBACK", "rollback;", 0, null, null, null, 0, null);
            case RedoRecord.DDL -> row(rows, record, "DDL", record.text(), 0, record.owner(), record.name(), NO_ROW, 0,
                    "USER DDL (PlSql=0 RecDep=0)");
            default -> change(rows, record);
        }
    }

    private void change(Rows rows, RedoRecord record) {
        Table table = instance.dictionary.byId(record.tableId());
        boolean named = !table.dropped() || table.binName() != null;
        boolean known = named && table.version() == record.version();
        String info = known ? null : named ? "Dictionary Version Mismatch" : "Dictionary Mismatch";
        byte[][][] images = Images.unpack(record.images());
        String sql = new SqlRedo(table, known, record.supplemental()).of(record.operation(), images[0], images[1]);
        String operation = switch (record.operation()) {
            case RedoRecord.INSERT -> "INSERT";
            case RedoRecord.DELETE -> "DELETE";
            case RedoRecord.UPDATE -> "UPDATE";
            default -> "LOB_WRITE";
        };
        int at = 0;
        do {
            int next = Math.min(at + PIECE, sql.length());
            row(rows, record, operation, sql.substring(at, next), next < sql.length() ? 1 : 0, table.minedOwner(),
                    table.minedName(), rowId(record), known ? 0 : STATUS_UNKNOWN, info);
            at = next;
        } while (at < sql.length());
    }

    private void row(Rows rows, RedoRecord record, String operation, String sql, int csf, String owner, String table,
            String rowId, int status, String info) {
        RedoRecord end = record.operation() == RedoRecord.COMMIT ? record : commit;
        rows.add(record.scn(), sql, (int) record.operation(), new Timestamp(record.time() / 1000 * 1000),
                Transaction.bytes(record.xid()), csf, table, owner, operation, rowId == null ? NO_ROW : rowId,
                record.rollback() ? 1 : 0, status, info, 0L, 1, (long) record.tableId(), (long) record.version(),
                (long) record.dataId(), end == null ? null : end.startScn(), end == null ? null : end.scn(), 1L, null,
                end == null ? null : new Timestamp(end.time() / 1000 * 1000), "0x%06x.%08x.0010".formatted(1, record.scn()),
                record.user(), null, record.container(), Names.number(record.container()), record.xid() >>> 48,
                record.xid() >>> 32 & 0xffff, record.xid() & 0xffff_ffffL);
    }

    /** Eighteen characters, as the stored ROWID has: object, file, block and row in base 64. */
    private static String rowId(RedoRecord record) {
        char[] id = new char[NO_ROW.length()];
        long object = record.dataId();
        for (int i = 5; i >= 0; i--, object >>>= 6) {
            id[i] = ALPHABET.charAt((int) (object & 63));
        }
        long row = record.row();
        for (int i = id.length - 1; i > 5; i--, row >>>= 6) {
            id[i] = ALPHABET.charAt((int) (row & 63));
        }
        return new String(id);
    }
}
