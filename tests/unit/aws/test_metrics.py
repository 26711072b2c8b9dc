from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.aws.fakes import Calls, aws_of, client_error

from wms_connector.aws.errors import DeniedError
from wms_connector.aws.metrics import BATCH, metric_data, put_metrics
from wms_connector.health import metrics as m
from wms_connector.health.metrics import Measurement

AT = 1_700_000_000.0


def test_a_value_about_something_has_its_dimension_and_the_stage_s_own_has_none() -> None:
    own, one, flag = metric_data(
        [
            Measurement(m.BEHIND, 12.5),
            Measurement(m.BEHIND, 12.5, "wms-oracle-cdc"),
            Measurement(m.TASK_FAILED, 1),
        ],
        AT,
    )
    assert own == {
        "MetricName": "SecondsBehindSource",
        "Dimensions": [],
        "Timestamp": datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        "Value": 12.5,
        "Unit": "Seconds",
    }
    assert one["Dimensions"] == [{"Name": "Connector", "Value": "wms-oracle-cdc"}]
    assert (flag["MetricName"], flag["Value"], flag["Unit"]) == (
        "ConnectorTaskFailed",
        1.0,
        "Count",
    )


def test_what_is_no_number_does_not_take_the_others_with_it() -> None:
    data = metric_data([Measurement(m.BEHIND, math.nan), Measurement(m.WAITING, 3)], AT)
    assert [one["MetricName"] for one in data] == ["SourceWaiting"]


def test_many_values_go_in_as_few_calls_as_it_takes() -> None:
    sent: list[tuple[str, int]] = []

    def put(Namespace: str, MetricData: list[Any]) -> None:  # noqa: N803
        sent.append((Namespace, len(MetricData)))

    aws = aws_of(cloudwatch=Calls(put_metric_data=put))
    values = [Measurement(m.EVENT_AGE, 1.0, f"t{number}") for number in range(2 * BATCH + 1)]
    assert put_metrics(aws, "x/Health", values, AT) == 2 * BATCH + 1
    assert sent == [("x/Health", BATCH), ("x/Health", BATCH), ("x/Health", 1)]
    assert put_metrics(aws, "x/Health", [], AT) == 0


def test_a_refusal_names_the_namespace() -> None:
    aws = aws_of(cloudwatch=Calls(put_metric_data=client_error("AccessDenied")))
    with pytest.raises(DeniedError, match="write metrics of x/Health"):
        put_metrics(aws, "x/Health", [Measurement(m.TASK_FAILED, 0)], AT)
