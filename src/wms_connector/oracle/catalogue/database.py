"""What the Oracle server itself says: signing in, rights, space, sessions.

Texts are those of Oracle's error messages (docs.oracle.com/error-help/db), shortened.
"""

from __future__ import annotations

from typing import Final

from wms_connector.oracle.catalogue.entry import Entry, Part, Who

_P: Final = Part.DATABASE
_PREFLIGHT: Final = "`wms-connector preflight` names what is missing, `preflight --sql` the grants"

SIGN_IN: Final = (
    Entry(
        "wrong-password", _P, "invalid username/password; logon denied",
        "the database refuses user or password",
        "put the right ones into the dbInfo secret, replace the workers, then restart; "
        "each further attempt may lock the account",
        Who.OPERATOR, codes=("ORA-01017", "ORA-01005", "ORA-01004", "ORA-28009"),
        phrases=("the database refuses user or password",),
    ),
    Entry(
        "account-locked", _P, "the account is locked",
        "the connector's account is locked, mostly by attempts with a former password",
        "ALTER USER … ACCOUNT UNLOCK, and a profile that does not lock a service's account",
        Who.DBA, codes=("ORA-28000",), phrases=("the database user is locked",),
    ),
    Entry(
        "password-expired", _P, "the password has expired",
        "the connector's password has expired",
        "set a new one, put it into the dbInfo secret; a profile with PASSWORD_LIFE_TIME "
        "UNLIMITED avoids it",
        Who.DBA, codes=("ORA-28001",),
        phrases=("the database password has expired",),
    ),
    Entry(
        "password-expiring", _P, "the password will expire within … days",
        "a warning: the connector still signs in, and will not when the grace period is over",
        "set a new password before, put it into the dbInfo secret; a profile with "
        "PASSWORD_LIFE_TIME UNLIMITED avoids it",
        Who.DBA, transient=True, codes=("ORA-28002", "ORA-28011"),
    ),
    Entry(
        "no-create-session", _P, "user … lacks CREATE SESSION privilege; logon denied",
        "the connector's user may not sign in, or not in this container",
        f"grant it, on a CDB with CONTAINER=ALL; {_PREFLIGHT}",
        Who.DBA, codes=("ORA-01045",),
    ),
    Entry(
        "no-verifier", _P, "No matching authentication protocol",
        "database and driver have no password form in common",
        "reset the user's password so that a current verifier is made, or allow it in "
        "SQLNET.ALLOWED_LOGON_VERSION_SERVER",
        Who.DBA, codes=("ORA-28040",),
    ),
    Entry(
        "database-starting", _P, "ORACLE initialization or shutdown in progress",
        "the database is being started or stopped",
        "wait; the connector tries again by itself",
        Who.NOBODY, transient=True, restart=True,
        codes=("ORA-01033", "ORA-01089", "ORA-01090"),
        phrases=("immediate shutdown or close in progress",),
    ),
    Entry(
        "database-down", _P, "ORACLE not available",
        "the instance is down",
        "start the instance; the connector goes on by itself",
        Who.DBA, transient=True, restart=True,
        codes=("ORA-01034", "ORA-01092", "ORA-27101", "ORA-01109", "ORA-00603"),
    ),
    Entry(
        "restricted-session", _P, "ORACLE only available to users with RESTRICTED SESSION",
        "the database is open for administrators only",
        "end the maintenance with ALTER SYSTEM DISABLE RESTRICTED SESSION",
        Who.DBA, transient=True, restart=True, codes=("ORA-01035",),
    ),
    Entry(
        "too-many-sessions", _P, "maximum number of processes / SESSIONS_PER_USER exceeded",
        "no further session is allowed, for this user or at all",
        "raise PROCESSES or the profile's SESSIONS_PER_USER: the connector needs five, and as "
        "many again while it restarts",
        Who.DBA, transient=True, restart=True,
        codes=("ORA-00020", "ORA-00018", "ORA-02391"),
    ),
    Entry(
        "session-ended", _P, "your session has been killed / exceeded maximum idle or connect time",
        "somebody or a profile ended the connector's session",
        "give the user a profile without IDLE_TIME and CONNECT_TIME; the connector signs in again",
        Who.DBA, transient=True, restart=True,
        codes=("ORA-00028", "ORA-02396", "ORA-02399", "ORA-01012", "ORA-00031"),
    ),
    Entry(
        "no-such-pdb", _P, "Pluggable database … does not exist",
        "there is no pluggable database of the name in the dbInfo secret",
        "correct `pdb` in the secret; V$PDBS lists them",
        Who.OPERATOR, codes=("ORA-65011",),
    ),
    Entry(
        "pdb-closed", _P, "pluggable database … is not open",
        "the pluggable database is closed",
        "ALTER PLUGGABLE DATABASE … OPEN, and SAVE STATE so that it opens with the instance",
        Who.DBA, transient=True, restart=True, codes=("ORA-65054", "ORA-65078"),
    ),
    Entry(
        "wrong-container", _P, "operation not allowed from within a pluggable database",
        "the connector is signed in to the pluggable database; LogMiner wants the root",
        "let `db` in the dbInfo secret name the CDB's service, and `pdb` the pluggable database",
        Who.OPERATOR, codes=("ORA-65040", "ORA-65050"),
    ),
    Entry(
        "read-only-database", _P, "database open for read-only access",
        "this is a standby or a database that is open read-only; the flush table cannot be written",
        "point the dbInfo secret at the primary",
        Who.OPERATOR, codes=("ORA-16000",),
    ),
)  # fmt: skip

