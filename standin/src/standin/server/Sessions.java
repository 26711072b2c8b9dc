package standin.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** All sessions and how their transactions end, also those whose client is gone. */
final class Sessions {
    private static final long WATCH_NANOS = 50_000_000;

    private final Instance instance;
    private final Map<Integer, Session> byEngine = new ConcurrentHashMap<>();
    private final BitSet slots = new BitSet();

    Sessions(Instance instance) {
        this.instance = instance;
    }

    Session of(Connection connection) {
        var engine = Engine.session(connection);
        return byEngine.computeIfAbsent(engine.getId(), id -> new Session(instance, engine));
    }

    List<Session> open() {
        return byEngine.values().stream().filter(session -> !session.engine.isClosed()).toList();
    }

    /** The session's transaction, begun if there is none. The order is held. */
    Transaction transaction(Session session, String container) {
        if (session.transaction == null) {
            int slot = slots.nextClearBit(0) % Transaction.slots();
            slots.set(slot);
            session.transaction = Transaction.begin(instance, slot, session.user, container);
        }
        return session.transaction;
    }

    /**
     * Commits: the changes are in the redo's file before the engine's commit is in its own, and only
     * then comes the record that says so. A mark in the engine tells after a kill which one was last.
     */
    void commit(Connection connection) throws SQLException {
        Session session = of(connection);
        if (session.transaction == null) {
            connection.commit();
            session.savepoints.clear();
            instance.tableLocks.release(session);
            return;
        }
        instance.order.lock();
        try {
            Transaction transaction = session.transaction;
            try (PreparedStatement mark = connection.prepareStatement(
                    "MERGE INTO SYS.SIM_COMMITS(SLOT, XID) KEY(SLOT) VALUES (?, ?)")) {
                mark.setInt(1, transaction.slot());
                mark.setLong(2, transaction.xid);
                mark.executeUpdate();
            }
            instance.redo.flush();
            connection.commit();
            instance.durable(connection);
            end(session, RedoRecord.COMMIT);
        } finally {
            instance.order.unlock();
        }
    }

    /** Rolls back. Nobody changes the same rows before the redo says so: the order is held. */
    void rollback(Connection connection) throws SQLException {
        Session session = of(connection);
        instance.order.lock();
        try {
            connection.rollback();
            rolledBack(session);
        } finally {
            instance.order.unlock();
        }
    }

    void savepoint(Connection connection, String name) throws SQLException {
        execute(connection, "SAVEPOINT " + Sql.quoted(name));
        Session session = of(connection);
        session.savepoints.remove(name);
        session.savepoints.put(name, session.changes());
    }

    /** Undoes what came after a savepoint, which stays; those that were set after it are gone. */
    void rollbackTo(Connection connection, String name) throws SQLException {
        Session session = of(connection);
        List<String> names = List.copyOf(session.savepoints.keySet());
        if (!names.contains(name)) {
            throw Ora.error(1086, name);
        }
        instance.order.lock();
        try {
            execute(connection, "ROLLBACK TO SAVEPOINT " + Sql.quoted(name));
            if (session.transaction != null) {
                session.transaction.undoTo(session.savepoints.get(name));
            }
            session.savepoints.keySet().retainAll(names.subList(0, names.indexOf(name) + 1));
        } finally {
            instance.order.unlock();
        }
    }

    /** Undoes, in the redo, what the failed statement changed; the engine has undone it already. */
    void failed(Session session) {
        if (session.transaction != null) {
            instance.order.lock();
            try {
                session.transaction.undoTo(session.mark);
            } finally {
                instance.order.unlock();
            }
        }
    }

    void kill(Pattern user) {
        for (Session session : open()) {
            if (!session.isSys() && user.matcher(session.user).matches()) {
                session.ended = "ORA-00028: your session has been killed";
                session.engine.cancel();
                session.engine.close();
            }
        }
    }

    /** Watches for clients that went without a word: the engine rolls back, and the redo must say so. */
    void watch() {
        Thread watcher = new Thread(() -> {
            while (true) {
                LockSupport.parkNanos(WATCH_NANOS);
                try {
                    byEngine.values().stream().filter(session -> session.engine.isClosed()).toList().forEach(this::gone);
                } catch (RuntimeException e) {
                    Log.error("a session that is gone could not be ended", e);
                }
            }
        }, "sessions");
        watcher.setDaemon(true);
        watcher.start();
    }

    /** At the end of the instance: sessions are cut off, and their transactions rolled back. */
    void rollBackAll() {
        for (Session session : List.copyOf(byEngine.values())) {
            if (session.transaction != null) {
                session.engine.close();
                rolledBack(session);
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void gone(Session session) {
        rolledBack(session);
        byEngine.remove(session.engine.getId());
    }

    private void rolledBack(Session session) {
        instance.order.lock();
        try {
            session.savepoints.clear();
            if (session.transaction != null) {
                session.transaction.undoTo(0);
                end(session, RedoRecord.ROLLBACK);
            }
            instance.tableLocks.release(session);
        } finally {
            instance.order.unlock();
        }
    }

    private void end(Session session, byte operation) {
        Transaction transaction = session.transaction;
        instance.redo.append(RedoRecord.marker(instance.scn.next(), operation, transaction));
        instance.redo.flush();
        slots.clear(transaction.slot());
        session.transaction = null;
        session.savepoints.clear();
        instance.tableLocks.release(session);
        session.mark = 0;
    }
}
