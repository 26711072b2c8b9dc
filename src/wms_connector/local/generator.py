"""Writes plausible changes into the laptop's WMS tables, at a chosen rate, from a seed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

from wms_connector.local.errors import LocalError
from wms_connector.local.waves import BASE, WMS_TABLES, Command, Statement, Transaction, Waves
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wms_connector.local.waves import Key, Kind
    from wms_connector.model.table import Table

    Written = dict[Kind, int]

DEFAULT_RATE: Final = 50.0
"""Events a second, where nothing else is asked for."""

_KINDS: Final[tuple[Kind, ...]] = ("insert", "update", "delete")
_KNOWN: Final = 5_000  # rows a table that changes are drawn from at the start
_ID_RANGE: Final = 1_000_000  # waiver numbers a seed has to itself, so that writers do not meet
_ID_RANGES: Final = 1_000
_NAP: Final = 0.05  # seconds; how soon a stop is heard
_SHARES: Final = {BASE: 3}  # of eight rows that are prepared, three a base table, one a revision's


class GeneratorError(LocalError):
    """The generator had to stop: what was written until then is told."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written. `inserts`, `updates`, `deletes` count events of committed transactions.

    `events` is what a consumer reads for them: an updated key counts twice. `rate` is events a
    second, as achieved.
    """

    transactions: int = 0
    rolled_back: int = 0
    inserts: int = 0
    updates: int = 0
    deletes: int = 0
    events: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        return (
            f"{self.events:,} events in {self.seconds:.1f} s ({self.rate:.0f} a second): "
            f"{self.inserts:,} inserts, {self.updates:,} updates, {self.deletes:,} deletes, "
            f"{self.transactions:,} transactions, {self.rolled_back:,} of them rolled back"
        )


def prepare(
    connection: psycopg.Connection[Any],
    rows: int,
    *,
    tables: Sequence[Table] = WMS_TABLES,
    seed: int = 0,
) -> int:
    """Load that many rows in one transaction, over all tables; gives how many there were before.

    Numbers go on after the highest that is there. Raises GeneratorError, UsageError.
    """
    _check(tables)
    total = sum(_SHARES.get(table.name, 1) for table in tables)
    try:
        with connection.transaction():
            before = sum(_count(connection, table) for table in tables)
            given = passed = 0
            for table in tables:
                passed += _SHARES.get(table.name, 1)
                share = rows * passed // total - given
                given += share
                first = _highest(connection, (table,)) + 1
                query = _PREPARE_BASE if table.name == BASE else _PREPARE_REVISION
                connection.execute(
                    sql.SQL(query).format(sql.Identifier(table.schema, table.name)),
                    {"first": first, "last": first + share - 1, "seed": seed % 9973},
                )
    except psycopg.Error as error:
        raise _told(error, f"{rows:,} rows could not be prepared") from error
    return before


def generate(
    connection: psycopg.Connection[Any],
    *,
    seed: int = 0,
    rate: float = DEFAULT_RATE,
    duration: float | None = None,
    count: int | None = None,
    tables: Sequence[Table] = WMS_TABLES,
    stop: Callable[[], bool] = lambda: False,
    on_commit: Callable[[Summary], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Summary:
    """Write until `duration` seconds or `count` events are over, or `stop` says so.

    `rate` is events a second that are aimed at; 0 means as fast as it goes. The same seed on the
    same content of the tables writes the same statements. `on_commit` is told after each
    transaction. Raises UsageError for tables of others, GeneratorError if the database fails.
    """
    _check(tables)
    summary = Summary()
    was = connection.autocommit
    begun = clock()
    try:
        connection.autocommit = True
        waves = Waves(
            seed,
            tables=tables,
            known={table: _keys(connection, table) for table in tables},
            first_id=_highest(connection, tables) + 1 + seed % _ID_RANGES * _ID_RANGE,
        )
        begun = clock()
        while not stop() and not _over(summary, clock() - begun, duration, count):
            transaction = waves.transaction()
            written = _run(connection, transaction, sleep)
            summary = _add(summary, written, clock() - begun)
            on_commit(summary)
            if rate > 0:
                _pace(begun + summary.events / rate, stop, clock, sleep, begun, duration)
        return replace(summary, seconds=clock() - begun)
    except psycopg.Error as error:
        so_far = replace(summary, seconds=clock() - begun)
        raise _told(error, f"writing stopped after {so_far}") from error
    finally:
        if not connection.closed:
            if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                connection.rollback()
            connection.autocommit = was


def _check(tables: Sequence[Table]) -> None:
    unknown = [str(table) for table in tables if table not in WMS_TABLES]
    if unknown or not tables:
        raise UsageError(
            f"the generator knows only the WMS tables, not {', '.join(unknown) or 'none'}",
            hint="Write into tables of your own with your own program, for instance pgbench",
        )


def _over(
    summary: Summary, seconds: float, duration: float | None, count: int | None
) -> bool:  # fmt: skip
    return (count is not None and summary.events >= count) or (
        duration is not None and seconds >= duration
    )


def _run(
    connection: psycopg.Connection[Any], transaction: Transaction, sleep: Callable[[float], None]
) -> Written | None:
    """Run it; gives what it wrote, or nothing if it was rolled back.

    Rows are counted as the database tells: another writer may have removed some.
    """
    written = dict.fromkeys(_KINDS, 0)
    lasting = list(transaction.lasting)
    try:
        for step in transaction.steps[:-1]:
            rows = _execute(connection, step)
            if lasting and step is lasting[0]:
                written[lasting.pop(0).kind] += rows
        if transaction.hold:
            sleep(transaction.hold)
        _execute(connection, transaction.steps[-1])
    except (psycopg.errors.DeadlockDetected, psycopg.errors.UniqueViolation):
        # Another writer was in the way, as it happens; the database has undone this one.
        connection.execute("ROLLBACK")
        return None
    return written if transaction.commits else None


def _execute(connection: psycopg.Connection[Any], step: Statement | Command) -> int:
    if isinstance(step, Command):
        connection.execute(step.sql)
        return 0
    # A changed key is two events, a delete and an insert.
    return connection.execute(step.sql.encode(), step.parameters).rowcount * step.events_a_row


def _pace(
    due: float,
    stop: Callable[[], bool],
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    begun: float,
    duration: float | None,
) -> None:
    """Sleep until the time that the rate asks for, or the end, in naps that hear a stop."""
    if duration is not None:
        due = min(due, begun + duration)
    while (left := due - clock()) > 0 and not stop():
        sleep(min(left, _NAP))


def _add(summary: Summary, written: Written | None, seconds: float) -> Summary:
    rows = written or dict.fromkeys(_KINDS, 0)
    return replace(
        summary,
        transactions=summary.transactions + 1,
        rolled_back=summary.rolled_back + (written is None),
        inserts=summary.inserts + rows["insert"],
        updates=summary.updates + rows["update"],
        deletes=summary.deletes + rows["delete"],
        events=summary.events + sum(rows.values()),
        seconds=seconds,
    )


def _keys(connection: psycopg.Connection[Any], table: Table) -> list[Key]:
    columns = ("PLAN_WVR_ID",) if table.name == BASE else ("PLAN_WVR_ID", "RVSN_NBR")
    query = sql.SQL("SELECT {0} FROM {1} ORDER BY {0} LIMIT %s").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(table.schema, table.name),
    )
    return [tuple(map(int, row)) for row in connection.execute(query, (_KNOWN,))]


def _highest(connection: psycopg.Connection[Any], tables: Sequence[Table]) -> int:
    return max(
        _one(connection, 'SELECT coalesce(max("PLAN_WVR_ID"), 0) FROM {}', table)
        for table in tables
    )


def _count(connection: psycopg.Connection[Any], table: Table) -> int:
    return _one(connection, "SELECT count(*) FROM {}", table)


def _one(connection: psycopg.Connection[Any], query: Any, table: Table) -> int:
    composed = sql.SQL(query).format(sql.Identifier(table.schema, table.name))
    row = connection.execute(composed).fetchone()
    return int(row[0]) if row else 0


def _told(error: psycopg.Error, what: str) -> GeneratorError:
    lines = str(error).strip().splitlines()
    return GeneratorError(
        f"{what}: {lines[0] if lines else type(error).__name__}",
        hint="See `wms-connector local status`, then start it again",
    )


_PREPARE_BASE: Final = """
INSERT INTO {} ("PLAN_WVR_ID", "WHSE_ID", "PLAN_NBR", "WVR_TYP_CD", "STAT_CD", "PRTY_NBR",
  "ITEM_ID", "PLAN_QTY", "TOLRNC_PCT", "WEIGHT_KG", "PLAN_STRT_DT", "PLAN_END_DT", "RELEASED_TS",
  "HOT_FLG", "NOTE_TXT", "ADD_USER_ID", "SYS_ADD_TS")
