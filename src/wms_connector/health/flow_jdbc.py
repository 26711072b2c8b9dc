"""How far a JDBC source connector is: its offsets, one a table, against the tables themselves.

Kafka Connect says RUNNING while such a connector reads nothing (a wrong column, no table, no
topic), so what waits is counted in the database: rows that are newer than the table's offset. A
count ends at `MOST`, and each question costs what one of the connector's own polls does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from wms_connector.health.observation import Flow
from wms_connector.health.source import Told
from wms_connector.model.ages import age

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wms_connector.health.source import Ask

MOST: Final = 10_001
"""Rows that are counted of a table: as many mean "more than 10,000"."""
ROWS: Final = "rows"

Name: TypeAlias = tuple[str, str]
"""Schema and table."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a driver wants a named value to be written: `{}` stands for its name."""

    bind: str


POSTGRES: Final = Dialect("%({})s")
ORACLE: Final = Dialect(":{}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a connector's configuration says of how it reads."""

    tables: tuple[Name, ...]
    columns: tuple[str, ...]
    incrementing: str | None
    zone: tzinfo

    @classmethod
    def of(cls, config: Mapping[str, str | None]) -> Reading:
        """Read a configuration that this product has rendered (`connectors.jdbc_source`)."""
        columns = _words(config.get("timestamp.column.name"))
        both = config.get("mode") == "timestamp+incrementing"
        return cls(
            tables=tuple(_named(text) for text in _words(config.get("table.whitelist"))),
            columns=columns,
            incrementing=config.get("incrementing.column.name") if both else None,
            zone=ZoneInfo(config.get("db.timezone") or "UTC"),
        )


@dataclass(frozen=True, slots=True)
class Position:
    """Where a connector stands in a table: in the column's own clock, and the id if it has one."""

    timestamp: datetime
    incrementing: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows beyond a position: at most MOST counted, and the times of the oldest and the newest."""

    rows: int
    oldest: datetime | None
    newest: datetime | None


def positions(entries: Iterable[Mapping[str, Any]], zone: tzinfo) -> dict[Name, Position]:
    """Give the position in each table that has an offset.

    The connector keeps milliseconds since 1970 and the nanoseconds of that second, made from a
    column without a zone as if it were in `db.timezone`: here it becomes that column's value
    again. What is finer than a microsecond is rounded up: the row that was read last must not
    count as one that waits.
    """
    found: dict[Name, Position] = {}
    for entry in entries:
        partition, offset = entry.get("partition") or {}, entry.get("offset") or {}
        milliseconds = offset.get("timestamp")
        if "table" not in partition or not isinstance(milliseconds, int):
            continue
        second = datetime.fromtimestamp(milliseconds // 1000, tz=zone).replace(tzinfo=None)
        nanoseconds = offset.get("timestamp_nanos")
        if not isinstance(nanoseconds, int):
            nanoseconds = milliseconds % 1000 * 1_000_000 + 999_999
        part = timedelta(microseconds=-(-nanoseconds // 1000))
        number = offset.get("incrementing")
        found[_named(str(partition["table"]))] = Position(
            second + part,
            number if isinstance(number, int) else None,
        )
    return found


def flow_jdbc(
    now: float,
    zone: tzinfo,
    positions: Mapping[Name, Position],
    waiting: Mapping[Name, Waiting],
) -> Flow:
    """Give the flow of a connector; `now` is seconds since 1970.

    It is behind by the age of the oldest row that waits, and by nothing where none does: a table
    that nobody changes is read to its end. Its source is the newest row of each table.
    """
    oldest = [found.oldest for found in waiting.values() if found.oldest is not None]
    return Flow(
        source=";".join(
            f"{'.'.join(table)}={_newest(found, positions.get(table))}"
            for table, found in sorted(waiting.items())
        ),
        behind_seconds=max((_since(time, now, zone) for time in oldest), default=0.0),
        waiting=sum(found.rows for found in waiting.values()),
        unit=ROWS,
    )


def told(waiting: Mapping[Name, Waiting], now: float, zone: tzinfo) -> Told:
    """Tell it table by table."""
    tables, lines = {}, []
    for table, found in sorted(waiting.items()):
        seconds = None if found.oldest is None else round(_since(found.oldest, now, zone))
        name = ".".join(table)
        tables[name] = {"rows_waiting": found.rows, "seconds_behind": seconds}
        many = f"more than {MOST - 1:,}" if found.rows >= MOST else f"{found.rows:,}"
        since = "" if seconds is None else f", the oldest is {age(seconds)} old"
        lines.append(f"behind {name}: {many} rows{since}")
    return Told({"tables": tables}, lines)


def ask_all(
    ask: Ask, dialect: Dialect, reading: Reading, positions: Mapping[Name, Position]
) -> dict[Name, Waiting]:
    """Count what waits in each table."""
    return {
        table: ask_waiting(ask, dialect, reading, table, positions.get(table))
        for table in reading.tables
    }


def ask_waiting(
    ask: Ask,
    dialect: Dialect,
    reading: Reading,
    table: Name,
    position: Position | None,
) -> Waiting:
    """Count what waits in a table; raises what `ask` raises."""
    sql, binds = question(dialect, reading, table, position)
    row = ask(sql, binds) or {}
    rows = int(row.get("waits") or 0)
    newest = row.get("newest")
    if rows >= MOST:  # the newest of the first ones says nothing of the others
        newest = (ask(newest_question(reading, table), {}) or {}).get("newest")
    return Waiting(rows, row.get("oldest"), newest)


def question(
    dialect: Dialect, reading: Reading, table: Name, position: Position | None
) -> tuple[str, dict[str, Any]]:
    """Write the question of `waits`, `oldest` and `newest` beyond a position, and its values."""
    time = _time(reading)
    binds: dict[str, Any] = {}
    since, number = dialect.bind.format("since"), dialect.bind.format("number")
    if position is not None:
        where = f" WHERE {time} > {since}"
        binds = {"since": position.timestamp}
        if reading.incrementing is not None and position.incrementing is not None:
            column = _quoted(reading.incrementing)
            where += f" OR ({time} = {since} AND {column} > {number})"
            binds["number"] = position.incrementing
    else:
        where = f" WHERE {time} IS NOT NULL"
    inner = (
        f"SELECT {time} AS at_time FROM {_quoted(*table)}{where}"  # noqa: S608  (quoted names)
        f" ORDER BY {time} FETCH FIRST {MOST} ROWS ONLY"
    )
    outer = "SELECT COUNT(*) AS waits, MIN(at_time) AS oldest, MAX(at_time) AS newest"
    return f"{outer} FROM ({inner}) beyond", binds


def newest_question(reading: Reading, table: Name) -> str:
    """Write the question of a table's newest time, as `newest`."""
    return f"SELECT MAX({_time(reading)}) AS newest FROM {_quoted(*table)}"  # noqa: S608  (quoted)


def _time(reading: Reading) -> str:
    """Say which time of a row counts, as the connector does: the first column that has one."""
    columns = [_quoted(column) for column in reading.columns]
    return columns[0] if len(columns) == 1 else f"COALESCE({', '.join(columns)})"


def _newest(found: Waiting, position: Position | None) -> str:
    newest = found.newest or (position and position.timestamp)
    return newest.isoformat() if newest else ""


def _quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def _named(text: str) -> Name:
    """Read `SCHEMA.TABLE`; Aiven's plugin has PostgreSQL's database before it."""
    words = [word.strip().strip('"`') for word in text.rsplit(".", 2)]
    return (words[-2], words[-1]) if len(words) > 1 else ("", words[0])


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())


def _since(time: datetime, now: float, zone: tzinfo) -> float:
    """Seconds from a column's time to `now`, not below 0.

    An hour of autumn's change of clocks comes twice, and a column without a zone does not say
    which it was: the later one counts that is not in the future.
    """
    if time.tzinfo is not None:
        return max(0.0, now - time.timestamp())
    both = sorted(now - time.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    return next((seconds for seconds in both if seconds >= 0), 0.0)
