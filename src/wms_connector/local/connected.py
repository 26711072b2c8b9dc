"""A session in PostgreSQL whose failure is a sentence."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from wms_connector.model.errors import UsageError, WmsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from wms_connector.health.source import Ask, Row


@contextlib.contextmanager
def connected(dsn: str, *, seconds: float | None = None) -> Iterator[Connection[Any]]:
    """Connect, and commit at the end; raises WmsError, also for what goes wrong on the way.

    `seconds` ends statements that take longer. No message holds the DSN, which may hold a password.
    """
    _check(dsn)
    limit = None if seconds is None else f"-c statement_timeout={seconds * 1000:.0f}"
    try:
        connection = psycopg.connect(
            dsn, connect_timeout=10, application_name="wms-connector", options=limit
        )
    except psycopg.Error as error:
        raise WmsError(
            f"the database cannot be reached: {_reason(error)}",
            hint="Check that it runs, and the --dsn if one was given",
        ) from None
    try:
        with connection:
            yield connection
    except psycopg.Error as error:
        raise WmsError(
            f"the database did not do what was asked: {_reason(error)}",
            hint="Check that it still runs, and that its tables are the pipeline file's",
        ) from None


@contextlib.contextmanager
def asking(dsn: str, *, seconds: float) -> Iterator[Ask]:
    """Open a session that gives first rows by name; raises WmsError as `connected` does."""
    with connected(dsn, seconds=seconds) as connection:
        cursor = connection.cursor(row_factory=dict_row)

        def ask(sql: str, binds: Row) -> Row | None:
            return cursor.execute(sql.encode(), binds).fetchone()

        yield ask


def _check(dsn: str) -> None:
    """Refuse what libpq would quote, perhaps with a piece of a password in it."""
    try:
        host = str(conninfo_to_dict(dsn).get("host") or "")
    except psycopg.Error:
        host = "@"
    if "@" in host:
        raise UsageError(
            "the --dsn is no address of a database",
            hint="Write postgresql://USER@HOST:PORT/DATABASE?passfile=FILE; "
            "in a password, @ is written %40 and / is written %2F",
        )


def _reason(error: psycopg.Error) -> str:
    return next(iter(str(error).strip().splitlines()), "it gives no reason")