SELECT i, (ARRAY['ATL01', 'DFW02', 'RNO03', 'YYZ04', 'AMS05'])[1 + n %% 5],
  'WV' || lpad(i::text, 10, '0'), (ARRAY['QTY', 'DATE', 'LOT', 'CARR', 'TEMP'])[1 + n %% 5],
  (ARRAY['PLANNED', 'RELEASED', 'PICKING', 'SHIPPED', 'CLOSED', 'HELD'])[1 + n %% 6],
  1 + n %% 99, 1 + n * 7919 %% 9999999999, (n * 31 %% 9999999) / 1000.0, (n %% 9999) / 100.0,
  (n * 17 %% 2000000) / 1000.0, date '2026-01-01' + (n %% 365)::int,
  CASE WHEN n %% 3 > 0 THEN date '2026-01-01' + (n %% 365 + n %% 30)::int END,
  CASE WHEN n %% 6 > 0 THEN timestamp '2026-01-01' + n %% 31536000 * interval '1.000001 s' END,
  CASE WHEN n %% 10 = 0 THEN 'Y' ELSE 'N' END,
  CASE WHEN n %% 7 > 0 THEN 'Wave ' || n %% 1000 || ': carrier slot ' || n %% 24 || ':00' END,
  'wave_batch', timestamp '2026-01-01' + n %% 31536000 * interval '1.000001 s'
