"""Oracle as the source of an audit: all tables as of one SCN, exact under writes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from wms_connector.audit.errors import AuditError
from wms_connector.audit.layout import Layout, key_first
from wms_connector.audit.oratypes import Fetched, cell_of, compared
from wms_connector.oracle.errors import OracleFailure
from wms_connector.oracle.offsets import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wms_connector.events.records import Change
    from wms_connector.model.table import Table
    from wms_connector.oracle.database import Database

_SCN: Final = "SELECT CURRENT_SCN FROM V$DATABASE"
_TABLE: Final = """
SELECT NUM_ROWS FROM ALL_TABLES WHERE OWNER = :owner AND TABLE_NAME = :name"""
_COLUMNS: Final = """
SELECT COLUMN_NAME, DATA_TYPE, DATA_PRECISION FROM ALL_TAB_COLUMNS
WHERE OWNER = :owner AND TABLE_NAME = :name ORDER BY COLUMN_ID"""
_KEY: Final = """
SELECT COLUMN_NAME FROM ALL_CONS_COLUMNS WHERE OWNER = :owner AND TABLE_NAME = :name
AND CONSTRAINT_NAME = (SELECT CONSTRAINT_NAME FROM ALL_CONSTRAINTS
  WHERE OWNER = :owner AND TABLE_NAME = :name AND CONSTRAINT_TYPE = 'P')
ORDER BY POSITION"""
_WHOLE: Final = """
SELECT COUNT(*) FROM ALL_LOG_GROUPS WHERE OWNER = :owner AND TABLE_NAME = :name
AND LOG_GROUP_TYPE = 'ALL COLUMN LOGGING'"""

_HINTS: Final = {
    "ORA-00942": "Check the name, and that this user has SELECT on it",
    "ORA-01031": "The audit reads the past: grant FLASHBACK on the tables, or FLASHBACK ANY TABLE, "
    "to this user, or use the connector's own user, which has it",
    "ORA-01555": "The undo of that moment is gone: audit at a quieter time, or have the DBA raise "
    "UNDO_RETENTION above what the audit takes",
    "ORA-01466": "A table was altered after that moment: audit again",
    "ORA-08181": "The database does not remember that SCN: audit again",
}


@dataclass(frozen=True, slots=True)
class _Query:
    sql: str
    columns: tuple[Fetched, ...]


@dataclass(slots=True)
class OracleCut:
    """The database as it was at one SCN, for as long as its undo is kept."""

    database: Database
    scn: int
    queries: Mapping[Table, _Query] = field(repr=False)

    @property
    def position(self) -> int:
        """The first SCN at which a commit does not belong to the cut."""
        return self.scn + 1

    def rows(self, layout: Layout) -> Iterator[bytes]:
        """Stream the table as it was. Nothing stays open between two calls."""
        query = self.queries[layout.table]
        try:
            for row in self.database.stream(query.sql, scn=self.scn):
                yield "\t".join(map(cell_of, query.columns, row)).encode(errors="surrogatepass")
        except OracleFailure as error:
            raise _told(error, f"{layout.table} could not be read as of SCN {self.scn}") from error

    def contains(self, change: Change) -> bool:
        """Whether the change was committed by then.

        `commit_scn` tells it, not `scn`: that is where the change stands in the redo log, which is
        before its transaction's end, and perhaps before the cut although the end is after it. A
        row of the connector's snapshot has no commit: its `scn` is that of the snapshot, which
        Debezium reads `AS OF` itself.
        """
        if change.op == "w":
            return True  # a polled row does not tell; see docs/audit.md
        return change.committed_at <= self.scn

    def passed(self, offsets: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the connector has delivered what was committed by then.

        It delivers in the order of commits: `commit_scn` is the last one that was, of each redo
        thread, and all before `scn`, from which it would read again, have been. Of several commits
        with one SCN some may be to come, so either has to be higher.
        """
        found = [Position.parse(entry.get("offset")) for entry in offsets]
        return bool(found) and all(
            position is not None and not position.in_snapshot and position.delivered > self.scn
            for position in found
        )


