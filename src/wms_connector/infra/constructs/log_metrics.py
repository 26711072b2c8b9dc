"""Lines of the workers' log that are counted, as `health.log_patterns` has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_logs as logs
from constructs import Construct

from wms_connector.health.log_patterns import FILTERS
from wms_connector.infra.constructs.metrics import namespace

if TYPE_CHECKING:
    from wms_connector.infra.inputs import StageInputs


class LogMetrics(Construct):
    """One metric for each filter: 1 for each event that matches, 0 for each one that does not.

    So an idle worker has no value at all, and one that writes nothing wrong has 0.
    """

    def __init__(
        self, scope: Construct, id_: str, *, inputs: StageInputs, log_group: logs.LogGroup
    ) -> None:
        super().__init__(scope, id_)
        for one in FILTERS:
            logs.MetricFilter(
                self,
                one.metric.name,
                log_group=log_group,
                filter_pattern=logs.FilterPattern.literal(one.pattern),
                metric_namespace=namespace(inputs.names, one.metric.space),
                metric_name=one.metric.name,
                metric_value="1",
                default_value=0,
            )
