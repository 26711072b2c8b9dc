package standin.server;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The server's log: lines on standard output, each with its time (UTC) in front. */
final class Log {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Log() {
    }

    static void info(String text) {
        System.out.println(TIME.format(Instant.now()) + " INFO " + text);
    }

    /** Something went wrong in the server itself; the trace follows. */
    static void error(String text, Throwable cause) {
        synchronized (System.out) {
            System.out.println(TIME.format(Instant.now()) + " ERROR " + text);
            cause.printStackTrace(System.out);
        }
    }
}
