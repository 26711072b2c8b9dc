"""The stand-in as a DB-API 2 module: what is said to Oracle by python-oracledb, said to it.

Errors carry `args[0].full_code`, values come as from python-oracledb with NUMBER as Decimal. A
connection is a socket: when it goes, the database rolls back what was not committed.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from wms_connector.local.standin.binds import ordered, positions, reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Row = tuple[Any, ...]

apilevel: Final = "2.0"
threadsafety: Final = 1
paramstyle: Final = "named"

_CONNECT: Final = 10.0  # seconds
_CODE: Final = re.compile(r"\b(?:ORA|PLS|TNS)-\d{5}")
_ARRAY: Final = 100
_GONE: Final = "DPY-4011: the database or network closed the connection"


@dataclass(frozen=True, slots=True)
class Told:
    """What went wrong: `args[0]` of every error, in the shape of python-oracledb's."""

    message: str
    full_code: str

    def __str__(self) -> str:
        return self.message


class Error(Exception):
    """Anything that went wrong."""


class DatabaseError(Error):
    """The database refused."""


class OperationalError(DatabaseError):
    """The connection is lost, or there is none to be had."""


class InterfaceError(Error):
    """The connection or cursor is used in a way that it cannot be."""


def connect(
    host: str, port: int, user: str, password: str, *, service: str | None = None
) -> Connection:
    """Sign in at the stand-in's door; raises DatabaseError, OperationalError.

    The service decides the container: without one it is the one with the tables.
    """
    try:
        opened = socket.create_connection((host, port), timeout=_CONNECT)
    except OSError as error:
        raise _operational(
            f"DPY-6005: cannot connect to database: {error.strerror or error} ({host}:{port})"
        ) from None
    connection = Connection(opened)
    try:
        known = {"user": user, "password": password}
        connection.ask({"do": "login", **known, **({"service": service} if service else {})})
    except BaseException:
        connection.close()
        raise
    opened.settimeout(None)
    return connection


def answers(host: str, port: int) -> bool:
    """Tell whether there is a door that answers."""
    try:
        opened = socket.create_connection((host, port), timeout=1)
    except OSError:
        return False
    connection = Connection(opened)
    try:
        opened.settimeout(5)
        return bool(connection.ask({"do": "ready"}).get("ready"))
    except Error:
        return False
    finally:
        connection.close()


class Connection:
    """A session. Nothing is committed unless it is asked for, except by DDL, as in Oracle."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket: socket.socket | None = opened
        self._lines = opened.makefile("rb")

    @property
    def call_timeout(self) -> int:
        """Milliseconds that one answer may take; 0: for ever. Then the connection is lost."""
        seconds = self._socket.gettimeout() if self._socket is not None else None
        return round((seconds or 0) * 1000)

    @call_timeout.setter
    def call_timeout(self, milliseconds: int) -> None:
        if self._socket is not None:
            self._socket.settimeout(milliseconds / 1000 if milliseconds else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def cursor(self) -> Cursor:
        """Give a cursor."""
        return Cursor(self)

    def commit(self) -> None:
        """Commit."""
        self.ask({"do": "commit"})

    def rollback(self) -> None:
        """Roll back."""
        self.ask({"do": "rollback"})

    def close(self) -> None:
        """Leave: what was not committed is rolled back. Never raises."""
        opened, self._socket = self._socket, None
        if opened is not None:
            with contextlib.suppress(OSError):
                self._lines.close()
            with contextlib.suppress(OSError):
                opened.close()

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send one request and wait for its answer; raises what the database answers."""
        if self._socket is None:
            raise InterfaceError(Told("DPY-1001: not connected to database", "DPY-1001"))
        try:
            self._socket.sendall(json.dumps(request).encode() + b"\n")
            line = self._lines.readline()
        except TimeoutError:
            self.close()
            raise _operational("DPY-4024: call timeout exceeded") from None
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            self.close()
            raise _operational(_GONE)
        answer: dict[str, Any] = json.loads(line)
        if (text := answer.get("error")) is None:
            return answer
        if answer.get("lost"):
            self.close()
            raise _operational(text)
        raise DatabaseError(_told(text))


