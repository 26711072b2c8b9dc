package standin.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The system change number: each change and each look at it takes the next.
 *
 * <p>A file holds a number that no SCN has reached yet, so that after a kill it never goes back.
 */
final class Scn {
    private static final long FIRST = 1_000_000;
    private static final long RESERVE = 10_000;
    /** Oracle keeps SCN and time together about every 3 s; one entry a tenth of that is kept here. */
    private static final long STEP_MS = 300;

    private final Path file;
    private final TreeMap<Long, Long> times = new TreeMap<>();
    private long last;
    private long reserved;

    Scn(Path file) throws IOException {
        this.file = file;
        this.last = Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : FIRST;
        this.reserved = last;
        remember(last, System.currentTimeMillis());
    }

    synchronized long next() {
        if (++last > reserved) {
            reserve(last + RESERVE);
        }
        long now = System.currentTimeMillis();
        if (times.isEmpty() || now - times.lastEntry().getValue() >= STEP_MS) {
            times.put(last, now);
        }
        return last;
    }

    synchronized long last() {
        return last;
    }

    /** Takes up what the redo tells of an earlier run. */
    synchronized void remember(long scn, long time) {
        times.put(scn, time);
        if (scn > last) {
            last = scn;
        }
    }

    /** Milliseconds since 1970 of an SCN, or null if it is not known (any more). */
    synchronized Long timeOf(long scn) {
        Map.Entry<Long, Long> entry = times.floorEntry(scn);
        return entry == null || scn > last ? null : entry.getValue();
    }

    /** The SCN at a time, or null if none is known. */
    synchronized Long at(long time) {
        Long found = null;
        for (Map.Entry<Long, Long> entry : times.entrySet()) {
            if (entry.getValue() > time) {
                break;
            }
            found = entry.getKey();
        }
        return found;
    }

    synchronized void close() {
        reserve(last + 1);
    }

    private void reserve(long number) {
        try {
            Files.writeString(file, Long.toString(number));
            reserved = number;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
