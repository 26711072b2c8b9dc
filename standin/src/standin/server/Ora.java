package standin.server;

import java.sql.SQLException;
import java.util.Map;
import java.util.regex.Pattern;
import standin.driver.OracleErrors;

/** Oracle's errors, with the texts of its Error Messages reference. */
final class Ora {
    private static final Pattern CODE = Pattern.compile("ORA-\\d{5}");
    private static final Map<Integer, String> TEXTS = Map.ofEntries(
            Map.entry(54, "resource busy and acquire with NOWAIT specified or timeout expired"),
            Map.entry(310, "archived log contains sequence %s; sequence %s required"),
            Map.entry(350, "log %s of instance %s (thread 1) needs to be archived"),
            Map.entry(900, "invalid SQL statement"),
            Map.entry(902, "invalid datatype (the stand-in has no %s)"),
            Map.entry(942, "table or view does not exist"),
            Map.entry(959, "tablespace '%s' does not exist"),
            Map.entry(1013, "user requested cancel of current operation"),
            Map.entry(1017, "invalid username/password; logon denied"),
            Map.entry(1031, "insufficient privileges"),
            Map.entry(1033, "ORACLE initialization or shutdown in progress"),
            Map.entry(1034, "ORACLE not available"),
            Map.entry(1045, "user %s lacks CREATE SESSION privilege; logon denied"),
            Map.entry(1086, "savepoint '%s' never established in this session or is invalid"),
            Map.entry(1281, "SCN range specified is invalid"),
            Map.entry(1284, "file %s cannot be opened"),
            Map.entry(1289, "cannot add duplicate logfile %s"),
            Map.entry(1290, "cannot remove unlisted log file %s"),
            Map.entry(1291, "missing log file %s"),
            Map.entry(1292, "no log file has been specified for the current LogMiner session"),
            Map.entry(1306, "dbms_logmnr.start_logmnr() must be invoked before selecting from v$logmnr_contents"),
            Map.entry(1307, "no LogMiner session is currently active"),
            Map.entry(1466, "unable to read data - table definition has changed"),
            Map.entry(1555, "snapshot too old: rollback segment number 1 with name \"_SYSSMU1$\" too small"),
            Map.entry(1918, "user '%s' does not exist"),
            Map.entry(1919, "role '%s' does not exist"),
            Map.entry(1920, "user name '%s' conflicts with another user or role name"),
            Map.entry(1950, "no privileges on tablespace 'USERS'"),
            Map.entry(3113, "end-of-file on communication channel"),
            Map.entry(8181, "specified number is not a valid system change number"),
            Map.entry(8180, "no snapshot found based on specified time"),
            Map.entry(12514, "TNS:listener does not currently know of service requested in connect descriptor"),
            Map.entry(12541, "TNS:no listener"),
            Map.entry(28000, "The account is locked."),
            Map.entry(32588, "supplemental logging attribute all column exists"),
            Map.entry(32587, "Cannot drop nonexistent all column supplemental logging"),
            Map.entry(65011, "Pluggable database %s does not exist."),
            Map.entry(65040, "operation not allowed from within a pluggable database"),
            Map.entry(65096, "invalid common user or role name"));

    private Ora() {
    }

    /** An error with the reference's text for its number. */
    static SQLException error(int code, Object... arguments) {
        return OracleErrors.error("ORA-%05d: %s".formatted(code, TEXTS.get(code).formatted(arguments)));
    }

    /** A code as `ORA-03113` with its text; what has more than a code stays as it is. */
    static String full(String text) {
        if (!CODE.matcher(text).matches()) {
            return text;
        }
        String known = TEXTS.getOrDefault(Integer.parseInt(text.substring(4)), "the stand-in was asked to say so");
        return text + ": " + known.replace(" %s", "").replace("'%s' ", "");
    }

    /** An error whose text begins with its code already. */
    static SQLException text(String text) {
        return OracleErrors.error(text);
    }
}
