"""What is counted in the workers' log: filter patterns in CloudWatch's own syntax.

A log event is one message with its whole stack trace (`infra.image.LOG_EVENT`), so an error counts
once, however often its trace repeats it. What CloudWatch says of its regular expressions, and what
shapes these: no parentheses; at most five such filters a log group; whether `.` takes the end of a
line is not said, so "anything" is written as all but one character, twice: `#` stands in the names
of threads, `;` in Oracle's messages, both in nothing that comes before what is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wms_connector.health import metrics as m

if TYPE_CHECKING:
    from wms_connector.health.metrics import Metric


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Each event that `pattern` matches adds 1 to `metric`."""

    metric: Metric
    pattern: str


_BAD: Final = r"^\S+\s[EFW][A-Z]+\s"
"""An event's beginning, if it is of level WARN, ERROR or FATAL."""
_ANYTHING: Final = ("[^#]*", "[^;]*")


def _any(*words: str) -> str:
    return "%" + "|".join(f"{_BAD}{rest}{word}" for word in words for rest in _ANYTHING) + "%"


FILTERS: Final = (
    LogFilter(m.ORACLE_ERRORS, _any(r"ORA-\d{5}")),
    LogFilter(
        m.UNKNOWN_TOPICS,
        # Brokers speak of a topic's name or, newer ones, of its id.
        _any("UNKNOWN_TOPIC_", "UnknownTopic", r"unknown\stopic"),
    ),
    LogFilter(m.CONNECT_EXCEPTIONS, _any(r"kafka\.connect\.errors\.\w+Exception")),
)
