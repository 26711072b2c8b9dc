package standin.server;

/**
 * A column as ALL_TAB_COLUMNS tells it. {@code precision} and {@code scale} are null where Oracle's
 * are; {@code length} is in bytes, {@code characters} is 0 but for text.
 */
record Column(
        String name, String typeName, Integer precision, Integer scale, int length, int characters,
        boolean nullable, String initial) {
    OracleType type() {
        return OracleType.of(typeName);
    }
}
