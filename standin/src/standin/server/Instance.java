package standin.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;

/** The one database instance of this JVM: what the functions that H2 calls find their state in. */
final class Instance {
    private static final String ENGINE_USER = "STANDIN";
    private static final int KEY_BYTES = 24;
    private static Instance running;

    /** Guards order: no SCN is given out before what it stands for can be read. */
    final ReentrantLock order = new ReentrantLock(true);
    final Names names;
    final Scn scn;
    final Dictionary dictionary;
    final Redo redo;
    final Sessions sessions;
    final Accounts accounts;
    final Faults faults = new Faults();
    final TableLocks tableLocks = new TableLocks();
    private final Path data;
    private final String key;
    private final Connection keeper;

    private Instance(Path data, Names names) throws SQLException, IOException {
        this.data = data;
        this.names = names;
        this.key = key(data.resolve("engine.key"));
        this.scn = new Scn(data.resolve("scn"));
        this.keeper = open();
        running = this;
        Bootstrap.run(keeper);
        this.dictionary = new Dictionary(this);
        this.accounts = new Accounts(this);
        this.sessions = new Sessions(this);
        this.redo = new Redo(this, Files.createDirectories(data.resolve("redo")));
    }

    static Instance get() {
        return running;
    }

    static Instance start(Path data, Names names, String password) throws SQLException, IOException {
        Instance instance = new Instance(data, names);
        instance.rememberPdb();
        instance.dictionary.load();
        instance.redo.open();
        instance.accounts.load(password);
        instance.sessions.watch();
        return instance;
    }

    /** The dictionary's views read the PDB's name from a table. */
    private void rememberPdb() throws SQLException {
        try (PreparedStatement merge = keeper.prepareStatement(
                "MERGE INTO SYS.SIM_FACTS(NAME, FACT_VALUE) KEY(NAME) VALUES ('PDB_NAME', ?)")) {
            merge.setString(1, names.pdb());
            merge.executeUpdate();
        }
    }

    /** Opens a connection of the server's own, which nobody's faults or grants concern. */
    Connection open() throws SQLException {
        Properties signIn = new Properties();
        signIn.setProperty("user", ENGINE_USER);
        signIn.setProperty("password", key);
        // No file of traces: a statement that failed may hold a password.
        return new org.h2.Driver().connect(
                "jdbc:h2:file:" + data.toAbsolutePath().resolve("standin")
                        + ";MODE=Oracle;NON_KEYWORDS=VALUE,KEY;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE"
                        + ";OPTIMIZE_REUSE_RESULTS=0;LOCK_TIMEOUT=60000;MAX_MEMORY_ROWS=10000000;TRACE_LEVEL_FILE=0",
                signIn);
    }

    /** Writes what is committed to the files, so that a kill of this process does not lose it. */
    void durable(Connection connection) {
        Engine.store(connection);
    }

    void stop() {
        order.lock();
        try {
            sessions.rollBackAll();
            redo.close();
            scn.close();
            try (Statement statement = keeper.createStatement()) {
                statement.execute("SHUTDOWN");
            }
        } catch (SQLException e) {
            Log.error("the engine did not stop cleanly", e);
        } finally {
            order.unlock();
        }
    }

    private static String key(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] random = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(random);
            Path scratch = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(scratch);
            Files.createFile(scratch, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(scratch, HexFormat.of().formatHex(random));
            Files.move(scratch, file);
        }
        return Files.readString(file).strip();
    }
}
