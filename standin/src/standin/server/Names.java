package standin.server;

/** Names of the container database (also its root's service) and of its one pluggable database. */
record Names(String database, String pdb) {
    static final String ROOT = "CDB$ROOT";

    /** The container that a service leads to, or null if there is no such service. */
    String containerOf(String service) {
        if (service.equalsIgnoreCase(database)) {
            return ROOT;
        }
        return service.equalsIgnoreCase(pdb) ? pdb : null;
    }

    /** A container by its name, or null. */
    String container(String name) {
        if (name.equalsIgnoreCase(ROOT)) {
            return ROOT;
        }
        return name.equalsIgnoreCase(pdb) ? pdb : null;
    }

    /** V$PDBS and SRC_CON_ID count the root as 1, the seed as 2. */
    static int number(String container) {
        return ROOT.equals(container) ? 1 : 3;
    }
}
