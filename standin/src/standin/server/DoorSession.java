package standin.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One client at the door: as long as its socket lives, so does its database session. A client that
 * is killed is rolled back, as Oracle does it.
 *
 * <p>A request is a line of JSON, and so is the answer:
 *
 * <pre>
 * {"do": "ready"}                                         {"ready": true}
 * {"do": "login", "user": "u", "password": "p"}           {}
 * {"do": "execute", "sql": "...", "rows": [[["NUMBER", "1"], ...], ...], "fetch": 100}
 *                   {"columns": [...], "rows": [[text or null, ...], ...], "cursor": 1 if more}
 *                   {"rowcount": 3} for a statement that gives no rows
 * {"do": "fetch", "cursor": 1, "fetch": 100}              {"rows": [...], "more": false}
 * {"do": "close", "cursor": 1} {"do": "commit"} {"do": "rollback"}      {}
 * </pre>
 *
 * An error is {"error": "ORA-00942: ...", "lost": false}; after `lost` the door hangs up.
 */
final class DoorSession implements Runnable {
    private final Socket socket;
    private final String url;
    private final Map<Integer, Cursor> cursors = new HashMap<>();
    private Connection connection;
    private int numbered;

    DoorSession(Socket socket, String url) {
        this.socket = socket;
        this.url = url;
    }

    @Override
    public void run() {
        try (socket;
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.UTF_8));
                Writer out =
                        new OutputStreamWriter(
                                socket.getOutputStream(), StandardCharsets.UTF_8)) {
            boolean lost = false;
            for (String line; !lost && (line = in.readLine()) != null; ) {
                Map<String, Object> answer = answered(line);
                out.write(Json.write(answer));
                out.write('\n');
                out.flush();
                lost = Boolean.TRUE.equals(answer.get("lost"));
            }
        } catch (IOException gone) {
            // The client has left without a word; its session ends below.
        } finally {
            leave();
        }
    }

    /** Ends the session from outside. */
    void close() {
        try {
            socket.close();
        } catch (IOException closed) {
            // That is what was asked for.
        }
    }

    private Map<String, Object> answered(String line) {
        try {
            return answer((Map<?, ?>) Json.read(line));
        } catch (SQLException failure) {
            return error(failure.getMessage(), isLost(failure));
        } catch (RuntimeException wrong) {
            return error("ORA-03120: two-task conversion routine: " + wrong, false);
        }
    }

    private Map<String, Object> answer(Map<?, ?> request) throws SQLException {
        String what = (String) request.get("do");
        if (connection == null && !what.equals("ready") && !what.equals("login")) {
            throw new SQLException("ORA-01012: not logged on");
        }
        switch (what) {
            case "ready":
                return Map.of("ready", true);
            case "login":
                leave();
                connection =
                        DriverManager.getConnection(
                                at((String) request.get("service")),
                                (String) request.get("user"),
                                (String) request.get("password"));
                connection.setAutoCommit(false);
                return Map.of();
            case "execute":
                return execute(
                        (String) request.get("sql"), (List<?>) request.get("rows"), size(request));
            case "fetch":
                return fetch(number(request, "cursor"), size(request));
            case "close":
                close(cursors.remove(number(request, "cursor")));
                return Map.of();
            case "commit":
                connection.commit();
                return Map.of();
            case "rollback":
                connection.rollback();
                return Map.of();
            default:
                throw new SQLException("ORA-03115: unsupported network datatype or representation");
        }
    }

    /** The URL of a service, which decides the container; without one, that of the tables. */
    private String at(String service) {
        return service == null ? url : url.substring(0, url.lastIndexOf('/') + 1) + service;
    }

    private Map<String, Object> execute(String sql, List<?> rows, int size) throws SQLException {
        Statement statement =
                rows.isEmpty() ? connection.createStatement() : connection.prepareStatement(sql);
        boolean stays = false;
        try {
            if (rows.size() > 1) {
                return counted(batch((PreparedStatement) statement, rows));
            }
            boolean hasRows;
            if (statement instanceof PreparedStatement prepared) {
                bind(prepared, (List<?>) rows.get(0));
                hasRows = prepared.execute();
            } else {
                hasRows = statement.execute(sql);
            }
            if (!hasRows) {
                return counted(Math.max(statement.getUpdateCount(), 0));
            }
            ResultSet result = statement.getResultSet();
            Cursor cursor =
                    new Cursor(statement, result, DoorValues.columns(result.getMetaData()));
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("columns", cursor.columns);
            List<List<String>> found = cursor.next(size);
            answer.put("rows", found);
            if (found.size() == size) {
                stays = true;
                cursors.put(++numbered, cursor);
                answer.put("cursor", numbered);
            }
            return answer;
        } finally {
            if (!stays) {
                statement.close();
            }
        }
    }

    private Map<String, Object> fetch(int number, int size) throws SQLException {
        Cursor cursor = cursors.get(number);
        if (cursor == null) {
            throw new SQLException("ORA-01001: invalid cursor");
        }
        List<List<String>> rows = cursor.next(size);
        boolean more = rows.size() == size;
        if (!more) {
            close(cursors.remove(number));
        }
        return Map.of("rows", rows, "more", more);
    }

    private static int batch(PreparedStatement statement, List<?> rows) throws SQLException {
        for (Object row : rows) {
            bind(statement, (List<?>) row);
            statement.addBatch();
        }
        int touched = 0;
        for (int count : statement.executeBatch()) {
            touched += Math.max(count, 0);
        }
        return touched;
    }

    private static void bind(PreparedStatement statement, List<?> row) throws SQLException {
        for (int i = 0; i < row.size(); i++) {
            DoorValues.bind(statement, i + 1, (List<?>) row.get(i));
        }
    }

    /** What is open is rolled back: a program that leaves without a commit has not committed. */
    private void leave() {
        cursors.clear();
        if (connection == null) {
            return;
        }
        try (Connection left = connection) {
            connection = null;
            left.rollback();
        } catch (SQLException gone) {
            // A session that is lost already has been rolled back.
        }
    }

    private static void close(Cursor cursor) throws SQLException {
        if (cursor != null) {
            cursor.statement.close();
        }
    }

    private static boolean isLost(SQLException failure) {
        return failure instanceof SQLRecoverableException
                || failure instanceof SQLNonTransientConnectionException;
    }

    private static Map<String, Object> counted(int rows) {
        return Map.of("rowcount", rows);
    }

    private static Map<String, Object> error(String text, boolean lost) {
        return Map.of("error", String.valueOf(text), "lost", lost);
    }

    private static int size(Map<?, ?> request) {
        return Math.max(1, number(request, "fetch"));
    }

    private static int number(Map<?, ?> request, String name) {
        return Integer.parseInt((String) request.get(name));
    }

    private record Cursor(
            Statement statement, ResultSet result, List<Map<String, Object>> columns) {
        List<List<String>> next(int size) throws SQLException {
            List<List<String>> rows = new ArrayList<>();
            while (rows.size() < size && result.next()) {
                rows.add(DoorValues.row(result, columns));
            }
            return rows;
        }
    }
}
