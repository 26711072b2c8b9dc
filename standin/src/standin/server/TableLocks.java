package standin.server;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who writes which table, until the transaction's end, and who alters it: the engine's own locks do
 * not last while it alters a table. Waits as DDL_LOCK_TIMEOUT has it, then ORA-00054.
 */
final class TableLocks {
    private static final long PATIENCE_MS = 60_000;

    private final Map<Integer, Set<Session>> writers = new HashMap<>();
    private final Map<Integer, Session> alterers = new HashMap<>();

    /** Before a session writes a table: waits for whoever alters it, unless its transaction has written it. */
    synchronized void write(Session session, Table table) throws SQLException {
        if (writers.getOrDefault(table.id(), Set.of()).contains(session)) {
            return;
        }
        long until = System.currentTimeMillis() + PATIENCE_MS;
        while (isOther(alterers.get(table.id()), session)) {
            await(until);
        }
        writers.computeIfAbsent(table.id(), id -> new HashSet<>()).add(session);
    }

    /** Before a session alters a table: new writers wait from now on, and those that write are waited for. */
    synchronized void alter(Session session, Table table) throws SQLException {
        long until = System.currentTimeMillis() + PATIENCE_MS;
        while (isOther(alterers.get(table.id()), session)) {
            await(until);
        }
        alterers.put(table.id(), session);
        try {
            while (writers.getOrDefault(table.id(), Set.of()).stream().anyMatch(writer -> isOther(writer, session))) {
                await(until);
            }
        } catch (SQLException e) {
            altered(session);
            throw e;
        }
    }

    /** A session has altered what it altered. */
    synchronized void altered(Session session) {
        alterers.values().removeIf(alterer -> alterer == session);
        notifyAll();
    }

    /** A session's transaction has ended. */
    synchronized void release(Session session) {
        writers.values().forEach(sessions -> sessions.remove(session));
        notifyAll();
    }

    private static boolean isOther(Session holder, Session session) {
        return holder != null && holder != session;
    }

    private void await(long until) throws SQLException {
        long left = until - System.currentTimeMillis();
        if (left <= 0) {
            throw Ora.error(54);
        }
        try {
            wait(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Ora.error(1013);
        }
    }
}
