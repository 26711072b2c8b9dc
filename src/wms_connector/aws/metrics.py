"""Measurements to CloudWatch, in as few calls as it takes."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.aws.session import Aws
    from wms_connector.health.metrics import Measurement

BATCH: Final = 1_000
"""Values of one PutMetricData: its limit. It takes 1 MB, and a value has some 250 bytes."""


def put_metrics(aws: Aws, namespace: str, measured: Iterable[Measurement], at: float) -> int:
    """Write measurements of one moment, seconds since 1970; gives how many. Raises AwsError."""
    data = metric_data(measured, at)
    for start in range(0, len(data), BATCH):
        with aws.doing(f"write metrics of {namespace}"):
            aws.client("cloudwatch").put_metric_data(
                Namespace=namespace, MetricData=data[start : start + BATCH]
            )
    return len(data)


def metric_data(measured: Iterable[Measurement], at: float) -> list[dict[str, Any]]:
    """Give measurements as CloudWatch takes them: one `about` something has a dimension for it.

    What is no finite number is left out: CloudWatch refuses it, and with it the whole call.
    """
    when = datetime.fromtimestamp(at, UTC)
    return [
        {
            "MetricName": one.metric.name,
            "Dimensions": [{"Name": one.metric.dimension, "Value": one.about}]
            if one.about and one.metric.dimension
            else [],
            "Timestamp": when,
            "Value": float(one.value),
            "Unit": one.metric.unit.value,
        }
        for one in measured
        if math.isfinite(one.value)
    ]