RIGHTS: Final = (
    Entry(
        "no-such-table-or-view", _P, "table or view does not exist",
        "a table, or a V$ view, is not there or the connector's user may not see it",
        _PREFLIGHT, Who.DBA, codes=("ORA-00942",),
    ),
    Entry(
        "insufficient-privileges", _P, "insufficient privileges",
        "the connector's user lacks a privilege",
        _PREFLIGHT, Who.DBA, codes=("ORA-01031",),
    ),
    Entry(
        "package-not-visible", _P, "PLS-00201: identifier … must be declared",
        "the connector's user may not call a package, mostly DBMS_LOGMNR",
        f"grant EXECUTE_CATALOG_ROLE, or EXECUTE on the package; {_PREFLIGHT}",
        Who.DBA, codes=("PLS-00201",),
    ),
    Entry(
        "plsql-frame", _P, "line …, column …: / at line …",
        "a PL/SQL block failed; the code beside it says why",
        "look at the code beside it", Who.NOBODY, codes=("ORA-06550", "ORA-06512"), frame=True,
    ),
    Entry(
        "recursive-sql", _P, "error occurred at recursive SQL level …",
        "something inside the database failed; the code after it says why",
        "look at the code after it; alone, the alert log at this time",
        Who.DBA, transient=True, restart=True, codes=("ORA-00604",), frame=True,
    ),
    Entry(
        "no-quota", _P, "no privileges on tablespace / space quota exceeded",
        "the connector's own table LOG_MINING_FLUSH_… has no space to be made in",
        "ALTER USER … QUOTA 10M ON its default tablespace, in CDB and PDB",
        Who.DBA, codes=("ORA-01950", "ORA-01536"),
    ),
    Entry(
        "table-locked", _P, "resource busy and acquire with NOWAIT specified or timeout expired",
        "a table of the snapshot is locked by a statement that changes its structure",
        "wait for the maintenance to end, then restart",
        Who.NOBODY, transient=True, restart=True, codes=("ORA-00054",),
    ),
    Entry(
        "no-such-column", _P, "invalid identifier",
        "a column is not there: the table was changed, or a query names it wrongly",
        "compare the table with the configuration's columns and queries",
        Who.DEVELOPER, codes=("ORA-00904",),
    ),
    Entry(
        "no-common-name", _P, "invalid common user or role name",
        "a user of a CDB must be named C##…, one of a PDB must not",
        "create the user that `preflight --sql` names",
        Who.DBA, codes=("ORA-65096", "ORA-65094"),
    ),
)  # fmt: skip

