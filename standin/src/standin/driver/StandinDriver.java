package standin.driver;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Connects {@code jdbc:oracle-standin://127.0.0.1:port/service} to the stand-in's server.
 *
 * <p>The server checks user and password. Statements go to it in Oracle's words; the server gives
 * back what its engine understands (see {@link ConnectionHandler}).
 */
public final class StandinDriver implements Driver {
    static final int MAJOR = 19;
    static final int MINOR = 0;
    private static final String PREFIX = "jdbc:oracle-standin:";
    private static final Pattern ADDRESS =
            Pattern.compile(Pattern.quote(PREFIX) + "//([^/:]+):(\\d{1,5})/([A-Za-z0-9_$#.]+)");
    /**
     * H2's settings of a session: VALUE is a column of V$PARAMETER. A server that says nothing for a
     * minute is given up; ojdbc waits until keepalive or a read time-out of its own ends it.
     */
    private static final String SETTINGS = ";MODE=Oracle;NON_KEYWORDS=VALUE,KEY;NETWORK_TIMEOUT=";
    private static final int TIMEOUT_MS = 60_000;

    static {
        try {
            DriverManager.registerDriver(new StandinDriver());
        } catch (SQLException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public Connection connect(String url, Properties info) throws SQLException {
        if (!acceptsURL(url)) {
            return null;
        }
        Matcher address = ADDRESS.matcher(url);
        if (!address.matches()) {
            throw OracleErrors.error("ORA-12154: TNS:could not resolve the connect identifier specified");
        }
        Properties signIn = new Properties();
        signIn.setProperty("user", engineName(info.getProperty("user", "")));
        signIn.setProperty("password", info.getProperty("password", ""));
        String engine = "jdbc:h2:tcp://" + address.group(1) + ":" + address.group(2) + "/standin"
                + SETTINGS + TIMEOUT_MS;
        try {
            Connection physical = new org.h2.Driver().connect(engine, signIn);
            try {
                return ConnectionHandler.open(physical, url, address.group(3));
            } catch (SQLException e) {
                physical.close();
                throw e;
            }
        } catch (SQLException e) {
            throw OracleErrors.translated(e);
        }
    }

    /** Oracle's names are in upper case unless they are quoted. */
    static String engineName(String user) {
        boolean quoted = user.length() > 2 && user.startsWith("\"") && user.endsWith("\"");
        return quoted ? user.substring(1, user.length() - 1) : user.toUpperCase(Locale.ROOT);
    }

    @Override
    public boolean acceptsURL(String url) {
        return url != null && url.startsWith(PREFIX);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return MAJOR;
    }

    @Override
    public int getMinorVersion() {
        return MINOR;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("standin.driver");
    }
}
