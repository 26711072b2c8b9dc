"""Writes plausible changes into the laptop's WMS tables, at a chosen rate, from a seed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wms_connector.local.errors import LocalError
from wms_connector.local.sessions import session_of
from wms_connector.local.waves import BASE, WMS_TABLES, Command, Statement, Transaction, Waves
from wms_connector.model.errors import UsageError
from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wms_connector.local.sessions import Connection, Session
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
    connection: Connection,
    rows: int,
    *,
    tables: Sequence[Table] = WMS_TABLES,
    seed: int = 0,
) -> int:
    """Load that many rows in one transaction, over all tables; gives how many there were before.

    Numbers go on after the highest that is there. Raises GeneratorError, UsageError.
    """
    _check(tables)
    session = session_of(connection)
    total = sum(_SHARES.get(table.name, 1) for table in tables)
    try:
        with session.whole():
            before = sum(_count(session, table) for table in tables)
            given = passed = 0
            for table in tables:
                passed += _SHARES.get(table.name, 1)
                share = rows * passed // total - given
                given += share
                session.load(table, _highest(session, (table,)) + 1, share, seed % 9973)
    except session.failures as error:
        raise _told(error, f"{rows:,} rows could not be prepared") from error
    return before


def generate(
    connection: Connection,
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
    session = session_of(connection)
    begun = clock()
    try:
        with session.open():
            waves = Waves(
                seed,
                tables=tables,
                known={table: _keys(session, table) for table in tables},
                first_id=_highest(session, tables) + 1 + seed % _ID_RANGES * _ID_RANGE,
                dialect=session.dialect,
            )
            begun = clock()
            while not stop() and not _over(summary, clock() - begun, duration, count):
                written = _run(session, waves.transaction(), sleep)
                summary = _add(summary, written, clock() - begun)
                on_commit(summary)
                if rate > 0:
                    _pace(begun + summary.events / rate, stop, clock, sleep, begun, duration)
        return replace(summary, seconds=clock() - begun)
    except session.failures as error:
        so_far = replace(summary, seconds=clock() - begun)
        raise _told(error, f"writing stopped after {so_far}") from error


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
    session: Session, transaction: Transaction, sleep: Callable[[float], None]
) -> Written | None:
    """Run it; gives what it wrote, or nothing if it was rolled back.

    Rows are counted as the database tells: another writer may have removed some.
    """
    written = dict.fromkeys(_KINDS, 0)
    lasting = list(transaction.lasting)
    try:
        for step in transaction.steps[:-1]:
            rows = _execute(session, step)
            if lasting and step is lasting[0]:
                written[lasting.pop(0).kind] += rows
        if transaction.hold:
            sleep(transaction.hold)
        _execute(session, transaction.steps[-1])
    except session.failures as failure:
        if not session.is_conflict(failure):
            raise
        # Another writer was in the way, as it happens; this transaction is undone.
        session.command(Command("ROLLBACK"))
        return None
    return written if transaction.commits else None


def _execute(session: Session, step: Statement | Command) -> int:
    if isinstance(step, Command):
        session.command(step)
        return 0
    # A changed key is two events, a delete and an insert.
    return session.run(step) * step.events_a_row


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


def _keys(session: Session, table: Table) -> list[Key]:
    names = ("PLAN_WVR_ID",) if table.name == BASE else ("PLAN_WVR_ID", "RVSN_NBR")
    listed = ", ".join(f'"{name}"' for name in names)
    query = f"SELECT {listed} FROM {table.quoted} ORDER BY {listed}"  # noqa: S608
    return [tuple(map(int, row)) for row in session.rows(f"{query} FETCH FIRST {_KNOWN} ROWS ONLY")]


def _highest(session: Session, tables: Sequence[Table]) -> int:
    return max(
        _one(session, f'SELECT coalesce(max("PLAN_WVR_ID"), 0) FROM {table.quoted}')  # noqa: S608
        for table in tables
    )


def _count(session: Session, table: Table) -> int:
    return _one(session, f"SELECT count(*) FROM {table.quoted}")  # noqa: S608


def _one(session: Session, query: str) -> int:
    return next((int(row[0]) for row in session.rows(query)), 0)


def _told(error: Exception, what: str) -> GeneratorError:
    text = error.text if isinstance(error, OracleFailure) else str(error)
    lines = text.strip().splitlines()
    return GeneratorError(
        f"{what}: {lines[0] if lines else type(error).__name__}",
        hint="See `wms-connector local status`, then start it again",
    )
