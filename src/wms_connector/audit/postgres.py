"""PostgreSQL as the source of an audit: one snapshot for all tables, exact under writes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

from wms_connector.audit.errors import AuditError
from wms_connector.audit.layout import Layout, key_first
from wms_connector.audit.pgtypes import Type, compared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wms_connector.audit.cells import Column
    from wms_connector.events.records import Change
    from wms_connector.model.table import Table

_WRAP: Final = 1 << 32  # a transaction id in the log has 32 bits
_LATER: Final = 1 << 30  # ids from a snapshot's end on that are taken for later ones
_GENERATED: Final = "it is generated, and not part of what the database publishes"

_COLUMNS: Final = """
SELECT a.attname, a.atttypid, a.atttypmod, a.attgenerated <> '' FROM pg_attribute a
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
_TABLE: Final = """
SELECT c.oid, greatest(c.reltuples, 0)::bigint, c.relreplident FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p')"""
# A key that is no primary key is one only if the table names it its replica identity.
_KEY: Final = """
SELECT a.attname FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = %s AND (i.indisprimary OR i.indisreplident AND NOT EXISTS (
  SELECT FROM pg_index p WHERE p.indrelid = i.indrelid AND p.indisprimary))
ORDER BY array_position(i.indkey::int2[], a.attnum)"""
_TYPE: Final = """
SELECT typname, typtype, typbasetype, typtypmod, CASE WHEN typcategory = 'A' THEN typelem ELSE 0 END
FROM pg_type WHERE oid = %s"""
_SNAPSHOT: Final = """
SELECT pg_snapshot_xmax(s)::text::bigint,
  ARRAY(SELECT x::text::bigint FROM pg_snapshot_xip(s) x),
  (pg_current_wal_insert_lsn() - '0/0')::bigint
FROM pg_current_snapshot() s"""


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which transactions a snapshot sees.

    `xmax` is the id after the last that had ended, `running` those before it that had not, both
    without the log's wrapping. `after` is a position in the log behind the snapshot.
    """

    xmax: int
    running: frozenset[int]
    after: int

    def sees(self, xid: int, position: int) -> bool:
        """Whether a change of that transaction (32 bits), at that position, is visible.

        The first billion ids from `xmax` on are later transactions, also those whose changes stand
        in the log before the snapshot: they had begun and not ended. All others, three billion,
        are earlier ones.
        """
        if position >= self.after:
            return False
        ahead = (xid - self.xmax) % _WRAP
        return ahead >= _LATER and self.xmax + ahead - _WRAP not in self.running


class PostgresCut:
    """A repeatable-read transaction that stays open until the audit is done with it."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        visibility: Visibility,
        queries: Mapping[Table, sql.Composed],
    ) -> None:
        self._connection = connection
        self._visibility = visibility
        self._queries = queries

    @property
    def position(self) -> int:
        """The LSN, as a number, before which every visible transaction was committed."""
        return self._visibility.after

    def rows(self, layout: Layout) -> Iterator[bytes]:
        """Stream the table through COPY: one message of the server is one row.

        In a savepoint of its own: whoever stops before the end has the COPY cancelled, which would
        end the transaction and the snapshot with it.
        """
        try:
            with (
                self._connection.transaction(force_rollback=True),
                self._connection.cursor() as cursor,
                cursor.copy(self._queries[layout.table]) as copy,
            ):
                for line in copy:
                    yield bytes(line)[:-1]
        except psycopg.Error as error:
            raise _told(error, f"{layout.table} could not be read") from error

    def contains(self, change: Change) -> bool:
        """Whether the snapshot sees the change's transaction.

        A row that a snapshot of the connector read counts if it was read before this one.
        """
        if change.op == "w":
            return True  # a polled row does not tell; see docs/audit.md
        position = change.position
        xid = change.transaction
        if change.op == "r" or not isinstance(xid, int):
            return position <= self._visibility.after
        return self._visibility.sees(xid, position)

    def passed(self, offsets: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the connector's position in the log is past the snapshot's.

        Events come in the order of their commits, so whichever of the offset's positions is past
        it, all transactions that were committed before it have been delivered.
        """
        found = [entry.get("offset") or {} for entry in offsets]
        return bool(found) and all(
            not offset.get("snapshot")
            and max(int(offset.get(name) or 0) for name in ("lsn_proc", "lsn_commit", "lsn"))
            >= self._visibility.after
            for offset in found
        )


class PostgresSource:
    """A PostgreSQL database, 14 or later. The connection is the audit's own while it runs."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._queries: dict[Table, sql.Composed] = {}
        self._types: dict[int, tuple[Any, ...]] = {}

    def describe(self, tables: Iterable[Table]) -> list[Layout]:
        """Read the tables' columns and keys from the catalogue; raises AuditError."""
        try:
            with self._connection.transaction():
                return [self._layout(table) for table in tables]
        except psycopg.Error as error:
            raise _told(error, "the tables' columns could not be read") from error

    def ready(self, offsets: Sequence[Mapping[str, Any]]) -> bool:
        """Whether there is an offset, and none of a snapshot that goes on."""
        return bool(offsets) and not any(
            (entry.get("offset") or {}).get("snapshot") for entry in offsets
        )

    @contextmanager
    def cut(self) -> Iterator[PostgresCut]:
        """Open the snapshot; it keeps vacuum from removing rows until it is closed."""
        connection = self._connection
        try:
            with connection.transaction(force_rollback=True):
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # What texts depend on: as the connector's own session has it.
                connection.execute(
                    "SELECT set_config(n, v, true) FROM (VALUES ('datestyle', 'ISO, MDY'), "
                    "('timezone', 'UTC'), ('client_encoding', 'UTF8'), ('statement_timeout', '0'), "
                    "('idle_in_transaction_session_timeout', '0')) AS s(n, v)"
                )
                snapshot = connection.execute(_SNAPSHOT).fetchone()
                xmax, running, after = snapshot or (0, (), 0)  # there always is one
                visibility = Visibility(xmax, frozenset(running), after)
                yield PostgresCut(connection, visibility, self._queries)
        except psycopg.Error as error:
            raise _told(error, "the snapshot of the database failed") from error

    def _layout(self, table: Table) -> Layout:
        found = self._connection.execute(_TABLE, (table.schema, table.name)).fetchone()
        if found is None:
            raise AuditError(
                f"there is no table {table} in the database, or this user may not see it",
                hint="Check its spelling and case in the pipeline file",
            )
        oid, estimate, identity = found
        keys = [name for (name,) in self._connection.execute(_KEY, (oid,))]
        columns: dict[str, tuple[Column, str]] = {}
        left_out: dict[str, str] = {}
        for name, type_id, modifier, generated in self._connection.execute(_COLUMNS, (oid,)):
            quoted = sql.Identifier(name).as_string()
            type_ = self._type(type_id, modifier)
            told = _GENERATED if generated else compared(name, type_, quoted)
            if isinstance(told, str):
                left_out[name] = told
            else:
                columns[name] = told
        ordered, size, notes = key_first(keys, columns, left_out)
        if not size and identity != "f":
            notes.append("without REPLICA IDENTITY FULL its updates and deletes cannot be followed")
        self._queries[table] = _copy(table, [columns[name][1] for name in ordered])
        return Layout(
            table=table,
            columns=tuple(columns[name][0] for name in ordered),
            keys=size,
            not_compared=left_out,
            estimate=estimate,
            notes=tuple(notes),
            whole=identity == "f",
        )

    def _type(self, oid: int, modifier: int) -> Type:
        if oid not in self._types:
            found = self._connection.execute(_TYPE, (oid,)).fetchone()
            self._types[oid] = found or ("unknown", "p", 0, -1, 0)
        name, kind, base, base_modifier, item = self._types[oid]
        if kind == "d":
            return self._type(base, base_modifier)
        if item:
            return Type(name, kind, modifier, self._type(item, modifier))
        return Type(name, kind, modifier)


def _copy(table: Table, columns: list[str]) -> sql.Composed:
    # The columns are expressions of pgtypes.py around quoted names.
    parts = [sql.SQL(column) for column in columns]
    query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT")
    return query.format(sql.SQL(", ").join(parts), sql.Identifier(table.schema, table.name))


def _told(error: psycopg.Error, what: str) -> AuditError:
    first = str(error).strip().splitlines()
    return AuditError(
        f"{what}: {first[0] if first else type(error).__name__}",
        hint="Check that the database is up, and that the user may read the tables",
    )
