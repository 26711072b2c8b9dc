package standin.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
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

    void rollback(Connection connection) throws SQLException {
        Session session = of(connection);
        connection.rollback();
        rolledBack(session);
    }

    /** Undoes, in the redo, what the failed statement changed; the engine has undone it already. */
    void failed(Session session) {
        undoTo(session, session.mark);
    }

    void undoTo(Session session, int mark) {
        if (session.transaction != null) {
            instance.order.lock();
            try {
                session.transaction.undoTo(mark);
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
                byEngine.values().stream().filter(session -> session.engine.isClosed()).toList().forEach(this::gone);
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

    private void gone(Session session) {
        rolledBack(session);
        byEngine.remove(session.engine.getId());
    }

    private void rolledBack(Session session) {
        instance.order.lock();
        try {
            if (session.transaction != null) {
                session.transaction.undoTo(0);
                end(session, RedoRecord.ROLLBACK);
            }
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
        session.mark = 0;
    }
}
