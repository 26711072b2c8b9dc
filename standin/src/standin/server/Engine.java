package standin.server;

import java.sql.Connection;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;

/** The few places where the stand-in reaches below H2's JDBC. */
final class Engine {
    private Engine() {
    }

    /** The engine's session behind a connection inside this JVM. */
    static SessionLocal session(Connection connection) {
        return (SessionLocal) ((JdbcConnection) connection).getSession();
    }

    /** Writes all committed pages to the file and waits for it; does not wait for the disk. */
    static void store(Connection connection) {
        MVStore store = session(connection).getDatabase().getStore().getMvStore();
        store.commit();
        store.sync();
    }
}
