package standin.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets programs in that speak no JDBC: lines of JSON over a socket (DoorSession), answered through
 * the stand-in's own driver, so that they see what the connector sees.
 */
final class Door implements AutoCloseable {
    private static final int WAITING = 50;

    private final ServerSocket listener;
    private final String url;
    private final Set<DoorSession> sessions = ConcurrentHashMap.newKeySet();

    private Door(ServerSocket listener, String url) {
        this.listener = listener;
        this.url = url;
    }

    /** Listens on a port of 127.0.0.1; whoever signs in does so at the JDBC URL. */
    static Door open(int port, String url) throws IOException {
        ServerSocket listener =
                new ServerSocket(port, WAITING, InetAddress.getByName("127.0.0.1"));
        Door door = new Door(listener, url);
        start("door", door::welcome);
        return door;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            Log.error("the door does not close", e);
        }
        sessions.forEach(DoorSession::close);
    }

    private void welcome() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                DoorSession session = new DoorSession(socket, url);
                sessions.add(session);
                start(
                        "door-" + socket.getPort(),
                        () -> {
                            session.run();
                            sessions.remove(session);
                        });
            } catch (IOException e) {
                // A client that left before it was let in; or `close`, which ends the loop.
                if (!listener.isClosed()) {
                    Log.info("a client was not let in at the door: " + e.getMessage());
                }
            }
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
