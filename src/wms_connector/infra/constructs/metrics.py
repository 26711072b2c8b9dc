"""A stage's metrics as CloudWatch's constructs have them: namespace, name and dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch

from wms_connector.health.metrics import WORKERS_DIMENSION, Space

if TYPE_CHECKING:
    from aws_cdk import Duration

    from wms_connector.health.metrics import Metric
    from wms_connector.model.names import Names


def namespace(names: Names, space: Space) -> str:
    """Give a stage's namespace: it holds the stage, so no dimension does."""
    return {
        Space.HEALTH: names.health_namespace,
        Space.LOGS: names.logs_namespace,
        Space.WORKERS: names.workers_namespace,
    }[space]


def figure(
    names: Names,
    metric: Metric,
    *,
    statistic: str,
    period: Duration,
    label: str | None = None,
    about: str = "",
) -> cloudwatch.Metric:
    """Give a metric: the stage's own figure, or what it is of one connector, topic or worker.

    The stage's own has no dimension, but for what workers tell: their agent writes none without.
    """
    told = names.stage.name if metric.space is Space.WORKERS else about
    dimension = WORKERS_DIMENSION if metric.space is Space.WORKERS else metric.dimension
    return cloudwatch.Metric(
        namespace=namespace(names, metric.space),
        metric_name=metric.name,
        dimensions_map={dimension: told} if told else None,
        statistic=statistic,
        period=period,
        label=label,
    )
