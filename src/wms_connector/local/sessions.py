"""A session in which the generator writes, whichever database it is: the same changes in each.

What differs is a value (`Dialect`, of waves.py) and what stands here: how a transaction is begun
and ended, how places for values are written, which failures are another writer's doing.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, Final, Protocol

import psycopg
from psycopg import sql

from wms_connector.local.rows import LOAD_BASE, LOAD_REVISION, columns, row
from wms_connector.local.waves import BASE, ORACLE, POSTGRES, Command
from wms_connector.oracle.database import Database
from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wms_connector.local.waves import Dialect, Statement
    from wms_connector.model.table import Table

Connection = psycopg.Connection[Any] | Database

FAILURES: Final = (psycopg.Error, OracleFailure)
"""What a session raises."""

_BATCH: Final = 5_000  # rows of a load that go in one request
_PLACE: Final = re.compile(r"%s")
_CONFLICTS: Final = frozenset({"ORA-00001", "ORA-00060", "ORA-00054", "ORA-30006"})
"""Key that is there, deadlock, two kinds of locks that were not let go in time."""


class Session(Protocol):
    """What the generator does with a database. Raises one of FAILURES."""

    @property
    def dialect(self) -> Dialect:
        """How it wants to be told."""

    def command(self, command: Command) -> None:
        """Begin or end a transaction, or a part of one."""

    def run(self, statement: Statement) -> int:
        """Run a statement and give how many rows it touched."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Give the rows of a query without binds."""

    def load(self, table: Table, first: int, count: int, seed: int) -> None:
        """Insert so many prepared rows, numbered from `first`; without a commit."""

    def whole(self) -> contextlib.AbstractContextManager[object]:
        """Commit what is done in the context, or none of it."""

    def open(self) -> contextlib.AbstractContextManager[object]:
        """Leave the connection as it was found, without a transaction."""

    def is_conflict(self, failure: Exception) -> bool:
        """Tell whether another writer was in the way."""


def session_of(connection: Connection) -> Session:
    """Give the session of an open connection."""
    return OracleSession(connection) if isinstance(connection, Database) else Postgres(connection)


class Postgres:
    """A psycopg connection."""

    dialect: Final = POSTGRES

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def command(self, command: Command) -> None:
        """Say it as it is."""
        self._connection.execute(command.sql)

    def run(self, statement: Statement) -> int:
        """Run it in one go."""
        return self._connection.execute(statement.sql.encode(), statement.parameters).rowcount

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Give all rows."""
        return list(self._connection.execute(query.encode()))

    def load(self, table: Table, first: int, count: int, seed: int) -> None:
        """Have the database make them: millions in a minute."""
        query = LOAD_BASE if table.name == BASE else LOAD_REVISION
        self._connection.execute(
            sql.SQL(query).format(sql.Identifier(table.schema, table.name)),
            {"first": first, "last": first + count - 1, "seed": seed},
        )

    def whole(self) -> contextlib.AbstractContextManager[object]:
        """One transaction."""
        return self._connection.transaction()

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Begin and end transactions by statements meanwhile."""
        connection = self._connection
        was = connection.autocommit
        try:
            connection.autocommit = True
            yield
        finally:
            if not connection.closed:
                if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                    connection.rollback()
                connection.autocommit = was

    def is_conflict(self, failure: Exception) -> bool:
        """A deadlock, or a key that is there by now."""
        return isinstance(
            failure, (psycopg.errors.DeadlockDetected, psycopg.errors.UniqueViolation)
        )


class OracleSession:
    """A session in Oracle or its stand-in."""

    dialect: Final = ORACLE

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
