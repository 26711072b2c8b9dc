"""The SQL of every question. Each only reads, and only what is on that line's own view.

Names are `<subject>@<container>`: `main` is the container signed in to, `pdb` the pluggable
database. Dates are compared here, with the database's own SYSDATE beside them.
"""

# ruff: noqa: S608 - constants, binds, and names that Table has checked and that are quoted
from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wms_connector.model.table import Table
    from wms_connector.oracle.preflight.wanted import Wanted

Container = Literal["main", "pdb"]

VIEWS: Final = {
    "V$DATABASE": "its SCN, log mode and supplemental logging",
    "V$LOG": "the online redo logs that are mined",
    "V$LOGFILE": "the files of the online redo logs",
    "V$ARCHIVED_LOG": "the archived logs that are mined",
    "V$ARCHIVE_DEST_STATUS": "the destination whose archived logs are mined",
    "V$LOGMNR_LOGS": "the logs of its own LogMiner session",
    "V$LOGMNR_PARAMETERS": "the state of its own LogMiner session",
    "V$THREAD": "redo threads, and how far each has written",
    "V$PARAMETER": "the limits that LogMiner has to keep",
    "V$MYSTAT": "the memory of its own session",
    "V$STATNAME": "the names of these statistics",
}
HOME_VIEWS: Final = {
    "V$DATABASE": "the SCN of the snapshot",
    "V$TRANSACTION": "transactions that are open when the snapshot starts",
}
"""Views that the connector reads, each with what for: in the container that is signed in to, and
in the one with the tables, where the snapshot begins. V$LOGMNR_CONTENTS is not among them: outside
a LogMiner session it answers ORA-01306 to everybody, so its grant is looked up instead."""

CONTENTS: Final = "V_$LOGMNR_CONTENTS"


@dataclass(frozen=True, slots=True)
class Question:
    """One query. `label` says what is being looked at, for whoever waits."""

    name: str
    sql: str
    label: str
    binds: dict[str, Any] = field(default_factory=dict)


_EVERYWHERE: Final = (
    (
        "container",
        "SELECT SYS_CONTEXT('USERENV', 'CON_NAME') AS con_name FROM dual",
        "container",
    ),
    ("privileges", "SELECT privilege FROM session_privs", "privileges"),
    ("roles", "SELECT role FROM session_roles", "roles"),
    (
        "account",
        (
            "SELECT username, account_status, expiry_date, default_tablespace, SYSDATE AS now"
            " FROM user_users"
        ),
        "account",
    ),
)
_DATABASE: Final = (
    ("version", "SELECT banner FROM v$version", "version"),
    ("rds", "SELECT username FROM all_users WHERE username = 'RDSADMIN'", "Amazon RDS"),
)
CLOCK: Final = Question(
    "clock@main",
    "SELECT TO_CHAR(SYSTIMESTAMP AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.FF3') AS utc,"
    " EXTRACT(TIMEZONE_HOUR FROM SYSTIMESTAMP) AS zone_hour,"
    " EXTRACT(TIMEZONE_MINUTE FROM SYSTIMESTAMP) AS zone_minute FROM dual",
    "clock and time zone",
)
"""Whoever asks it notes this machine's clock at once, to compare."""
# Archived logs are those that Debezium reads: of one local destination, since the last RESETLOGS.
_LOGGING: Final = (
    (
        "database",
        (
            "SELECT name, cdb, log_mode, open_mode, database_role, current_scn,"
            " supplemental_log_data_min, supplemental_log_data_all FROM v$database"
        ),
        "database",
    ),
    ("pdbs", "SELECT name, open_mode FROM v$pdbs", "pluggable databases"),
    (
        "destinations",
        "SELECT dest_name, status, type FROM v$archive_dest_status",
        "archive destinations",
    ),
    (
        "archives",
        (
            "SELECT MIN(CASE WHEN status = 'A' AND name IS NOT NULL THEN first_time END) AS oldest,"
            " MAX(CASE WHEN status <> 'A' OR name IS NULL THEN next_time END) AS gone,"
            " SUM(CASE WHEN next_time > SYSDATE - 1 THEN blocks * block_size END) AS day_bytes,"
            " SYSDATE AS now FROM v$archived_log"
            " WHERE resetlogs_change# = (SELECT resetlogs_change# FROM v$database)"
            " AND dest_id = (SELECT MIN(dest_id) FROM v$archive_dest_status"
            " WHERE status = 'VALID' AND type = 'LOCAL')"
        ),
        "archived logs",
    ),
    ("logs", "SELECT group#, thread#, bytes, status FROM v$log", "redo logs"),
    (
        "switches",
        "SELECT thread#, first_time FROM v$log_history WHERE first_time > SYSDATE - 1",
        "log switches of a day",
    ),
    ("threads", "SELECT thread#, status, enabled FROM v$thread", "redo threads"),
    (
        "catalogue",
        (
            "SELECT table_name, privilege FROM all_tab_privs WHERE table_schema = 'SYS'"
            f" AND table_name IN ('DBMS_LOGMNR', '{CONTENTS}')"
        ),
        "LogMiner's package and view",
    ),
)
_TRANSACTIONS: Final = (
    "transactions",
    "SELECT COUNT(*) AS number_open, MIN(start_date) AS oldest, SYSDATE AS now FROM v$transaction",
    "open transactions",
)
_OWN: Final = (
    (
        "quotas",
        "SELECT tablespace_name, bytes, max_bytes FROM user_ts_quotas",
        "quotas",
    ),
    # A pluggable database may have an undo of its own.
    ("undo", "SELECT value FROM v$parameter WHERE name = 'undo_retention'", "undo retention"),
)


