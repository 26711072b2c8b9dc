package standin.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The stand-in's server: {@code --port <jdbc> --door <port> --data <folder> [--database ORCLCDB]
 * [--pdb ORCLPDB1]}. SYS's password comes from the environment, STANDIN_SYS_PASSWORD. It listens on
 * 127.0.0.1 only, is ready when the door's port answers, and ends cleanly on SIGTERM.
 */
public final class Main {
    private Main() {
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = options(arguments);
        // H2 reads these once, when its classes are loaded.
        System.setProperty("h2.bindAddress", "127.0.0.1");
        System.setProperty("h2.delayWrongPasswordMin", "0");
        System.setProperty("h2.delayWrongPasswordMax", "0");
        System.setProperty("h2.serverCachedObjects", "1024");
        System.setProperty("user.timezone", "UTC");
        java.util.TimeZone.setDefault(java.util.TimeZone.getTimeZone("UTC"));
        String password = System.getenv("STANDIN_SYS_PASSWORD");
        if (password == null || password.isEmpty()) {
            throw new IllegalArgumentException("STANDIN_SYS_PASSWORD is not set");
        }
        int port = Integer.parseInt(required(options, "--port"));
        int door = Integer.parseInt(required(options, "--door"));
        Path data = Files.createDirectories(Path.of(required(options, "--data")));
        Names names = new Names(
                options.getOrDefault("--database", "ORCLCDB"), options.getOrDefault("--pdb", "ORCLPDB1"));

        Instance instance = Instance.start(data, names, password);
        org.h2.tools.Server listener = org.h2.tools.Server.createTcpServer(
                "-tcpPort", Integer.toString(port), "-baseDir", data.toAbsolutePath().toString(), "-ifExists");
        listener.start();
        Door opened = Door.open(door, "jdbc:oracle-standin://127.0.0.1:" + port + "/" + names.pdb());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            opened.close();
            listener.stop();
            instance.stop();
            Log.info("stopped");
            stopped.countDown();
        }, "stop"));
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> Log.error(thread.getName() + " has ended", error));
        Log.info("the stand-in answers on 127.0.0.1:" + port + ", its door on " + door);
        stopped.await();
    }

    private static Map<String, String> options(String[] arguments) {
        if (arguments.length % 2 != 0) {
            throw new IllegalArgumentException("each option has a value");
        }
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        return options;
    }

    private static String required(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
