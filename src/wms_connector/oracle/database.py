"""Oracle through any DB-API 2 connection with named binds: rows as values, errors as sentences."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, Self

from wms_connector.oracle.errors import OracleFailure, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

Row = dict[str, Any]
"""Column -> value; names in upper case, as Oracle keeps them."""

_BATCH: Final = 2_000


class Database:
    """A session. Everything that fails raises OracleFailure with Oracle's own code.

    `connection` is python-oracledb's or one that behaves like it: `:name` binds given as a
    dictionary, `cursor()`, `commit()`, `rollback()`, `close()`.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def connection(self) -> Any:
        """The driver's connection, for what is not here."""
        return self._connection

    def limit(self, seconds: float | None) -> None:
        """End statements that take longer, with an error; None: never.

        Nothing happens on a driver that has no such limit.
        """
        if hasattr(self._connection, "call_timeout"):
            with _translation():
                self._connection.call_timeout = round((seconds or 0) * 1000)

    def query(self, sql: str, **binds: Any) -> list[Row]:
        """All rows of a query."""
        with self._run(sql, binds) as cursor, _translation():
            names = _names(cursor)
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, sql: str, **binds: Any) -> Row | None:
        """The first row of a query, or None if there is none."""
        return next(iter(self.query(sql, **binds)), None)

    def scalar(self, sql: str, **binds: Any) -> Any:
        """The first column of a query's first row, or None if there is no row."""
        row = self.one(sql, **binds)
        return None if row is None else next(iter(row.values()))

    def stream(self, sql: str, *, batch: int = _BATCH, **binds: Any) -> Iterator[tuple[Any, ...]]:
        """Rows of a query as tuples, fetched `batch` at a time."""
        with self._run(sql, binds, batch=batch) as cursor:
            while rows := _fetched(cursor, batch):
                yield from map(tuple, rows)

    def execute(self, sql: str, **binds: Any) -> int:
        """Run a statement that gives no rows; returns how many rows it touched (-1: none told)."""
        with self._run(sql, binds) as cursor:
            count: int = cursor.rowcount
            return count

    def execute_many(self, sql: str, rows: Sequence[dict[str, Any]]) -> None:
        """Run a statement once for each set of binds, all in one go."""
        with _translation():
            cursor = self._connection.cursor()
        try:
            with _translation():
                cursor.executemany(sql, rows)
        finally:
            _closed(cursor)

    def commit(self) -> None:
        """Commit the transaction."""
        with _translation():
            self._connection.commit()

    def rollback(self) -> None:
        """Roll the transaction back."""
        with _translation():
            self._connection.rollback()

    def close(self) -> None:
        """Leave. A session that is gone already is left just so."""
        _closed(self._connection)

    @contextmanager
    def _run(self, sql: str, binds: dict[str, Any], *, batch: int | None = None) -> Iterator[Any]:
        with _translation():
            cursor = self._connection.cursor()
        try:
            with _translation():
                if batch is not None:
                    cursor.arraysize = batch
                    if hasattr(cursor, "prefetchrows"):
                        cursor.prefetchrows = batch
                cursor.execute(sql, binds)
            yield cursor
        finally:
            _closed(cursor)


def _closed(closable: Any) -> None:
    """Close a cursor or connection; of a lost session neither can be, which is no news."""
    with suppress(OracleFailure), _translation():
        closable.close()


@contextmanager
def _translation() -> Iterator[None]:
    try:
        yield
    except OracleFailure:
        raise
    except Exception as error:
        raise translated(error) from error


def _fetched(cursor: Any, batch: int) -> list[Any]:
    with _translation():
        rows: list[Any] = cursor.fetchmany(batch)
        return rows


def _names(cursor: Any) -> list[str]:
    return [str(column[0]).upper() for column in cursor.description or ()]
