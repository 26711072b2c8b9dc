"""A DB-API connection that answers from a list, and remembers what it was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class RefusedError(Exception):
    """What python-oracledb raises: an error object with a full code as its first argument."""

    def __init__(self, full_code: str, text: str = "refused") -> None:
        super().__init__(_Told(full_code, text))


@dataclass
class _Told:
    full_code: str
    message: str

    def __str__(self) -> str:
        return f"{self.full_code}: {self.message}\nHelp: https://docs.example/{self.full_code}"


@dataclass
class Answer:
    """Rows under column names, an error, or a number of rows touched."""

    columns: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    error: Exception | None = None
    count: int = -1


class FakeConnection:
    """Answers a statement with the first entry whose pattern is found in it."""

    def __init__(self, answers: Iterable[tuple[str, Answer]] = ()) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.did: list[str] = []
        self.call_timeout = 0
        self.error: Exception | None = None

    def answer(self, sql: str) -> Answer:
        flat = " ".join(sql.split())
        for pattern, answer in self.answers:
            if re.search(pattern, flat, re.IGNORECASE):
                return answer
        return Answer(error=RefusedError("ORA-00942", "table or view does not exist"))

    def cursor(self) -> FakeCursor:
        return FakeCursor(self)

    def _do(self, what: str) -> None:
        self.did.append(what)
        if self.error:
            raise self.error

    def commit(self) -> None:
        self._do("commit")

    def rollback(self) -> None:
        self._do("rollback")

    def close(self) -> None:
        self._do("close")


class FakeCursor:
    def __init__(self, connection: FakeConnection) -> None:
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self.description: list[tuple[Any, ...]] | None = None
        self.rowcount = -1
        self.arraysize = 100
        self.prefetchrows = 2

    def execute(self, sql: str, binds: dict[str, Any]) -> None:
        self._connection.asked.append((sql, binds))
        answer = self._connection.answer(sql)
        if answer.error:
            raise answer.error
        self.description = [(name,) for name in answer.columns] or None
        self._rows = list(answer.rows)
        self.rowcount = answer.count

    def executemany(self, sql: str, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            self.execute(sql, row)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.fetchmany(len(self._rows))

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def close(self) -> None:
        self._connection.did.append("close cursor")
