package standin.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.regex.Pattern;

/** What SYS arranges: {@code CALL SYS.SIM_…}. Anybody else is told ORA-01031. */
public final class Control {
    private Control() {
    }

    public static void switchLog(Connection connection) throws SQLException {
        locked(connection, instance -> instance.redo.switchLog());
    }

    public static void holdArchiving(Connection connection, boolean hold) throws SQLException {
        locked(connection, instance -> instance.redo.hold(hold));
    }

    public static void purgeArchives(Connection connection, int keep) throws SQLException {
        locked(connection, instance -> instance.redo.purge(keep));
    }

    public static void addFault(Connection connection, String pattern, String action, String text, int times, long delayMs,
            String user) throws SQLException {
        sys(connection).faults.add(pattern, action, text, times, delayMs, user);
    }

    public static void clearFaults(Connection connection) throws SQLException {
        sys(connection).faults.clear();
    }

    public static void refuseConnections(Connection connection, String text) throws SQLException {
        sys(connection).faults.refuse(text);
    }

    public static void killSessions(Connection connection, String user) throws SQLException {
        sys(connection).sessions.kill(Pattern.compile(user == null || user.isEmpty() ? ".*" : user));
    }

    /** Sets a fact of the database such as LOG_MODE, or a parameter such as undo_retention. */
    public static void set(Connection connection, String name, String value) throws SQLException {
        Instance instance = sys(connection);
        try (PreparedStatement merge = connection.prepareStatement(
                "MERGE INTO SYS.SIM_FACTS(NAME, FACT_VALUE) KEY(NAME) VALUES (?, ?)")) {
            merge.setString(1, name);
            merge.setString(2, value);
            merge.executeUpdate();
        }
        instance.sessions.commit(connection);
    }

    private static Instance sys(Connection connection) throws SQLException {
        Instance instance = Instance.get();
        if (!instance.sessions.of(connection).isSys()) {
            throw Ora.error(1031);
        }
        return instance;
    }

    /** Work on the instance under its order. */
    private interface Work {
        void on(Instance instance) throws SQLException;
    }

    private static void locked(Connection connection, Work work) throws SQLException {
        Instance instance = sys(connection);
        instance.order.lock();
        try {
            work.on(instance);
        } finally {
            instance.order.unlock();
        }
    }
}
