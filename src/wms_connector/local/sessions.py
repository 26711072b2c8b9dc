"""A session in which the generator writes, whichever database it is: the same changes in each.

What differs is a value (`Dialect`, of waves.py) and what stands in the sessions' own modules: how a
transaction is begun and ended, how places for values are written, which failures are another
writer's doing. Each is imported only where it is needed, because each brings its driver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from wms_connector.oracle.database import Database

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import psycopg

    from wms_connector.local.waves import Command, Dialect, Statement
    from wms_connector.model.table import Table

Connection: TypeAlias = "psycopg.Connection[Any] | Database"


class Session(Protocol):
    """What the generator does with a database. Raises one of its `failures`."""

    @property
    def dialect(self) -> Dialect:
        """How it wants to be told."""

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """What it raises."""

    def command(self, command: Command) -> None:
        """Begin or end a transaction, or a part of one."""

    def run(self, statement: Statement) -> int:
        """Run a statement and give how many rows it touched."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Give the rows of a query without binds."""

    def load(self, table: Table, first: int, count: int, seed: int) -> None:
        """Insert so many prepared rows, numbered from `first`; without a commit."""

    def whole(self) -> AbstractContextManager[object]:
        """Commit what is done in the context, or none of it."""

    def open(self) -> AbstractContextManager[object]:
        """Leave the connection as it was found, without a transaction."""

    def is_conflict(self, failure: Exception) -> bool:
        """Tell whether another writer was in the way."""


def session_of(connection: Connection) -> Session:
    """Give the session of an open connection."""
    if isinstance(connection, Database):
        from wms_connector.local.session_oracle import OracleSession

        return OracleSession(connection)
    from wms_connector.local.session_postgres import PostgresSession

    return PostgresSession(connection)
