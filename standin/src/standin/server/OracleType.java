package standin.server;

import java.sql.Types;

/** The column types that the stand-in knows, with the class of values that each has. */
enum OracleType {
    NUMBER(Types.NUMERIC),
    VARCHAR2(Types.VARCHAR),
    CHAR(Types.CHAR),
    DATE(Types.TIMESTAMP),
    TIMESTAMP(Types.TIMESTAMP),
    TIMESTAMP_TZ(-101),
    CLOB(Types.CLOB),
    BLOB(Types.BLOB),
    RAW(-3),
    BINARY_DOUBLE(101),
    BINARY_FLOAT(100),
    OTHER(Types.OTHER);

    /** ojdbc's number of the type. */
    final int jdbc;

    OracleType(int jdbc) {
        this.jdbc = jdbc;
    }

    boolean isLob() {
        return this == CLOB || this == BLOB;
    }

    /** The type behind a dictionary's name such as {@code TIMESTAMP(6) WITH TIME ZONE}. */
    static OracleType of(String name) {
        if (name.startsWith("TIMESTAMP")) {
            return name.endsWith("TIME ZONE") ? TIMESTAMP_TZ : TIMESTAMP;
        }
        for (OracleType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return OTHER;
    }
}
