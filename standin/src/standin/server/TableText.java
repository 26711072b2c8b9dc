package standin.server;

import java.util.StringJoiner;

/** DBMS_METADATA.GET_DDL of a table, without storage. */
final class TableText {
    private TableText() {
    }

    static String of(Table table) {
        StringJoiner lines = new StringJoiner(",\n\t", "\n  CREATE TABLE " + table.path() + " \n   (\t", "\n   ) ;\n");
        for (Column column : table.columns()) {
            lines.add(Sql.quoted(column.name()) + " " + type(column) + initial(column) + (column.nullable() ? "" : " NOT NULL ENABLE"));
        }
        if (!table.key().isEmpty()) {
            StringJoiner key = new StringJoiner(", ", "PRIMARY KEY (", ") ENABLE");
            table.key().forEach(position -> key.add(Sql.quoted(table.columns().get(position).name())));
            lines.add(" " + key);
        }
        if (table.supplemental()) {
            lines.add(" SUPPLEMENTAL LOG DATA (ALL) COLUMNS");
        }
        return lines.toString();
    }

    private static String type(Column column) {
        return switch (column.typeName()) {
            case "NUMBER" -> column.precision() == null ? "NUMBER" : "NUMBER(" + column.precision() + "," + column.scale() + ")";
            case "VARCHAR2", "CHAR" -> column.typeName() + "(" + column.characters() + ")";
            case "RAW" -> "RAW(" + column.length() + ")";
            default -> column.typeName();
        };
    }

    private static String initial(Column column) {
        return column.initial() == null ? "" : " DEFAULT " + column.initial();
    }
}
