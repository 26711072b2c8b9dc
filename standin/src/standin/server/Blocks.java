package standin.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The few PL/SQL blocks that are understood: DBMS_LOGMNR, and a DBA's tolerant EXECUTE IMMEDIATE. */
final class Blocks {
    private static final String NAME = "\\s*=>\\s*";
    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
    private static final Pattern LOGMINER =
            Pattern.compile("\\s*BEGIN\\s+(?:SYS\\.)?DBMS_LOGMNR\\.(\\w+)\\s*(\\(.*\\))?\\s*;\\s*END\\s*;?\\s*", FLAGS);
    private static final Pattern QUIET = Pattern.compile(
            "\\s*BEGIN\\s+(?:SYS\\.)?(DBMS_METADATA\\.SET_TRANSFORM_PARAM|DBMS_LOGMNR_D\\.BUILD|DBMS_STATS\\.\\w+)\\b.*", FLAGS);
    private static final Pattern FILE = Pattern.compile("LOGFILENAME" + NAME + "'([^']*)'", FLAGS);
    private static final Pattern START = Pattern.compile("STARTSCN" + NAME + "'?(\\d+)'?", FLAGS);
    private static final Pattern END = Pattern.compile("ENDSCN" + NAME + "'?(\\d+)'?", FLAGS);
    private static final Pattern TOLERANT = Pattern.compile(
            "\\s*BEGIN\\s+EXECUTE\\s+IMMEDIATE\\s+('(?:[^']|'')*')\\s*;\\s*(?:EXCEPTION\\s+WHEN\\s+OTHERS\\s+THEN\\s+"
                    + "IF\\s+SQLCODE\\s+NOT\\s+IN\\s*\\(([-\\d,\\s]*)\\)\\s+THEN\\s+RAISE\\s*;\\s*END\\s+IF\\s*;\\s*)?END\\s*;?\\s*", FLAGS);

    private final Instance instance;

    Blocks(Instance instance) {
        this.instance = instance;
    }

    void run(Connection connection, Session session, String text) throws SQLException {
        Matcher tolerant = TOLERANT.matcher(text);
        if (tolerant.matches()) {
            tolerant(connection, session, Sql.unquoted(tolerant.group(1)), tolerant.group(2));
            return;
        }
        Matcher logminer = LOGMINER.matcher(text);
        if (logminer.matches()) {
            logminer(session, logminer.group(1).toUpperCase(Locale.ROOT), logminer.group(2));
            return;
        }
        Matcher quiet = QUIET.matcher(text);
        if (quiet.matches()) {
            if (quiet.group(1).toUpperCase(Locale.ROOT).startsWith("DBMS_LOGMNR_D")) {
                instance.accounts.requirePackage(session, "DBMS_LOGMNR_D");
            }
            return;
        }
        throw Ora.text("ORA-06550: line 1, column 7:\nPLS-00201: identifier must be declared (the stand-in runs no PL/SQL)");
    }

    private void tolerant(Connection connection, Session session, String statement, String codes) throws SQLException {
        Set<Integer> tolerated = new HashSet<>();
        if (codes != null) {
            for (String code : codes.split(",")) {
                tolerated.add(-Integer.parseInt(code.strip()));
            }
        }
        try {
            new Ddl(instance, connection, session).run(statement);
        } catch (SQLException e) {
            if (!tolerated.contains(e.getErrorCode())) {
                throw e;
            }
        }
    }

    private void logminer(Session session, String procedure, String arguments) throws SQLException {
        instance.accounts.requirePackage(session, "DBMS_LOGMNR");
        if (!session.container.equals(Names.ROOT)) {
            throw Ora.error(65040);
        }
        String given = arguments == null ? "" : arguments;
        instance.order.lock();
        try {
            switch (procedure) {
                case "ADD_LOGFILE" -> session.miner.add(file(given));
                case "REMOVE_LOGFILE" -> session.miner.remove(file(given));
                case "START_LOGMNR" -> {
                    instance.accounts.require(session, "LOGMINING");
                    session.miner.start(number(START, given), number(END, given), given);
                }
                case "END_LOGMNR" -> session.miner.end();
                default -> throw Ora.text("ORA-06550: line 1, column 7:\nPLS-00302: component '" + procedure + "' must be declared");
            }
        } finally {
            instance.order.unlock();
        }
    }

    private static String file(String arguments) throws SQLException {
        Matcher file = FILE.matcher(arguments);
        if (!file.find()) {
            throw Ora.text("ORA-06550: line 1, column 7:\nPLS-00306: wrong number or types of arguments");
        }
        return file.group(1);
    }

    private static Long number(Pattern pattern, String arguments) {
        Matcher found = pattern.matcher(arguments);
        return found.find() ? Long.valueOf(found.group(1)) : null;
    }
}
