package standin.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tables of users: in memory for each change that is captured, in SIM_TABLES and SIM_COLUMNS for
 * the dictionary's views. Dropped tables stay, because their redo does.
 */
final class Dictionary {
    private static final int FIRST_ID = 70_000;

    private final Instance instance;
    private final Map<Integer, Table> byId = new ConcurrentHashMap<>();
    private final Map<String, Table> byName = new ConcurrentHashMap<>();
    private Connection connection;
    private int lastId = FIRST_ID;

    Dictionary(Instance instance) {
        this.instance = instance;
    }

    /** Reads what an earlier run left. */
    void load() throws SQLException {
        connection = instance.open();
        Map<Integer, List<Column>> columns = new HashMap<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("""
                    SELECT TABLE_ID, NAME, TYPE_NAME, DATA_PRECISION, DATA_SCALE, DATA_LENGTH, CHAR_LENGTH, NULLABLE,
                           DATA_DEFAULT FROM SYS.SIM_COLUMNS ORDER BY TABLE_ID, POSITION""")) {
                while (rows.next()) {
                    columns.computeIfAbsent(rows.getInt(1), id -> new ArrayList<>()).add(new Column(rows.getString(2),
                            rows.getString(3), integer(rows, 4), integer(rows, 5), rows.getInt(6), rows.getInt(7),
                            rows.getBoolean(8), rows.getString(9)));
                }
            }
            try (ResultSet rows = statement.executeQuery("""
                    SELECT ID, DATA_ID, VERSION, OWNER, NAME, CONTAINER, SUPPLEMENTAL, KEY_POSITIONS, CHANGED_SCN,
                           DROPPED, BIN_NAME FROM SYS.SIM_TABLES""")) {
                while (rows.next()) {
                    keep(new Table(rows.getInt(1), rows.getInt(2), rows.getInt(3), rows.getString(4), rows.getString(5),
                            rows.getString(6), rows.getBoolean(7), columns.getOrDefault(rows.getInt(1), List.of()),
                            positions(rows.getString(8)), rows.getLong(9), rows.getBoolean(10), rows.getString(11)));
                    lastId = Math.max(lastId, Math.max(rows.getInt(1), rows.getInt(2)));
                }
            }
        }
    }

    /** A table that is there, or null. */
    Table find(String owner, String name) {
        return byName.get(owner + "." + name);
    }

    /** A table by its object id, dropped or not. */
    Table byId(int id) {
        return byId.get(id);
    }

    boolean hasOwner(String owner) {
        return byName.values().stream().anyMatch(table -> table.owner().equals(owner));
    }

    synchronized int newId() {
        return ++lastId;
    }

    /** Registers a table as the engine has it now: a new one, or the next version of one that was. */
    Table register(String owner, String name, String container, Table earlier, boolean supplemental) throws SQLException {
        int id = earlier == null ? newId() : earlier.id();
        Table table = new Table(id, earlier == null ? id : earlier.dataId(), earlier == null ? 1 : earlier.version() + 1,
                owner, name, container, supplemental, columns(owner, name), key(owner, name), instance.scn.next(),
                false, null);
        store(table, earlier);
        return table;
    }

    /** Stores a table's new state under its id; {@code earlier} is what it was called before, or null. */
    void store(Table table, Table earlier) throws SQLException {
        try (PreparedStatement merge = connection.prepareStatement("""
                MERGE INTO SYS.SIM_TABLES(ID, DATA_ID, VERSION, OWNER, NAME, CONTAINER, SUPPLEMENTAL, KEY_POSITIONS,
                    CHANGED_SCN, DROPPED, BIN_NAME, CREATED, CHANGED)
                KEY(ID) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                    COALESCE((SELECT CREATED FROM SYS.SIM_TABLES WHERE ID = ?), LOCALTIMESTAMP), LOCALTIMESTAMP)""")) {
            set(merge, table.id(), table.dataId(), table.version(), table.owner(), table.name(), table.container(),
                    table.supplemental(), String.join(",", table.key().stream().map(String::valueOf).toList()),
                    table.changedScn(), table.dropped(), table.binName(), table.id());
            merge.executeUpdate();
        }
        try (Statement delete = connection.createStatement()) {
            delete.executeUpdate("DELETE FROM SYS.SIM_COLUMNS WHERE TABLE_ID = " + table.id());
        }
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO SYS.SIM_COLUMNS(TABLE_ID, POSITION, NAME, TYPE_NAME, DATA_PRECISION, DATA_SCALE,
                    DATA_LENGTH, CHAR_LENGTH, NULLABLE, DATA_DEFAULT) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")) {
            int position = 0;
            for (Column column : table.columns()) {
                set(insert, table.id(), ++position, column.name(), column.typeName(), column.precision(), column.scale(),
                        column.length(), column.characters(), column.nullable(), column.initial());
                insert.addBatch();
            }
            insert.executeBatch();
        }
        keep(table);
        if (earlier != null && (table.dropped() || !earlier.path().equals(table.path()))) {
            byName.remove(earlier.owner() + "." + earlier.name());
        }
        instance.durable(connection);
    }

    /** The sequence that a log file's name stands for now, or null if there is no such file. */
    Long sequenceOf(String file) throws SQLException {
        return number("SELECT MAX(SEQ) FROM SYS.SIM_LOG_FILES WHERE NAME = ?", file);
    }

    /** The SCN at which a sequence ended, or null for the current one. */
    Long nextScnOf(long sequence) throws SQLException {
        return number("SELECT NEXT_SCN FROM SYS.SIM_LOGS WHERE SEQ = ?", sequence);
    }

    private Long number(String sql, Object argument) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setObject(1, argument);
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    return null;
                }
                long number = rows.getLong(1);
                return rows.wasNull() ? null : number;
            }
        }
    }

    private void keep(Table table) {
        byId.put(table.id(), table);
        if (!table.dropped()) {
            byName.put(table.owner() + "." + table.name(), table);
        }
    }

    /** The engine's columns in Oracle's terms. The engine's NUMBER without precision is DECFLOAT. */
    private List<Column> columns(String owner, String name) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT COLUMN_NAME, DATA_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE, CHARACTER_MAXIMUM_LENGTH,
                       DATETIME_PRECISION, IS_NULLABLE, COLUMN_DEFAULT, CHARACTER_OCTET_LENGTH
                FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION""")) {
            query.setString(1, owner);
            query.setString(2, name);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    columns.add(column(rows));
                }
            }
        }
        return List.copyOf(columns);
    }

    private static Column column(ResultSet row) throws SQLException {
        String name = row.getString(1);
        boolean nullable = row.getString(7).equals("YES");
        String initial = row.getString(8);
        int characters = (int) Math.min(row.getLong(5), Integer.MAX_VALUE);
        int fraction = row.getInt(6);
        return switch (row.getString(2)) {
            case "NUMERIC" -> new Column(name, "NUMBER", row.getInt(3), row.getInt(4), 22, 0, nullable, initial);
            case "DECFLOAT" -> new Column(name, "NUMBER", null, null, 22, 0, nullable, initial);
            case "CHARACTER VARYING" -> new Column(name, "VARCHAR2", null, null, characters, characters, nullable, initial);
            case "CHARACTER" -> new Column(name, "CHAR", null, null, characters, characters, nullable, initial);
            case "TIMESTAMP" -> fraction == 0
                    ? new Column(name, "DATE", null, null, 7, 0, nullable, initial)
                    : new Column(name, "TIMESTAMP(" + fraction + ")", null, fraction, 11, 0, nullable, initial);
            case "TIMESTAMP WITH TIME ZONE" -> new Column(
                    name, "TIMESTAMP(" + fraction + ") WITH TIME ZONE", null, fraction, 13, 0, nullable, initial);
            case "CHARACTER LARGE OBJECT" -> new Column(name, "CLOB", null, null, 4000, 0, nullable, initial);
            case "BINARY LARGE OBJECT" -> new Column(name, "BLOB", null, null, 4000, 0, nullable, initial);
            case "BINARY VARYING", "BINARY" -> new Column(name, "RAW", null, null, row.getInt(9), 0, nullable, initial);
            case "DOUBLE PRECISION" -> new Column(name, "BINARY_DOUBLE", null, null, 8, 0, nullable, initial);
            case "REAL" -> new Column(name, "BINARY_FLOAT", null, null, 4, 0, nullable, initial);
            default -> throw Ora.error(902, row.getString(2));
        };
    }

    private List<Integer> key(String owner, String name) throws SQLException {
        List<Integer> key = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT C.ORDINAL_POSITION FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS T
                JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE K
                  ON K.CONSTRAINT_SCHEMA = T.CONSTRAINT_SCHEMA AND K.CONSTRAINT_NAME = T.CONSTRAINT_NAME
                JOIN INFORMATION_SCHEMA.COLUMNS C
                  ON C.TABLE_SCHEMA = T.TABLE_SCHEMA AND C.TABLE_NAME = T.TABLE_NAME AND C.COLUMN_NAME = K.COLUMN_NAME
                WHERE T.CONSTRAINT_TYPE = 'PRIMARY KEY' AND T.TABLE_SCHEMA = ? AND T.TABLE_NAME = ?
                ORDER BY K.ORDINAL_POSITION""")) {
            query.setString(1, owner);
            query.setString(2, name);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    key.add(rows.getInt(1) - 1);
                }
            }
        }
        return List.copyOf(key);
    }

    private static List<Integer> positions(String text) {
        return text == null || text.isEmpty() ? List.of() : List.of(text.split(",")).stream().map(Integer::valueOf).toList();
    }

    private static Integer integer(ResultSet rows, int column) throws SQLException {
        int value = rows.getInt(column);
        return rows.wasNull() ? null : value;
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
