"""What was seen of the database: rows under the name of the question, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from wms_connector.oracle.catalogue import explain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.oracle.database import Row


_DENIED: Final = frozenset({"ORA-00942", "ORA-01031", "ORA-41900"})
"""What Oracle answers to who may not: the third is the second's longer form, since 23ai."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A question that was not answered: Oracle's own words, in one line; `code` as ORA-00942."""

    reason: str
    code: str | None = None

    @property
    def is_denied(self) -> bool:
        """Whether it is a definite no, rather than a failure to look."""
        return self.code in _DENIED

    @property
    def mend(self) -> str | None:
        """What the error catalogue says to do; None for a no, or where there is no code."""
        if self.code is None or self.is_denied:
            return None
        entry = explain(self.code)[0]
        return f"{entry.meaning}. {entry.step}"


class UnseenError(Exception):
    """A fact that a check needs was not seen. Never leaves this package."""

    def __init__(self, unseen: Unseen) -> None:
        self.reason = unseen.reason
        self.mend = unseen.mend
        super().__init__(unseen.reason)


@dataclass(frozen=True)
class Facts:
    """Every answer, by question. A question that was never asked counts as unseen."""

    answers: Mapping[str, tuple[Row, ...] | Unseen]

    def answer(self, question: str) -> tuple[Row, ...] | Unseen:
        """The rows, or why there are none."""
        return self.answers.get(question, Unseen("it was not asked for"))

    def rows(self, question: str) -> tuple[Row, ...]:
        """All rows; raises UnseenError."""
        found = self.answer(question)
        if isinstance(found, Unseen):
            raise UnseenError(found)
        return found

    def row(self, question: str) -> Row:
        """The only row of a question that has always one; raises UnseenError also without it."""
        rows = self.rows(question)
        if not rows:
            raise UnseenError(Unseen("the database gives no row"))
        return rows[0]


def number(row: Row, column: str) -> int:
    """A whole number; raises UnseenError where it is NULL."""
    value = known(row, column)
    return int(value)


def text(row: Row, column: str) -> str:
    """A text without the blanks that CHAR brings along; raises UnseenError where it is NULL."""
    return str(known(row, column)).strip()


def moment(row: Row, column: str) -> datetime:
    """A DATE or TIMESTAMP, in the database's own clock; raises UnseenError where it is NULL."""
    value = known(row, column)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    raise UnseenError(Unseen(f"{column} is no time"))


def known(row: Row, column: str) -> Any:
    """A value that is not NULL; raises UnseenError where it is."""
    value = row.get(column)
    if value is None:
        raise UnseenError(Unseen(f"{column} is empty"))
    return value
