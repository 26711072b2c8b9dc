"""What an operator asks at night: is it flowing, how far behind, since when, what was tried.

In that order from top left; below it the machine room, and at the end the logs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from wms_connector.health import metrics as m
from wms_connector.infra.constructs.function_settings import HEALTH
from wms_connector.infra.constructs.metrics import figure, namespace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_ecs as ecs

    from wms_connector.health.metrics import Metric
    from wms_connector.infra.constructs.functions import Functions
    from wms_connector.infra.constructs.logs import Logs
    from wms_connector.infra.inputs import StageInputs
    from wms_connector.model.settings import HealthSettings

_WIDTH: Final = 24
"""Columns that CloudWatch has."""
_THIRD, _HALF = _WIDTH // 3, _WIDTH // 2
_HIGH: Final = 6
_MINUTE: Final = Duration.minutes(1)
_STATES: Final = (
    m.CHECK_FAILED, m.SERVICE_UNHEALTHY, m.CONNECT_UNREACHABLE, m.DATABASE_UNREACHABLE,
    m.LOGIN_REFUSED, m.CONNECTOR_FAILED, m.TASK_FAILED, m.NO_PROGRESS, m.TOPIC_MISSING,
)  # fmt: skip
"""Flags that say what is wrong, one above the other."""


class Dashboard(Construct):
    """The stage's dashboard, under the stack's name.

    It hands the time over to CloudWatch's own controls; three hours are what it opens with.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        inputs: StageInputs,
        functions: Functions,
        logs: Logs,
        service: ecs.FargateService,
        alarms: Iterable[cloudwatch.IAlarm],
    ) -> None:
        super().__init__(scope, id_)
        self._inputs, self._names = inputs, inputs.names
        health = inputs.pipeline.health
        self._check = Duration.minutes(health.check_interval_minutes)
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=self._names.connector_stack,
            default_interval=Duration.hours(3),
            period_override=cloudwatch.PeriodOverride.INHERIT,
            widgets=[
                [self._flowing(), self._behind(health.lag_seconds), self._since(alarms)],
                [self._tried(health.restarts), self._ahead(health), self._wrong()],
                [self._workers(service), self._heap(), self._log_counts()],
                [self._verdicts(functions), self._errors(logs)],
            ],
        )

    def _flowing(self) -> cloudwatch.GraphWidget:
        pipeline = self._inputs.pipeline
        topics = [pipeline.data_topic(self._inputs.stage, table) for table in pipeline.captured]
        return self._graph(
            "Is it flowing? Records a second (left), age of each topic's newest (right)",
            [self._told(m.WORKER_RECORDS, "Sum")],
            label="records",
            right=self._each(m.EVENT_AGE, topics, "Minimum"),
        )

    def _behind(self, limit: int) -> cloudwatch.GraphWidget:
        return self._graph(
            "How far behind? From the last change delivered to now",
            self._each(m.BEHIND, self._connectors, "Maximum"),
            label="seconds",
            limits=(("lag-high", limit),),
        )

    def _since(self, alarms: Iterable[cloudwatch.IAlarm]) -> cloudwatch.AlarmStatusWidget:
        return cloudwatch.AlarmStatusWidget(
            title="Since when? Alarms, the newest change first",
            alarms=list(alarms),
            sort_by=cloudwatch.AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
            width=_THIRD,
            height=_HIGH,
        )

    def _tried(self, limit: int) -> cloudwatch.GraphWidget:
        return self._graph(
            "What was tried? Restarts by the check, and how many are left",
            [
                self._of(m.RESTART_ATTEMPTED, "Sum", "attempted"),
                self._of(m.RESTARTS_LEFT, "Minimum", "left"),
            ],
            label="restarts",
            limits=(("all", limit),),
        )

    def _ahead(self, health: HealthSettings) -> cloudwatch.GraphWidget:
        waiting = self._each(m.WAITING, self._connectors, "Maximum")
        return self._graph(
            "What is to come? Not read yet (left), hours of archived log (right)",
            [*waiting, self._told(m.WORKER_SNAPSHOT, "Maximum")],
            right=self._each(m.HEADROOM, self._connectors, "Minimum"),
            limits_right=(("headroom-low", health.archive_headroom_hours),),
        )

    def _wrong(self) -> cloudwatch.GraphWidget:
        return self._graph(
            "What is wrong? Findings of each check",
            [self._of(metric, "Maximum", metric.what) for metric in _STATES],
            label="findings",
            stacked=True,
        )

    def _workers(self, service: ecs.FargateService) -> cloudwatch.GraphWidget:
        return self._graph(
            "Workers: processor and memory of their tasks",
            [
                service.metric_cpu_utilization(period=_MINUTE, label="processor"),
                service.metric_memory_utilization(period=_MINUTE, label="memory"),
            ],
            label="%",
        )

    def _heap(self) -> cloudwatch.GraphWidget:
        return self._graph(
            "Workers: free heap after a collection, and what is left of the queue",
            [self._search(m.HEAP_FREE), self._search(m.QUEUE_FREE)],
            label="%",
            right=[
                self._told(m.WORKER_FAILED_TASKS, "Maximum"),
                self._told(m.WORKER_CONNECTED, "Minimum"),
            ],
        )

    def _log_counts(self) -> cloudwatch.GraphWidget:
        counted = (m.ORACLE_ERRORS, m.UNKNOWN_TOPICS, m.CONNECT_EXCEPTIONS)
        return self._graph(
            "Workers: errors in their log",
            [self._of(metric, "Sum", metric.what) for metric in counted],
            label="lines",
        )

    def _verdicts(self, functions: Functions) -> cloudwatch.LogQueryWidget:
        return cloudwatch.LogQueryWidget(
            title="What the checks said",
            log_group_names=[functions.of(HEALTH).log_group.log_group_name],
            query_lines=[
                "fields @timestamp, level, message",
                'filter ispresent(message) and level != "DEBUG"',
                "sort @timestamp desc",
                "limit 50",
            ],
            width=_HALF,
            height=_HIGH,
        )

    def _errors(self, logs: Logs) -> cloudwatch.LogQueryWidget:
        return cloudwatch.LogQueryWidget(
            title="What the workers complained of",
            log_group_names=[logs.workers.log_group_name],
            query_lines=[
                "fields @timestamp, @message",
                r"filter @message like /\b(ERROR|WARN|FATAL)\b/",
                "sort @timestamp desc",
                "limit 50",
            ],
            width=_HALF,
            height=_HIGH,
        )

    @property
    def _connectors(self) -> list[str]:
        found = self._inputs.pipeline.connector_names(self._inputs.stage).values()
        return list(dict.fromkeys(found))

    def _of(self, metric: Metric, statistic: str, label: str) -> cloudwatch.Metric:
        return figure(self._names, metric, statistic=statistic, period=self._check, label=label)

    def _told(self, metric: Metric, statistic: str) -> cloudwatch.Metric:
        """Give what the workers tell once a minute."""
        return figure(self._names, metric, statistic=statistic, period=_MINUTE, label=metric.what)

    def _each(
        self, metric: Metric, about: Iterable[str], statistic: str
    ) -> list[cloudwatch.IMetric]:
        return [
            figure(
                self._names,
                metric,
                statistic=statistic,
                period=self._check,
                label=one,
                about=one,
            )
            for one in about
        ]

    def _search(self, metric: Metric) -> cloudwatch.MathExpression:
        """Find what a metric is of each worker: their names change with every task."""
        place = f'{{"{namespace(self._names, metric.space)}","{metric.dimension}"}}'
        return cloudwatch.MathExpression(
            expression=f"SEARCH('{place} MetricName=\"{metric.name}\"', 'Minimum')",
            label=metric.what,
            period=self._check,
            using_metrics={},
        )

    def _graph(
        self,
        title: str,
        left: Iterable[cloudwatch.IMetric],
        *,
        label: str | None = None,
        limits: tuple[tuple[str, float], ...] = (),
        right: Iterable[cloudwatch.IMetric] = (),
        limits_right: tuple[tuple[str, float], ...] = (),
        stacked: bool = False,
    ) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(
            title=title,
            left=list(left),
            right=list(right),
            left_y_axis=cloudwatch.YAxisProps(min=0, label=label, show_units=False),
            right_y_axis=cloudwatch.YAxisProps(min=0, show_units=False),
            left_annotations=[_line(*limit) for limit in limits],
            right_annotations=[_line(*limit) for limit in limits_right],
            stacked=stacked,
            width=_THIRD,
            height=_HIGH,
        )


def _line(label: str, value: float) -> cloudwatch.HorizontalAnnotation:
    return cloudwatch.HorizontalAnnotation(label=label, value=value, color=cloudwatch.Color.RED)
