package standin.server;

import java.util.LinkedHashMap;
import java.util.Map;
import org.h2.engine.SessionLocal;

/** A session of a user: its container, its open transaction, and what it mines. */
final class Session {
    final SessionLocal engine;
    final LogMiner miner;
    final long began = System.currentTimeMillis();
    String user = "";
    String container = Names.ROOT;
    Transaction transaction;
    /** How many changes the transaction had when the running statement began. */
    int mark;
    /** How many changes there were at each savepoint, in the order in which they were set. */
    final Map<String, Integer> savepoints = new LinkedHashMap<>();
    /** Set by a fault or by ALTER SYSTEM KILL SESSION: the next statement fails with this. */
    volatile String ended;

    Session(Instance instance, SessionLocal engine) {
        this.engine = engine;
        this.miner = new LogMiner(instance);
    }

    int changes() {
        return transaction == null ? 0 : transaction.changes();
    }

    boolean isSys() {
        return user.equals("SYS");
    }
}
