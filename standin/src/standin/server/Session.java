package standin.server;

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
    /** Set by a fault or by ALTER SYSTEM KILL SESSION: the next statement fails with this. */
    volatile String ended;

    Session(Instance instance, SessionLocal engine) {
        this.engine = engine;
        this.miner = new LogMiner(instance);
    }

    boolean isSys() {
        return user.equals("SYS");
    }
}
