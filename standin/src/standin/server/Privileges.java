package standin.server;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The privileges and roles that there are: what can be granted, and what the dictionary lists. */
public final class Privileges {
    static final Set<String> OF_OBJECTS = Set.of(
            "SELECT", "READ", "INSERT", "UPDATE", "DELETE", "ALTER", "INDEX", "REFERENCES", "FLASHBACK", "EXECUTE", "ALL");
    private static final Set<String> OF_THE_SYSTEM = Set.of(
            "CREATE SESSION", "SET CONTAINER", "FLASHBACK ANY TABLE", "SELECT ANY TABLE", "SELECT ANY TRANSACTION",
            "SELECT ANY DICTIONARY", "LOGMINING", "CREATE TABLE", "CREATE ANY TABLE", "LOCK ANY TABLE", "CREATE SEQUENCE",
            "ALTER ANY TABLE", "DROP ANY TABLE", "INSERT ANY TABLE", "UPDATE ANY TABLE", "DELETE ANY TABLE",
            "UNLIMITED TABLESPACE", "EXECUTE ANY PROCEDURE", "ALTER SYSTEM", "ALTER DATABASE", "ALTER SESSION",
            "CREATE USER", "ALTER USER", "DROP USER", "CREATE VIEW", "CREATE TRIGGER", "CREATE PROCEDURE", "ANALYZE ANY",
            "GRANT ANY PRIVILEGE", "GRANT ANY OBJECT PRIVILEGE", "GRANT ANY ROLE", "COMMENT ANY TABLE", "BACKUP ANY TABLE");
    /** What the roles that matter here bring along (Database Reference, SYSTEM_PRIVILEGE_MAP aside). */
    private static final Map<String, Set<String>> ROLES = Map.of(
            "CONNECT", Set.of("CREATE SESSION", "SET CONTAINER"),
            "RESOURCE", Set.of("CREATE TABLE", "CREATE SEQUENCE", "CREATE TRIGGER", "CREATE PROCEDURE"),
            "SELECT_CATALOG_ROLE", Set.of(),
            "EXECUTE_CATALOG_ROLE", Set.of(),
            "DBA", Set.of());

    private Privileges() {
    }

    static boolean isRole(String name) {
        return ROLES.containsKey(name);
    }

    /** Whether it can be granted to a user, on an object or as it stands. */
    static boolean isKnown(String name, boolean onObject) {
        return onObject ? OF_OBJECTS.contains(name) : OF_THE_SYSTEM.contains(name) || isRole(name);
    }

    /** The system privileges that come with a role; none with what is no role. */
    static Set<String> of(String role) {
        return ROLES.getOrDefault(role, Set.of());
    }

    // What sql/access.sql lists

    public static String[] systemNames() {
        return new TreeSet<>(OF_THE_SYSTEM).toArray(String[]::new);
    }

    public static String[] roleNames() {
        return new TreeSet<>(ROLES.keySet()).toArray(String[]::new);
    }
}
