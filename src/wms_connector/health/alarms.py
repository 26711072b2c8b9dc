"""THE list of alarms: for each kind with a metric one, and what keeps it quiet.

A kind that others explain has two: one that watches its metric and tells nobody, and a composite of
it that mails, unless one of the explaining alarms rings: so one cause sends one mail. The metric is
1 whether it is explained or not. A flag has no value where its question could not be asked, and the
alarm keeps its state then; only the alarm that watches the check takes silence for a failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wms_connector.health import metrics as m
from wms_connector.health.findings import BY_ALARM, KINDS, Kind, explainers
from wms_connector.health.metrics import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from wms_connector.health.metrics import Metric

QUIET_SECONDS: Final = 120
"""How long a composite waits for an alarm that explains it, and holds still when that one ends.

Alarms on the figures of one check are evaluated within a minute of each other, in any order.
"""


class Missing(StrEnum):
    """CloudWatch's word for what a period without data means."""

    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"
    IGNORE = "ignore"


class Statistic(StrEnum):
    """CloudWatch's word for what is made of a period's data."""

    MAXIMUM = "Maximum"
    SUM = "Sum"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm: it rings at `statistic` >= `threshold` in `datapoints` of `periods` periods.

    `minutes` is a period's length; None is the interval of the check. `kind` is None for an alarm
    that tells nobody. `mails`: its state is mailed, both ways. `checks`: it starts a check at once.
    """

    name: str
    metric: Metric
    kind: Kind | None
    periods: int = 1
    datapoints: int = 1
    minutes: int | None = None
    threshold: float = 1.0
    missing: Missing = Missing.IGNORE
    statistic: Statistic = Statistic.MAXIMUM
    mails: bool = True
    checks: bool = False


@dataclass(frozen=True, slots=True)
class Composite:
    """An alarm that mails when `of` rings and none of `quiet` does; all are names of alarms."""

    name: str
    kind: Kind
    of: str
    quiet: tuple[str, ...]

    def rule(self, name_of: Callable[[str], str]) -> str:
        """CloudWatch's rule; `name_of` gives an alarm's whole name (`Names.alarm`)."""
        others = " OR ".join(f'ALARM("{name_of(quiet)}")' for quiet in self.quiet)
        return f'ALARM("{name_of(self.of)}") AND NOT ({others})'


_TWICE: Final = frozenset({"check-failed", "task-failed", "connector-failed"})
"""Kinds that have to be there in two checks in a row.

A FAILED task is restarted by the check that sees it: what that heals wakes nobody. A check may come
so late that it falls into the next period, and a period without any is no silence yet.
"""


def _alarm(kind: Kind, metric: Metric) -> Alarm:
    name = f"{kind.alarm}Seen" if explained(kind) else kind.alarm
    mails = not explained(kind)
    if metric.space is Space.LOGS:
        # In two intervals in a row: by then the check has told the cause, or it has passed.
        return Alarm(
            name, metric, kind, periods=2, datapoints=2, missing=Missing.NOT_BREACHING,
            statistic=Statistic.SUM, mails=mails,
        )  # fmt: skip
    # What one of those explains must not ring before its explanation can.
    often = 2 if _TWICE & {kind.id, *(other.id for other in explainers(kind))} else 1
    silent = Missing.BREACHING if kind.id == "check-failed" else Missing.IGNORE
    return Alarm(name, metric, kind, periods=often, datapoints=often, missing=silent, mails=mails)


def explained(kind: Kind) -> tuple[str, ...]:
    """Names of the alarms whose ringing explains a kind's, causes first."""
    return tuple(_watches(other) for other in explainers(kind) if other.metric is not None)


def is_over(name: str, found: Collection[str]) -> bool:
    """Tell whether an alarm that has ended means that what it rang for is over.

    `name` is an alarm's, `found` are ids of what the last check has found. A composite also ends
    when an alarm begins that explains it: then nothing is well.
    """
    kind = BY_ALARM.get(name)
    return kind is None or not any(one.id in found for one in (kind, *explainers(kind)))


def _watches(kind: Kind) -> str:
    """Name of the alarm that watches a kind's metric."""
    has_explainers = any(other.metric is not None for other in explainers(kind))
    return f"{kind.alarm}Seen" if has_explainers else kind.alarm


ALARMS: Final = tuple(_alarm(kind, kind.metric) for kind in KINDS if kind.metric is not None)
"""One on each metric that a kind has."""

COMPOSITES: Final = tuple(
    Composite(kind.alarm, kind, f"{kind.alarm}Seen", explained(kind))
    for kind in KINDS
    if kind.metric is not None and explained(kind)
)
"""One for each kind that others explain."""

TASK_FAILED_NOW: Final = Alarm(
    "TaskFailedNow", m.WORKER_FAILED_TASKS, None, minutes=1, missing=Missing.NOT_BREACHING,
    mails=False, checks=True,
)  # fmt: skip
"""Sees a FAILED task within a minute and starts the check: repair does not wait for its turn."""
