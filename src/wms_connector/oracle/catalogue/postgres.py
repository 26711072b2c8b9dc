"""What PostgreSQL says, where it stands in for the source: on a laptop.

Texts are those of PostgreSQL 14 to 18 (auth.c, slot.c, logical.c, postmaster.c) and of pgjdbc's and
libpq's own, shortened.
"""

from __future__ import annotations

from typing import Final

from wms_connector.oracle.catalogue.entry import Entry, Part, Recovery, Who

_P: Final = Part.POSTGRES

ENTRIES: Final = (
    Entry(
        "postgres-sign-in", _P, "FATAL: password authentication failed for user …",
        "the database refuses user or password",
        "put the right ones into the dbInfo secret, replace the workers, then restart",
        Who.OPERATOR,
        phrases=("password authentication failed for user", "is not permitted to log in",
                 "no pg_hba.conf entry for", "but no password was provided",
                 "no password supplied"),
        patterns=(r'fatal:\s+role "[^"]*" does not exist',),
    ),
    Entry(
        "slot-missing", _P, "replication slot … does not exist",
        "the replication slot was dropped: what was written since cannot be read any more",
        "`wms-connector recover snapshot`",
        Who.OPERATOR, recovery=(Recovery.SNAPSHOT,),
        phrases=("but replication slot was not found",),
        patterns=(r'replication slot "[^"]*" does not exist',),
    ),
    Entry(
        "slot-lost", _P, "can no longer access / get changes from replication slot …",
        "PostgreSQL threw away the log that the slot was to keep: it outgrew "
        "max_slot_wal_keep_size, or nobody read it for too long",
        "raise max_slot_wal_keep_size, drop the slot, then `wms-connector recover snapshot`",
        Who.OPERATOR, recovery=(Recovery.SNAPSHOT,),
        phrases=("can no longer get changes from replication slot",
                 "can no longer access replication slot",
                 "this slot has been invalidated", "this replication slot has been invalidated"),
    ),
    Entry(
        "postgres-away", _P, "Connection to … refused. / the database system is shutting down",
        "the database does not take connections, or has closed them",
        "start it; the connector tries again by itself",
        Who.OPERATOR, transient=True, restart=True,
        phrases=("check that the hostname and port are correct and that the postmaster",
                 "the database system is starting up", "the database system is shutting down",
                 "the database system is in recovery mode",
                 "terminating connection due to administrator command",
                 "an i/o error occurred while sending to the backend",
                 "database connection failed when"),
    ),
)  # fmt: skip
