package standin.driver;

import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.util.Map;
import java.util.Set;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Oracle's errors for the engine's: the text first, its number as error code, ojdbc's classes. */
public final class OracleErrors {
    static final Logger LOG = Logger.getLogger("standin.driver");
    private static final Pattern ORA = Pattern.compile("(?s)(?:ORA|PLS)-(\\d{5}).*?(?=; SQL statement:|\\s\\[\\d+-\\d+\\]|$)");

    /** Errors after which ojdbc's connection is of no use: it throws them as recoverable. */
    private static final Set<Integer> RECOVERABLE = Set.of(
            28, 1012, 1033, 1034, 1089, 1090, 3113, 3114, 3135, 12514, 12541, 12543, 12170, 17002, 17008, 17410);
    private static final Set<Integer> ENDS_SESSION =
            Set.of(28, 1012, 1033, 1034, 1089, 1090, 3113, 3114, 3135, 17002, 17008, 17410);

    private static final Set<Integer> NO_TABLE = Set.of(42102, 42103, 42104);
    private static final int GENERAL_ERROR = 50000;

    private static final String LOST = "ORA-03113: end-of-file on communication channel";

    /** H2's error codes (org.h2.api.ErrorCode) and what Oracle says in that place. */
    private static final Map<Integer, String> ENGINE = Map.ofEntries(
            Map.entry(42101, "ORA-00955: name is already used by an existing object"),
            Map.entry(42102, "ORA-00942: table or view does not exist"),
            Map.entry(42103, "ORA-00942: table or view does not exist"),
            Map.entry(42104, "ORA-00942: table or view does not exist"),
            Map.entry(90079, "ORA-00942: table or view does not exist"),
            Map.entry(42111, "ORA-00955: name is already used by an existing object"),
            Map.entry(42112, "ORA-01418: specified index does not exist"),
            Map.entry(42121, "ORA-01430: column being added already exists in table"),
            Map.entry(42122, "ORA-00904: invalid identifier"),
            Map.entry(90022, "ORA-00904: invalid identifier"),
            Map.entry(21002, "ORA-00913: too many values"),
            Map.entry(42000, "ORA-00900: invalid SQL statement"),
            Map.entry(42001, "ORA-00900: invalid SQL statement"),
            Map.entry(23502, "ORA-01400: cannot insert NULL"),
            Map.entry(23505, "ORA-00001: unique constraint violated"),
            Map.entry(23503, "ORA-02292: integrity constraint violated - child record found"),
            Map.entry(23506, "ORA-02291: integrity constraint violated - parent key not found"),
            Map.entry(23513, "ORA-02290: check constraint violated"),
            Map.entry(22001, "ORA-12899: value too large for column"),
            Map.entry(22003, "ORA-01438: value larger than specified precision allowed for this column"),
            Map.entry(22004, "ORA-01438: value larger than specified precision allowed for this column"),
            Map.entry(22018, "ORA-01722: invalid number"),
            Map.entry(22007, "ORA-01843: not a valid month"),
            Map.entry(22012, "ORA-01476: divisor is equal to zero"),
            Map.entry(50200, "ORA-00054: resource busy and acquire with NOWAIT specified or timeout expired"),
            Map.entry(40001, "ORA-00060: deadlock detected while waiting for resource"),
            Map.entry(57014, "ORA-01013: user requested cancel of current operation"),
            Map.entry(28000, "ORA-01017: invalid username/password; logon denied"),
            Map.entry(90149, "ORA-12514: TNS:listener does not currently know of service requested in connect descriptor"),
            Map.entry(90146, "ORA-12514: TNS:listener does not currently know of service requested in connect descriptor"),
            Map.entry(90067, LOST),
            Map.entry(90121, LOST),
            Map.entry(90098, LOST),
            Map.entry(90007, "ORA-17008: Closed connection"));

    private OracleErrors() {
    }

    /** Makes an error from Oracle's text, which begins with its code. */
    public static SQLException error(String text) {
        Matcher code = ORA.matcher(text);
        int number = code.lookingAt() ? Integer.parseInt(code.group(1)) : 0;
        if (RECOVERABLE.contains(number)) {
            return new SQLRecoverableException(text, "08006", number);
        }
        return switch (number) {
            case 1, 1400, 2290, 2291, 2292 -> new SQLIntegrityConstraintViolationException(text, "23000", number);
            case 900, 904, 913, 942, 1031 -> new SQLSyntaxErrorException(text, "42000", number);
            default -> new SQLException(text, number == 1017 ? "72000" : "99999", number);
        };
    }

    /** Whether the engine knows no table of such a name. */
    static boolean isNoTable(SQLException error) {
        return NO_TABLE.contains(error.getErrorCode());
    }

    /** Whether the engine ran a statement on a table that it had just replaced: its own defect. */
    static boolean isFormerTable(SQLException error) {
        return error.getErrorCode() == GENERAL_ERROR
                && String.valueOf(error.getMessage()).contains("because \"\"this.database\"\" is null");
    }

    static boolean endsSession(int code) {
        return ENDS_SESSION.contains(code);
    }

    public static SQLException translated(SQLException error) {
        if (!error.getClass().getName().startsWith("org.h2.")) {
            return error;
        }
        SQLException result = error(text(error));
        result.initCause(error);
        return result;
    }

    private static String text(SQLException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            Matcher found = ORA.matcher(message);
            if (found.find()) {
                return found.group().strip();
            }
        }
        int code = error.getErrorCode();
        String detail = firstLine(error.getMessage());
        if (code == 90067 && detail.contains("refused")) {
            return "ORA-12541: TNS:no listener";
        }
        String known = ENGINE.get(code);
        if (known == null && String.valueOf(error.getSQLState()).startsWith("08")) {
            known = LOST;
        }
        return known == null ? "ORA-00600: internal error code, arguments: [" + detail + "]" : known + " (" + detail + ")";
    }

    private static String firstLine(String message) {
        String text = message == null ? "" : message.replaceAll("(?s); SQL statement:.*", "");
        return text.lines().findFirst().orElse("");
    }
}
