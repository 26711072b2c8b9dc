"""The generator's session in PostgreSQL."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

from wms_connector.local.rows import LOAD_BASE, LOAD_REVISION
from wms_connector.local.waves import BASE, POSTGRES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.local.waves import Command, Statement
    from wms_connector.model.table import Table


class PostgresSession:
    """A psycopg connection."""

    dialect: Final = POSTGRES
    failures: Final = (psycopg.Error,)

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
