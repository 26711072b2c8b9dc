"""What is counted in the workers' log: filter patterns in CloudWatch's own syntax.

A log event is one message with its whole stack trace (`infra.image.LOG_EVENT`), so an error counts
once, however often its trace repeats it. What CloudWatch says of its regular expressions, and what
shapes these: no parentheses; at most five such filters a log group; whether `.` takes the end of a
line is not said, so `[^#]` stands for any character: neither messages nor traces hold a `#` before
what is looked for.
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


_BAD: Final = r"^\S+\s[EFW][A-Z]+\s[^#]*"
"""An event's beginning, if it is of level WARN, ERROR or FATAL; and whatever follows."""


def _any(*words: str) -> str:
    return "%" + "|".join(f"{_BAD}{word}" for word in words) + "%"


FILTERS: Final = (
    LogFilter(m.ORACLE_ERRORS, _any(r"ORA-\d{5}")),
    LogFilter(
        m.UNKNOWN_TOPICS,
        _any("UNKNOWN_TOPIC_OR_PARTITION", "UnknownTopicOrPartition", r"unknown\stopic\sor\spart"),
    ),
    LogFilter(m.CONNECT_EXCEPTIONS, _any(r"kafka\.connect\.errors\.\w+Exception")),
)
