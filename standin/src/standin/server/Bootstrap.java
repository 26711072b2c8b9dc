package standin.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Makes tables, functions and dictionary views in a new database, and renews them in an old one. */
final class Bootstrap {
    private static final List<String> FILES =
            List.of("tables.sql", "functions.sql", "database.sql", "logs.sql", "logminer.sql", "objects.sql", "access.sql");

    private Bootstrap() {
    }

    static void run(Connection connection) throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            for (String file : FILES) {
                for (String sql : statements(file)) {
                    try {
                        statement.execute(sql);
                    } catch (SQLException e) {
                        throw new SQLException(file + ": " + e.getMessage(), e);
                    }
                }
            }
        }
    }

    /** Statements end with a semicolon at the end of a line; lines of comment begin with two dashes. */
    private static List<String> statements(String file) throws IOException {
        try (InputStream stream = Bootstrap.class.getResourceAsStream("/standin/sql/" + file)) {
            if (stream == null) {
                throw new IOException("the jar has no sql/" + file);
            }
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^\\s*--.*$", "");
            return List.of(text.split(";\\s*\\n")).stream().map(String::strip).filter(sql -> !sql.isEmpty()).toList();
        }
    }
}
