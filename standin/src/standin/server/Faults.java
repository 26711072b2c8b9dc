package standin.server;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** What goes wrong on purpose: rules for statements and for log-ins. SYS is never concerned. */
final class Faults {
    /** What a rule does. */
    enum Action { ERROR, DELAY, CUT, FREEZE }

    private record Rule(Pattern statement, Action action, String text, AtomicInteger left, long delayMs, Pattern user) {
        boolean takes(String sql, String name) {
            return user.matcher(name).matches() && statement.matcher(sql).find()
                    && left.getAndUpdate(times -> times > 0 ? times - 1 : times) != 0;
        }
    }

    private static final long NAP_MS = 50;

    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private volatile String refusal;

    /** {@code times} below 0 is for ever; a freeze lasts {@code delayMs}, or until it is cleared if 0. */
    void add(String statement, String action, String text, int times, long delayMs, String user) {
        rules.add(new Rule(Pattern.compile(statement, Pattern.CASE_INSENSITIVE | Pattern.DOTALL),
                Action.valueOf(action.toUpperCase(Locale.ROOT)), text, new AtomicInteger(times), delayMs,
                Pattern.compile(user == null || user.isEmpty() ? ".*" : user)));
    }

    void clear() {
        rules.clear();
        refusal = null;
    }

    void refuse(String text) {
        refusal = text == null || text.isEmpty() ? null : Ora.full(text);
    }

    void logIn() throws SQLException {
        if (refusal != null) {
            throw Ora.text(refusal);
        }
    }

    /** Applies the rules to a statement; gives what a cut connection says, or null. */
    String apply(String sql, String user) throws SQLException {
        for (Rule rule : rules) {
            if (!rule.takes(sql, user)) {
                continue;
            }
            Log.info("fault for " + user + ": " + rule.action() + " at " + rule.statement());
            switch (rule.action()) {
                case ERROR -> throw Ora.text(Ora.full(rule.text()));
                case DELAY -> sleep(rule.delayMs());
                case FREEZE -> freeze(rule);
                default -> {
                    return Ora.full(rule.text() == null ? "ORA-03113" : rule.text());
                }
            }
        }
        return null;
    }

    private void freeze(Rule rule) throws SQLException {
        long until = System.currentTimeMillis() + rule.delayMs();
        while (rules.contains(rule) && (rule.delayMs() == 0 || System.currentTimeMillis() < until)) {
            sleep(NAP_MS);
        }
    }

    private static void sleep(long milliseconds) throws SQLException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Ora.error(1013);
        }
    }
}
