package standin.server;

import java.util.List;

/**
 * A table as the dictionary knows it now. {@code id} is DATA_OBJ#, {@code dataId} changes with each
 * TRUNCATE, {@code version} (DATA_OBJV#) with each DDL. {@code key} holds positions of the primary
 * key's columns, from 0. A dropped table that was not purged has its name in the recycle bin.
 */
record Table(
        int id, int dataId, int version, String owner, String name, String container,
        boolean supplemental, List<Column> columns, List<Integer> key, long changedScn,
        boolean dropped, String binName) {
    String path() {
        return Sql.quoted(owner) + "." + Sql.quoted(name);
    }

    /** What LogMiner calls it, with the dictionary of now. */
    String minedOwner() {
        return dropped && binName == null ? "UNKNOWN" : owner;
    }

    String minedName() {
        if (!dropped) {
            return name;
        }
        return binName == null ? "OBJ# " + id : binName;
    }
}
