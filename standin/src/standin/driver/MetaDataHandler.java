package standin.driver;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;

/**
 * What ojdbc tells about the database and its tables, from the stand-in's dictionary.
 *
 * <p>Types and sizes are those of ojdbc 23.26's own queries: NUMBER is 2, DATE and TIMESTAMP 93,
 * TIMESTAMP WITH TIME ZONE -101; a NUMBER without precision has size 0 and -127 decimal digits.
 */
final class MetaDataHandler implements InvocationHandler {
    private final ConnectionHandler connection;
    private final Connection physical;
    private final String url;

    MetaDataHandler(ConnectionHandler connection, Connection physical, String url) {
        this.connection = connection;
        this.physical = physical;
        this.url = url;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        try {
            return switch (method.getName()) {
                case "getDatabaseProductName" -> "Oracle";
                case "getDatabaseProductVersion" -> banner();
                case "getDatabaseMajorVersion", "getDriverMajorVersion" -> StandinDriver.MAJOR;
                case "getDatabaseMinorVersion", "getDriverMinorVersion" -> StandinDriver.MINOR;
                case "getDriverName" -> "Oracle stand-in";
                case "getSearchStringEscape" -> "/";
                case "getURL" -> url;
                case "getConnection" -> connection.self();
                case "getTables" -> tables((String) arguments[1], (String) arguments[2]);
                case "getColumns" -> columns((String) arguments[1], (String) arguments[2], (String) arguments[3]);
                case "getPrimaryKeys" -> query(KEYS, (String) arguments[1], (String) arguments[2]);
                case "getIndexInfo" -> query(INDEXES, plain((String) arguments[1]), plain((String) arguments[2]));
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> method.invoke(physical.getMetaData(), arguments);
            };
        } catch (InvocationTargetException e) {
            throw connection.failure(e.getCause());
        } catch (SQLException e) {
            throw connection.failure(e);
        }
    }

    private static final String TABLES = """
            SELECT CAST(NULL AS VARCHAR) TABLE_CAT, OWNER TABLE_SCHEM, TABLE_NAME, 'TABLE' TABLE_TYPE,
                   CAST(NULL AS VARCHAR) REMARKS
            FROM SYS.ALL_TABLES WHERE OWNER LIKE ? ESCAPE '/' AND TABLE_NAME LIKE ? ESCAPE '/'
            ORDER BY 2, 3""";

    private static final String COLUMNS = """
            SELECT CAST(NULL AS VARCHAR) TABLE_CAT, OWNER TABLE_SCHEM, TABLE_NAME, COLUMN_NAME,
                   SYS.SIM_JDBC_TYPE(DATA_TYPE) DATA_TYPE, DATA_TYPE TYPE_NAME,
                   CASE WHEN DATA_TYPE = 'NUMBER' THEN COALESCE(DATA_PRECISION, CASE WHEN DATA_SCALE IS NULL THEN 0 ELSE 38 END)
                        WHEN CHAR_LENGTH > 0 THEN CHAR_LENGTH
                        ELSE DATA_LENGTH END COLUMN_SIZE,
                   0 BUFFER_LENGTH,
                   CASE WHEN DATA_TYPE = 'NUMBER' THEN COALESCE(DATA_SCALE, -127) ELSE DATA_SCALE END DECIMAL_DIGITS,
                   10 NUM_PREC_RADIX, CASE NULLABLE WHEN 'N' THEN 0 ELSE 1 END NULLABLE,
                   CAST(NULL AS VARCHAR) REMARKS, DATA_DEFAULT COLUMN_DEF, 0 SQL_DATA_TYPE, 0 SQL_DATETIME_SUB,
                   DATA_LENGTH CHAR_OCTET_LENGTH, COLUMN_ID ORDINAL_POSITION,
                   CASE NULLABLE WHEN 'N' THEN 'NO' ELSE 'YES' END IS_NULLABLE,
                   CAST(NULL AS VARCHAR) SCOPE_CATALOG, CAST(NULL AS VARCHAR) SCOPE_SCHEMA,
                   CAST(NULL AS VARCHAR) SCOPE_TABLE, CAST(NULL AS SMALLINT) SOURCE_DATA_TYPE,
                   'NO' IS_AUTOINCREMENT, 'NO' IS_GENERATEDCOLUMN
            FROM SYS.ALL_TAB_COLUMNS
            WHERE OWNER LIKE ? ESCAPE '/' AND TABLE_NAME LIKE ? ESCAPE '/' AND COLUMN_NAME LIKE ? ESCAPE '/'
            ORDER BY OWNER, TABLE_NAME, COLUMN_ID""";

    private static final String KEYS = """
            SELECT CAST(NULL AS VARCHAR) TABLE_CAT, C.OWNER TABLE_SCHEM, C.TABLE_NAME, C.COLUMN_NAME,
                   C.POSITION KEY_SEQ, C.CONSTRAINT_NAME PK_NAME
            FROM SYS.ALL_CONS_COLUMNS C JOIN SYS.ALL_CONSTRAINTS K
              ON K.OWNER = C.OWNER AND K.CONSTRAINT_NAME = C.CONSTRAINT_NAME AND K.TABLE_NAME = C.TABLE_NAME
            WHERE K.CONSTRAINT_TYPE = 'P' AND C.OWNER = ? AND C.TABLE_NAME = ? ORDER BY COLUMN_NAME""";

    private static final String INDEXES = """
            SELECT CAST(NULL AS VARCHAR) TABLE_CAT, I.TABLE_OWNER TABLE_SCHEM, I.TABLE_NAME,
                   CASE I.UNIQUENESS WHEN 'UNIQUE' THEN 0 ELSE 1 END NON_UNIQUE,
                   CAST(NULL AS VARCHAR) INDEX_QUALIFIER, I.INDEX_NAME, 1 TYPE,
                   C.COLUMN_POSITION ORDINAL_POSITION, C.COLUMN_NAME, 'A' ASC_OR_DESC,
                   0 CARDINALITY, 0 PAGES, CAST(NULL AS VARCHAR) FILTER_CONDITION
            FROM SYS.ALL_INDEXES I JOIN SYS.ALL_IND_COLUMNS C
              ON C.INDEX_OWNER = I.OWNER AND C.INDEX_NAME = I.INDEX_NAME
            WHERE I.TABLE_OWNER = ? AND I.TABLE_NAME = ? ORDER BY NON_UNIQUE, TYPE, INDEX_NAME, ORDINAL_POSITION""";

    private ResultSet tables(String schema, String table) throws SQLException {
        return query(TABLES, any(schema), any(table));
    }

    private ResultSet columns(String schema, String table, String column) throws SQLException {
        return query(COLUMNS, any(schema), any(table), any(column));
    }

    private ResultSet query(String sql, String... arguments) throws SQLException {
        PreparedStatement statement = physical.prepareStatement(sql);
        statement.closeOnCompletion();
        for (int i = 0; i < arguments.length; i++) {
            statement.setString(i + 1, arguments[i]);
        }
        return statement.executeQuery();
    }

    private static String any(String pattern) {
        return pattern == null || pattern.isEmpty() ? "%" : pattern;
    }

    private static String plain(String name) {
        boolean quoted = name != null && name.startsWith("\"") && name.endsWith("\"");
        return quoted ? name.substring(1, name.length() - 1) : String.valueOf(name).toUpperCase(Locale.ROOT);
    }

    private static String banner() {
        return "Oracle Database 19c Enterprise Edition Release 19.0.0.0.0 - stand-in, no Oracle";
    }
}