class Cursor:
    """Runs statements and gives their rows, some at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Row] = []
        self._more: int | None = None
        self._readers: list[Callable[[str], Any]] = []
        self.arraysize = _ARRAY
        self.prefetchrows = 2
        self.rowcount = -1
        self.description: list[Row] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Row]:
        while rows := self.fetchmany():
            yield from rows

    def execute(self, sql: str, binds: Mapping[str, Any] | Sequence[Any] = ()) -> Cursor:
        """Run a statement with its binds, by name or in their order."""
        return self._run(sql, [binds] if binds else [])

    def executemany(self, sql: str, rows: Iterable[Mapping[str, Any] | Sequence[Any]]) -> None:
        """Run a statement once for each set of binds, all in one go."""
        given = list(rows)
        if given:
            self._run(sql, given)

    def fetchone(self) -> Row | None:
        """Give the next row."""
        return next(iter(self.fetchmany(1)), None)

    def fetchmany(self, size: int | None = None) -> list[Row]:
        """Give the next rows, `arraysize` of them unless told otherwise."""
        wanted = size or self.arraysize
        while len(self._rows) < wanted and self._more is not None:
            request = {"do": "fetch", "cursor": self._more, "fetch": max(wanted, self.arraysize)}
            answer = self._connection.ask(request)
            self._more = self._more if answer["more"] else None
            self._take(answer["rows"])
        found, self._rows = self._rows[:wanted], self._rows[wanted:]
        return found

    def fetchall(self) -> list[Row]:
        """Give all rows that are left."""
        found: list[Row] = []
        while rows := self.fetchmany(max(self.arraysize, 1_000)):
            found += rows
        return found

    def close(self) -> None:
        """Let go of rows that were not read."""
        self._rows = []
        if self._more is not None:
            more, self._more = self._more, None
            self._connection.ask({"do": "close", "cursor": more})

    def setinputsizes(self, *_: Any, **__: Any) -> None:
        """Do nothing: part of the interface."""

    def setoutputsize(self, *_: Any) -> None:
        """Do nothing: part of the interface."""

    def _run(self, sql: str, rows: list[Any]) -> Cursor:
        self.close()
        self.rowcount, self.description = -1, None
        text, names = positions(sql)
        try:
            # Without a bind the statement goes as it is: a colon may be anything in DDL.
            sent = [ordered(names, row) for row in rows] if names else []
        except (KeyError, TypeError) as error:
            raise DatabaseError(
                _told(f"ORA-01008: not all variables bound ({error.args[0]})")
            ) from None
        answer = self._connection.ask(
            {
                "do": "execute",
                "sql": text if sent else sql,
                "rows": sent,
                "fetch": max(self.arraysize, self.prefetchrows, 1),
            }
        )
        if (columns := answer.get("columns")) is None:
            self.rowcount = answer["rowcount"]
            return self
        self.description = [
            (c["name"], c["type"], None, None, c["precision"], c["scale"], None) for c in columns
        ]
        self._readers = [reader(column["type"]) for column in columns]
        self._more = answer.get("cursor")
        self.rowcount = 0
        self._take(answer["rows"])
        return self

    def _take(self, rows: list[list[str | None]]) -> None:
        readers = self._readers
        self._rows += [
            tuple(
                None if text is None else read(text)
                for read, text in zip(readers, row, strict=True)
            )
            for row in rows
        ]
        self.rowcount += len(rows)


def _told(text: str) -> Told:
    found = _CODE.search(text)
    return Told(text, found.group(0) if found else text.partition(":")[0])


def _operational(text: str) -> OperationalError:
    return OperationalError(_told(text))
