package standin.driver;

import java.sql.SQLException;
import java.sql.Savepoint;

/** A savepoint of JDBC's: by its name, or by its number if it was given none. */
record NamedSavepoint(int number, String name) implements Savepoint {
    /** What the server calls it. */
    String key() {
        return name == null ? "SAVEPOINT#" + number : name;
    }

    @Override
    public int getSavepointId() throws SQLException {
        if (name != null) {
            throw new SQLException("a savepoint with a name has no number");
        }
        return number;
    }

    @Override
    public String getSavepointName() throws SQLException {
        if (name == null) {
            throw new SQLException("a savepoint without a name has a number");
        }
        return name;
    }
}
