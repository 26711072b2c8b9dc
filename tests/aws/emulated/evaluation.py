"""What state CloudWatch gives an alarm by its metric's values. Pure, and nothing of the emulator.

After CloudWatch's guide, "Using Amazon CloudWatch alarms" and "Configuring how CloudWatch alarms
treat missing data".
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ALARM: Final = "ALARM"
OK: Final = "OK"
INSUFFICIENT: Final = "INSUFFICIENT_DATA"

_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_MADE_OF: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    "Maximum": max,
    "Minimum": min,
    "Sum": sum,
    "SampleCount": len,
    "Average": lambda values: sum(values) / len(values),
}


def state_of(
    alarm: Mapping[str, Any], values: Sequence[tuple[float, float]], now: float
) -> str | None:
    """Give the state at `now`; None if it stays as it is.

    `alarm` has PutMetricAlarm's fields; `values` are (seconds since 1970, value) of exactly its
    metric. Periods end at `now`.
    """
    periods = int(alarm["EvaluationPeriods"])
    wanted = int(alarm.get("DatapointsToAlarm") or periods)
    breaching, missing = _counted(alarm, values, now, periods)
    unknown = missing
    if alarm["TreatMissingData"] == "breaching":
        breaching, unknown = breaching + missing, 0
    elif alarm["TreatMissingData"] == "notBreaching":
        unknown = 0
    if breaching >= wanted:
        return ALARM
    if breaching + unknown < wanted:
        return OK
    if alarm["TreatMissingData"] == "missing" and missing == periods:
        return INSUFFICIENT
    return None


def _counted(
    alarm: Mapping[str, Any], values: Sequence[tuple[float, float]], now: float, periods: int
) -> tuple[int, int]:
    """How many periods breach the threshold, and how many have no value."""
    length, breaching, missing = float(alarm["Period"]), 0, 0
    for number in range(periods):
        end = now - number * length
        inside = [value for at, value in values if end - length < at <= end]
        if not inside:
            missing += 1
        elif _COMPARED[alarm["ComparisonOperator"]](
            _MADE_OF[alarm["Statistic"]](inside), float(alarm["Threshold"])
        ):
            breaching += 1
    return breaching, missing
