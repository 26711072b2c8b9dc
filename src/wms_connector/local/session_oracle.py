"""The generator's session in Oracle or its stand-in."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, Final

from wms_connector.local.rows import columns, row
from wms_connector.local.waves import ORACLE
from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wms_connector.local.waves import Command, Statement
    from wms_connector.model.table import Table
    from wms_connector.oracle.database import Database

_BATCH: Final = 5_000  # rows of a load that go in one request
_PLACE: Final = re.compile(r"%s")
_CONFLICTS: Final = frozenset({"ORA-00001", "ORA-00060", "ORA-00054", "ORA-30006"})
"""Key that is there, deadlock, two kinds of locks that were not let go in time."""


class OracleSession:
    """A session in Oracle or its stand-in."""

    dialect: Final = ORACLE
    failures: Final = (OracleFailure,)

    def __init__(self, database: Database) -> None:
        self._database = database

    def command(self, command: Command) -> None:
        """End a transaction by the driver's own call; one begins by itself."""
        match command.sql:
            case "BEGIN":
                pass
            case "COMMIT":
                self._database.commit()
            case "ROLLBACK":
                self._database.rollback()
            case other:
                self._database.execute(other)

    def run(self, statement: Statement) -> int:
        """Run it, an INSERT once for each of its rows."""
        text, places = _named(statement.sql)
        values = statement.parameters
        return sum(
            self._database.execute(text, **_binds(values[at : at + places]))
            for at in range(0, len(values), places)
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Give all rows."""
        return list(self._database.stream(query))

    def load(self, table: Table, first: int, count: int, seed: int) -> None:
        """Send them in batches."""
        names = columns(table)
        places = ", ".join(f":v{number}" for number in range(len(names)))
        quoted = ", ".join(f'"{name}"' for name in names)
        text = f"INSERT INTO {table.quoted} ({quoted}) VALUES ({places})"  # noqa: S608
        for begin in range(first, first + count, _BATCH):
            numbers = range(begin, min(begin + _BATCH, first + count))
            binds = [_binds(row(table, number, seed)) for number in numbers]
            self._database.execute_many(text, binds)

    @contextlib.contextmanager
    def whole(self) -> Iterator[None]:
        """One transaction."""
        try:
            yield
        except BaseException:
            self._undo()
            raise
        self._database.commit()

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Roll back what is open at the end."""
        try:
            yield
        finally:
            self._undo()

    def is_conflict(self, failure: Exception) -> bool:
        """A deadlock, a lock, or a key that is there by now."""
        return isinstance(failure, OracleFailure) and failure.code in _CONFLICTS

    def _undo(self) -> None:
        with contextlib.suppress(OracleFailure):  # of a session that is lost: it is rolled back
            self._database.rollback()


def _named(text: str) -> tuple[str, int]:
    """Write the places for values as Oracle's binds, and count them."""
    pieces = _PLACE.split(text)
    named = "".join(f"{piece}:v{number}" for number, piece in enumerate(pieces[:-1]))
    return named + pieces[-1], len(pieces) - 1


def _binds(values: Sequence[Any]) -> dict[str, Any]:
    return {f"v{number}": value for number, value in enumerate(values)}