class OracleSource:
    """An Oracle database. The session is the audit's own while it runs.

    `large`: whether the connector streams large objects; else they are not compared.
    """

    def __init__(self, database: Database, *, large: bool = False) -> None:
        self._database = database
        self._large = large
        self._queries: dict[Table, _Query] = {}

    def describe(self, tables: Iterable[Table]) -> list[Layout]:
        """Read the tables' columns and keys from the dictionary; raises AuditError."""
        try:
            return [self._layout(table) for table in tables]
        except OracleFailure as error:
            raise _told(error, "the tables' columns could not be read") from error

    def ready(self, offsets: Sequence[Mapping[str, Any]]) -> bool:
        """Whether there is an offset, and none of a snapshot that goes on.

        Until the first change after a snapshot, or its first heartbeat, the offset remains that of
        the snapshot's last row: `snapshot_completed` tells that it was the last.
        """
        return bool(offsets) and all(_is_ready(entry.get("offset") or {}) for entry in offsets)

    @contextmanager
    def cut(self) -> Iterator[OracleCut]:
        """Choose the SCN before that of now: nothing can be committed at it any more.

        Nothing is locked, and no transaction stays open.
        """
        try:
            scn = int(self._database.scalar(_SCN)) - 1
        except OracleFailure as error:
            hint = "Grant SELECT on V_$DATABASE to this user, or use the connector's own user"
            raise _told(error, "the database's current SCN could not be read", hint) from error
        yield OracleCut(self._database, scn, self._queries)

    def _layout(self, table: Table) -> Layout:
        where = {"owner": table.schema, "name": table.name}
        found = self._database.one(_TABLE, **where)
        if found is None:
            raise AuditError(
                f"there is no table {table} in the database, or this user may not see it",
                hint="Check its spelling and case in the pipeline file, and grant SELECT on it",
            )
        keys = [row["COLUMN_NAME"] for row in self._database.query(_KEY, **where)]
        columns: dict[str, Fetched] = {}
        left_out: dict[str, str] = {}
        for row in self._database.query(_COLUMNS, **where):
            name, precision = row["COLUMN_NAME"], row["DATA_PRECISION"]
            told = compared(
                name,
                row["DATA_TYPE"],
                None if precision is None else int(precision),
                _quoted(name),
                large=self._large,
            )
            if isinstance(told, str):
                left_out[name] = told
            else:
                columns[name] = told
        names, size, notes = key_first(keys, columns, left_out)
        whole = bool(self._database.scalar(_WHOLE, **where))
        if not whole:
            notes.append(
                "without supplemental logging of ALL columns its updates and deletes "
                "do not hold the whole row"
            )
        ordered = tuple(columns[name] for name in names)
        self._queries[table] = _Query(_select(table, ordered), ordered)
        return Layout(
            table=table,
            columns=tuple(fetched.column for fetched in ordered),
            keys=size,
            not_compared=left_out,
            estimate=int(found["NUM_ROWS"] or 0),
            notes=tuple(notes),
            whole=whole,
        )


def _select(table: Table, columns: Sequence[Fetched]) -> str:
    wanted = ", ".join(fetched.sql for fetched in columns)
    return f"SELECT {wanted} FROM {table.quoted} AS OF SCN :scn"  # noqa: S608  (quoted names)


def _quoted(name: str) -> str:
    return f'"{name}"'  # Oracle allows no quotation mark in a name


def _is_ready(offset: Mapping[str, Any]) -> bool:
    if "scn" not in offset:
        return bool(offset)  # a polling connector's, which makes no snapshot
    position = Position.parse(offset)
    return position is not None and not position.in_snapshot


def _told(error: OracleFailure, what: str, hint: str | None = None) -> AuditError:
    return AuditError(
        f"{what}: {error.text.rstrip('.')}",
        hint=hint
        or _HINTS.get(error.code or "")
        or "Check that the database is up, and that the user may read the tables",
    )
