"""A stage whose alarms are rung: what its check would measure, at the times that a test likes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from wms_connector.aws.metrics import metric_data
from wms_connector.health.findings import KINDS, explainers
from wms_connector.health.metrics import Measurement, Space

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.aws.site import Site

    from wms_connector.health.findings import Kind

MEASURED: Final = tuple(kind for kind in KINDS if kind.metric is not None)
"""Kinds that an alarm watches."""
_DAY: Final = 86_400.0


def together() -> list[list[Kind]]:
    """All kinds, in groups of which none explains another: their alarms may ring together."""
    groups: list[list[Kind]] = []
    for kind in MEASURED:
        explain = set(explainers(kind))
        fitting = [group for group in groups if not explain & set(group)]
        if fitting:
            fitting[0].append(kind)
        else:
            groups.append([kind])
    return groups


class Watched:
    """The metrics of a stage, written as its functions write them.

    A day later than the real ones, each look one interval after the one before.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._cloudwatch = site.ground.emulator.client("cloudwatch")
        self._interval = 60.0 * site.pipeline.health.check_interval_minutes
        self._now = time.time() + _DAY
        logs = site.ground.emulator.client("logs")
        filters = logs.describe_metric_filters(logGroupName=site.names.log_group)["metricFilters"]
        self._of_log = {
            made["metricName"]: made["metricNamespace"]
            for one in filters
            for made in one["metricTransformations"]
        }

    def look(self, found: Collection[Kind] = (), *, without: Collection[Kind] = ()) -> None:
        """Write a check's flags, 1 for what is found; of the log's too, as the filters name them.

        `without`: what has no value this time.
        """
        self._now += self._interval
        health = []
        for kind in MEASURED:
            if kind.metric is None or kind in without:
                continue
            value = float(kind in found)
            if kind.metric.space is Space.LOGS:
                self._put(
                    self._of_log[kind.metric.name],
                    [{"MetricName": kind.metric.name, "Timestamp": self._now, "Value": value}],
                )
            else:
                health.append(Measurement(kind.metric, value))
        self._put(self._site.names.health_namespace, metric_data(health, self._now))

    def put(self, namespace: str, name: str, value: float, **dimensions: str) -> None:
        """Write one value now."""
        told = [{"Name": key, "Value": text} for key, text in dimensions.items()]
        self._put(namespace, [{"MetricName": name, "Dimensions": told, "Value": value}])

    def ringing(self) -> set[str]:
        """Give what the stage's alarms that ring are called, without what all begin with."""
        prefix = self._site.names.alarm("*").removesuffix("*")
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNamePrefix=prefix,
            StateValue="ALARM",
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        )
        return {
            alarm["AlarmName"].removeprefix(prefix)
            for page in pages
            for alarm in (*page["MetricAlarms"], *page["CompositeAlarms"])
        }

    def values(self, name: str) -> list[float]:
        """Give what was measured under a name, without a dimension, within the last hour."""
        now = time.time()
        found = self._cloudwatch.get_metric_statistics(
            Namespace=self._site.names.health_namespace,
            MetricName=name,
            StartTime=now - 3_600,
            EndTime=now + 60,
            Period=60,
            Statistics=["Maximum"],
        )
        points = sorted(found["Datapoints"], key=lambda point: point["Timestamp"])
        return [point["Maximum"] for point in points]

    def _put(self, namespace: str, data: list[dict[str, Any]]) -> None:
        self._cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