FROM (SELECT i, i + %(seed)s AS n FROM generate_series(%(first)s::bigint, %(last)s::bigint) i) s
"""
_PREPARE_REVISION: Final = """
INSERT INTO {} ("PLAN_WVR_ID", "RVSN_NBR", "RVSN_RSN_CD", "STAT_CD", "OLD_QTY", "NEW_QTY",
  "EFF_DT", "APPROVED_TS", "APPROVED_BY", "RVSN_TXT", "SYS_ADD_TS")
SELECT i, 1 + n %% 9, (ARRAY['SHORT', 'DAMAGE', 'RESCHD', 'CUST', 'SYSTEM'])[1 + n %% 5],
  (ARRAY['PLANNED', 'RELEASED', 'PICKING', 'SHIPPED', 'CLOSED', 'HELD'])[1 + n %% 6],
  (n * 31 %% 9999999) / 1000.0, (n * 37 %% 9999999) / 1000.0, date '2026-01-01' + (n %% 365)::int,
  CASE WHEN n %% 2 = 0 THEN timestamp '2026-01-01' + n %% 31536000 * interval '1.001 s' END,
  CASE WHEN n %% 2 = 0 THEN 'tkim' END,
  CASE WHEN n %% 4 > 0 THEN 'Revision of wave ' || n %% 1000 END,
  timestamp '2026-01-01' + n %% 31536000 * interval '1.000001 s'
FROM (SELECT i, i + %(seed)s AS n FROM generate_series(%(first)s::bigint, %(last)s::bigint) i) s
"""
