"""How the emulated CloudWatch judges a metric: what the tests of alarms rest on."""

from __future__ import annotations

from typing import Any

import pytest
from tests.aws.emulated.evaluation import ALARM, INSUFFICIENT, OK, state_of

NOW = 10_000.0
MINUTES = 600.0


def alarm(**more: Any) -> dict[str, Any]:
    return {
        "Period": MINUTES,
        "EvaluationPeriods": 1,
        "Statistic": "Maximum",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1.0,
        "TreatMissingData": "ignore",
        **more,
    }


TWICE = {"EvaluationPeriods": 2, "DatapointsToAlarm": 2}


@pytest.mark.parametrize(
    ("more", "values", "state"),
    [
        ({}, [(NOW, 1.0)], ALARM),
        ({}, [(NOW, 0.0)], OK),
        ({}, [(NOW - 1, 1.0), (NOW, 0.0)], ALARM),
        ({"Statistic": "Minimum"}, [(NOW - 1, 1.0), (NOW, 0.0)], OK),
        ({"Statistic": "Average"}, [(NOW - 1, 1.0), (NOW, 0.0)], OK),
        ({"Statistic": "Sum", "Threshold": 2.0}, [(NOW - 1, 1.0), (NOW, 1.0)], ALARM),
        # A period ends at now, and begins just after its length before.
        ({}, [(NOW - MINUTES, 1.0), (NOW, 0.0)], OK),
        ({}, [(NOW + 1, 1.0), (NOW, 0.0)], OK),
        # Twice: in both periods, not twice in one.
        (TWICE, [(NOW - MINUTES, 1.0), (NOW, 1.0)], ALARM),
        (TWICE, [(NOW - MINUTES, 0.0), (NOW - 1, 1.0), (NOW, 1.0)], OK),
        (
            {"EvaluationPeriods": 2, "DatapointsToAlarm": 1},
            [(NOW - MINUTES, 1.0), (NOW, 0.0)],
            ALARM,
        ),
        # Nothing at all, and nothing in one period.
        ({}, [], None),
        ({"TreatMissingData": "missing"}, [], INSUFFICIENT),
        ({"TreatMissingData": "breaching"}, [], ALARM),
        ({"TreatMissingData": "notBreaching"}, [], OK),
        (TWICE, [(NOW, 1.0)], None),
        (TWICE, [(NOW, 0.0)], OK),
        (TWICE | {"TreatMissingData": "breaching"}, [(NOW, 1.0)], ALARM),
        (TWICE | {"TreatMissingData": "breaching"}, [(NOW, 0.0)], OK),
        (TWICE | {"TreatMissingData": "notBreaching"}, [(NOW, 1.0)], OK),
    ],
)
def test_an_alarms_state(
    more: dict[str, Any], values: list[tuple[float, float]], state: str | None
) -> None:
    assert state_of(alarm(**more), values, NOW) == state
