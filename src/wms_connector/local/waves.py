"""Plausible changes of plan waivers: which statements a transaction of the warehouse runs.

Pure: a seed and what is in the tables decide every statement. `generator.py` runs them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, LiteralString

from wms_connector.local.wave_rows import (
    BASE_COLUMNS,
    REVISION_COLUMNS,
    base_changes,
    base_row,
    revision_changes,
    revision_row,
)
from wms_connector.model.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

BASE: Final = "PLAN_BASE_WVR_TBL"
REVISION: Final = "PLAN_WVR_RVSN_TBL"
WMS_TABLES: Final = tuple(Table(s, t) for s in ("MMDL", "WMS") for t in (BASE, REVISION))

Kind = Literal["insert", "update", "delete"]
Key = tuple[int, ...]

_SMALLEST: Final = 20  # rows below which a table is filled rather than emptied
_BIGGEST: Final = 50_000  # keys remembered a table; the rest is left alone


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database wants to be told the same change.

    `lists_rows`: an INSERT may have several rows; else it is run once for each of them. `touched`
    is what an UPDATE sets because no trigger does.
    """

    lists_rows: bool = True
    touched: str = ""


POSTGRES: Final = Dialect()
ORACLE: Final = Dialect(lists_rows=False, touched=', "SYS_UPD_TS" = SYSTIMESTAMP')


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `rows` is how many events it makes if its transaction commits.

    `events_a_row` is 2 where a key changes: that is a delete and an insert. It is run as often as
    the parameters suffice for its places.
    """

    kind: Kind
    table: Table
    sql: str
    parameters: tuple[Any, ...]
    rows: int
    events_a_row: int = 1


@dataclass(frozen=True, slots=True)
class Command:
    """A statement about the transaction itself: BEGIN, SAVEPOINT, COMMIT, …."""

    sql: LiteralString


@dataclass(frozen=True, slots=True)
class Transaction:
    """Statements in order, from BEGIN to COMMIT or ROLLBACK.

    `hold` is how long it stays open before it ends, in seconds. `lasting` are the statements that
    count when it commits: those before a savepoint that it went back to do, those after do not.
    """

    steps: tuple[Statement | Command, ...]
    lasting: tuple[Statement, ...]
    commits: bool
    hold: float = 0.0

    @property
    def events(self) -> int:
        """How many events it makes."""
        return sum(statement.rows for statement in self.lasting)


@dataclass(slots=True)
class _Rows:
    """Keys of one table, so that one can be drawn and removed at once."""

    keys: list[Key] = field(default_factory=list)
    index: dict[Key, int] = field(default_factory=dict)

    def add(self, key: Key) -> None:
        if len(self.keys) < _BIGGEST and key not in self.index:
            self.index[key] = len(self.keys)
            self.keys.append(key)

    def remove(self, key: Key) -> None:
        at = self.index.pop(key, None)
        if at is None:
            return
        last = self.keys.pop()
        if last != key:
            self.keys[at] = last
            self.index[last] = at


class Waves:
    """Makes transactions, one after the other, each on what the ones before left.

    `known` are the keys that are in the tables, `first_id` the first waiver number to give. The
    same arguments give the same transactions, whatever the dialect.
    """

    def __init__(
        self, seed: int, *, tables: Sequence[Table], known: Mapping[Table, Sequence[Key]],
        first_id: int, dialect: Dialect = POSTGRES,
    ) -> None:  # fmt: skip
        self._random = random.Random(seed)  # noqa: S311  (reproducible on purpose)
        self._dialect = dialect
        self._tables = tuple(tables)
        self._next = first_id
        self._rows = {table: _Rows() for table in tables}
        for table in tables:
            for key in known.get(table, ()):
                self._rows[table].add(key)
        # What the transaction that is being made adds and removes, to be kept if it commits.
        self._added: list[tuple[Table, Key]] = []
        self._removed: list[tuple[Table, Key]] = []

    def transaction(self) -> Transaction:
        """Make the next transaction."""
        draw = self._random
        self._added, self._removed = [], []
        size = draw.choices((1, 2, 3, 5, 12), weights=(50, 20, 15, 10, 5))[0]
        lasting = [self._statement() for _ in range(size)]
        steps: list[Statement | Command] = [Command("BEGIN"), *lasting]
        if draw.random() < 0.08:  # noqa: PLR2004
            kept = (list(self._added), list(self._removed))
            undone = [self._statement() for _ in range(draw.randint(1, 3))]
            steps += [Command("SAVEPOINT wave"), *undone, Command("ROLLBACK TO SAVEPOINT wave")]
            self._added, self._removed = kept
            if draw.random() < 0.5:  # noqa: PLR2004
                after = self._statement()
                steps.append(after)
                lasting.append(after)
        commits = draw.random() >= 0.10  # noqa: PLR2004
        hold = round(draw.uniform(0.05, 0.5), 3) if draw.random() < 0.004 else 0.0  # noqa: PLR2004
        steps.append(Command("COMMIT" if commits else "ROLLBACK"))
        if commits:
            for table, key in self._removed:
                self._rows[table].remove(key)
            for table, key in self._added:
                self._rows[table].add(key)
        return Transaction(tuple(steps), tuple(lasting) if commits else (), commits, hold)

    def _statement(self) -> Statement:
        draw = self._random
        table = draw.choice(self._tables)
        taken = {key for where, key in self._removed if where == table}
        if len(self._rows[table].keys) - len(taken) < _SMALLEST:
            return self._insert(table)
        make: Callable[[Table, set[Key]], Statement] = draw.choices(
            (lambda t, _: self._insert(t), self._update, self._delete, self._rename),
            weights=(30, 55, 14, 1),
        )[0]
        return make(table, taken)

    def _drawn(self, table: Table, taken: set[Key], count: int) -> list[Key]:
        """Draw keys of rows that this transaction has not removed."""
        found: list[Key] = []
        keys = self._rows[table].keys
        while len(found) < count:
            key = self._random.choice(keys)
            if key not in taken and key not in found:
                found.append(key)
        return found

    def _insert(self, table: Table) -> Statement:
        count = self._random.choices((1, 3, 10), weights=(75, 20, 5))[0]
        make = base_row if table.name == BASE else revision_row
        rows = []
        for _ in range(count):
            row = make(self._random, self._next)
            self._next += 1
            rows.append(row)
            self._added.append((table, tuple(row[: _key_size(table)])))
        names = BASE_COLUMNS if table.name == BASE else REVISION_COLUMNS
        places = f"({', '.join(['%s'] * len(names))})"
        columns = ", ".join(f'"{name}"' for name in names)
        listed = ", ".join([places] * (count if self._dialect.lists_rows else 1))
        sql = f"INSERT INTO {table.quoted} ({columns}) VALUES {listed}"  # noqa: S608
        values = tuple(value for row in rows for value in row)
        return Statement("insert", table, sql, values, count)

    def _update(self, table: Table, taken: set[Key]) -> Statement:
        draw = self._random
        count = draw.choices((1, 4, 15), weights=(80, 15, 5))[0]
        keys = self._drawn(table, taken, count)
        changes = base_changes(draw) if table.name == BASE else revision_changes(draw)
        sets = ", ".join(f'"{name}" = %s' for name in changes)
        where, values = _where(table, keys)
        sql = f"UPDATE {table.quoted} SET {sets}{self._dialect.touched} WHERE {where}"  # noqa: S608
        return Statement("update", table, sql, (*changes.values(), *values), count)

    def _delete(self, table: Table, taken: set[Key]) -> Statement:
        count = self._random.choices((1, 3), weights=(85, 15))[0]
        keys = self._drawn(table, taken, count)
        self._removed += [(table, key) for key in keys]
        where, values = _where(table, keys)
        sql = f"DELETE FROM {table.quoted} WHERE {where}"  # noqa: S608
        return Statement("delete", table, sql, values, count)

    def _rename(self, table: Table, taken: set[Key]) -> Statement:
        (key,) = self._drawn(table, taken, 1)
        new, self._next = (self._next, *key[1:]), self._next + 1
        self._removed.append((table, key))
        self._added.append((table, new))
        where, values = _where(table, [key])
        sets = f'"PLAN_WVR_ID" = %s{self._dialect.touched}'
        sql = f"UPDATE {table.quoted} SET {sets} WHERE {where}"  # noqa: S608
        return Statement("update", table, sql, (new[0], *values), 2, 2)


def _key_size(table: Table) -> int:
    return 1 if table.name == BASE else 2


def _where(table: Table, keys: Sequence[Key]) -> tuple[str, tuple[Any, ...]]:
    names = ('"PLAN_WVR_ID"', '"RVSN_NBR"')[: _key_size(table)]
    one = " AND ".join(f"{name} = %s" for name in names)
    return " OR ".join([f"({one})"] * len(keys)), tuple(part for key in keys for part in key)