def questions(wanted: Wanted, container: Container) -> Iterator[Question]:
    """All questions of a container; those about tables only where the tables are."""
    is_home = container == wanted.home
    chosen = [*_EVERYWHERE]
    if container == "main":
        yield CLOCK
        chosen += _DATABASE
    if wanted.kind == "debezium":
        if container == "main":
            chosen += _LOGGING
        chosen.append(_TRANSACTIONS)
        chosen += _OWN if is_home else ()
    for name, sql, label in chosen:
        yield Question(f"{name}@{container}", sql, label)
    if wanted.kind == "debezium":
        views = dict(VIEWS) if container == "main" else {}
        for view in views | (HOME_VIEWS if is_home else {}):
            sql = f"SELECT 1 AS seen FROM {view.lower()} WHERE ROWNUM = 1"
            yield Question(f"{view}@{container}", sql, view)
    if is_home:
        yield from _of_tables(wanted)


def _of_tables(wanted: Wanted) -> Iterator[Question]:
    tables = wanted.tables
    owned, binds = _these("owner", tables)
    yield Question(
        "tables",
        f"SELECT owner, table_name, num_rows, avg_row_len FROM all_tables WHERE {owned}",
        "tables",
        binds,
    )
    yield Question(
        "columns",
        "SELECT owner, table_name, column_name, data_type, nullable, default_length"
        f" FROM all_tab_columns WHERE {owned}",
        "columns",
        binds,
    )
    keys, binds = _these("c.owner", tables, column="c.table_name")
    yield Question(
        "keys",
        "SELECT c.owner, c.table_name, k.column_name, k.position FROM all_constraints c"
        " JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name"
        f" WHERE c.constraint_type = 'P' AND c.status = 'ENABLED' AND {keys}",
        "primary keys",
        binds,
    )
    granted, binds = _these("table_schema", tables)
    yield Question(
        "grants",
        f"SELECT table_schema, table_name, privilege FROM all_tab_privs WHERE {granted}",
        "grants on tables",
        binds,
    )
    for table in tables:
        yield Question(
            f"read {table}",
            f"SELECT 1 AS seen FROM {table.quoted} WHERE ROWNUM = 1",
            f"reading {table}",
        )
    yield from (_of_debezium if wanted.kind == "debezium" else _of_jdbc)(wanted)


def _of_debezium(wanted: Wanted) -> Iterator[Question]:
    owned, binds = _these("owner", wanted.tables)
    yield Question(
        "log groups",
        f"SELECT owner, table_name, log_group_type FROM all_log_groups WHERE {owned}",
        "supplemental logging of tables",
        binds,
    )
    yield Question(
        "flush table",
        "SELECT table_name FROM user_tables WHERE table_name = :name",
        "flush table",
        {"name": wanted.flush_table},
    )


def _of_jdbc(wanted: Wanted) -> Iterator[Question]:
    indexed, binds = _these("table_owner", wanted.tables)
    yield Question(
        "indexes",
        "SELECT table_owner, table_name, column_name, column_position FROM all_ind_columns"
        f" WHERE {indexed}",
        "indexes",
        binds,
    )
    triggered, binds = _these("t.table_owner", wanted.tables, column="t.table_name")
    yield Question(
        "triggers",
        "SELECT t.table_owner, t.table_name, t.trigger_name, t.triggering_event, t.status,"
        " c.column_name, c.column_usage FROM all_triggers t"
        " LEFT JOIN all_trigger_cols c ON c.trigger_owner = t.owner"
        f" AND c.trigger_name = t.trigger_name WHERE {triggered}",
        "triggers",
        binds,
    )


def flashback(table: Table, scn: int) -> Question:
    """Read one row as it was at that SCN: what a snapshot does with the whole table."""
    return Question(
        f"flashback {table}",
        f"SELECT 1 AS seen FROM {table.quoted} AS OF SCN {scn:d} WHERE ROWNUM = 1",
        f"reading {table} as of an SCN",
    )


def count(table: Table) -> Question:
    """Count a table that has no statistics; a full scan, ended by the time limit."""
    return Question(
        f"count {table}",
        f"SELECT COUNT(*) AS number_rows FROM {table.quoted}",
        f"counting {table}, which has no statistics",
    )


def _these(
    schema: str, tables: Sequence[Table], *, column: str = "table_name"
) -> tuple[str, dict[str, Any]]:
    """A condition for exactly these tables, by binds."""
    terms: list[str] = []
    binds: dict[str, Any] = {}
    for index, table in enumerate(tables):
        terms.append(f"{schema} = :s{index} AND {column} = :t{index}")
        binds |= {f"s{index}": table.schema, f"t{index}": table.name}
    return f"({' OR '.join(terms)})", binds