RESOURCES: Final = (
    Entry(
        "snapshot-too-old", _P, "snapshot too old: rollback segment …",
        "the first snapshot took longer than the database keeps undo",
        "raise UNDO_RETENTION and the undo tablespace beyond the snapshot's length (preflight "
        "estimates it), or run it when less is written; a restart begins the snapshot anew",
        Who.DBA, restart=True, codes=("ORA-01555", "ORA-30052", "ORA-22924"),
    ),
    Entry(
        "definition-changed", _P, "unable to read data - table definition has changed",
        "a table was changed just before or during the snapshot",
        "restart: the snapshot begins anew at a later position",
        Who.OPERATOR, restart=True, codes=("ORA-01466",),
    ),
    Entry(
        "scn-very-stale", _P, "specified number is not a valid system change number",
        "the position is older than the database can turn into a time (some five days)",
        "none if only a time is unknown; else see what else is said",
        Who.NOBODY, codes=("ORA-08181",),
    ),
    Entry(
        "no-snapshot-of-time", _P, "no snapshot found based on specified time",
        "the database cannot turn this time into a position",
        "restart; if it stays so, look at the undo retention",
        Who.DBA, transient=True, restart=True, codes=("ORA-08180",),
    ),
    Entry(
        "archiver-stuck", _P, "Archiver error. Connect AS SYSDBA only until resolved.",
        "the archive destination is full: the whole database stands",
        "free or enlarge it (RMAN, DB_RECOVERY_FILE_DEST_SIZE); delete no log that the connector "
        "has not read: `wms-connector status` shows its restart point",
        Who.DBA, transient=True, restart=True,
        codes=("ORA-00257", "ORA-19809", "ORA-19815", "ORA-16038"),
    ),
    Entry(
        "out-of-process-memory", _P, "out of process memory when trying to allocate …",
        "the server process of LogMiner ran out of memory",
        "more memory or a larger PGA; large transactions need it",
        Who.DBA, transient=True, restart=True, codes=("ORA-04030",),
    ),
    Entry(
        "pga-limit", _P, "PGA memory used by the instance exceeds PGA_AGGREGATE_LIMIT",
        "the instance's limit for session memory was reached, and the session was ended",
        "raise PGA_AGGREGATE_LIMIT; look for other sessions that take it up",
        Who.DBA, transient=True, restart=True, codes=("ORA-04036",),
    ),
    Entry(
        "shared-memory", _P, "unable to allocate … bytes of shared memory",
        "the shared pool is too small or fragmented",
        "raise the SGA or STREAMS_POOL_SIZE", Who.DBA, transient=True, restart=True,
        codes=("ORA-04031",),
    ),
    Entry(
        "no-temp-or-undo-space", _P, "unable to extend … segment",
        "a temporary or undo tablespace is full",
        "extend it", Who.DBA, transient=True, restart=True,
        codes=("ORA-01652", "ORA-30036", "ORA-01653"),
    ),
    Entry(
        "internal-error", _P, "internal error code, arguments: […]",
        "the database met a fault of its own",
        "look up the arguments at Oracle's support; the alert log names the trace file",
        Who.DBA, restart=True, codes=("ORA-00600", "ORA-07445", "ORA-00700"),
    ),
    Entry(
        "statement-cancelled", _P, "user requested cancel of current operation",
        "a statement was cancelled, by a time limit or a resource plan",
        "exempt the connector's user from statement limits",
        Who.DBA, transient=True, restart=True, codes=("ORA-01013", "ORA-00040"),
    ),
    Entry(
        "deadlock", _P, "deadlock detected while waiting for resource",
        "two sessions waited for each other, and this one gave way",
        "restart; look at who else locks the connector's tables",
        Who.DBA, transient=True, restart=True, codes=("ORA-00060",),
    ),
    Entry(
        "invalid-cursor", _P, "invalid cursor",
        "the session was lost between two statements",
        "wait; the connector tries again by itself",
        Who.NOBODY, transient=True, restart=True, codes=("ORA-01001",),
    ),
)  # fmt: skip

ENTRIES: Final = (*SIGN_IN, *RIGHTS, *RESOURCES)
