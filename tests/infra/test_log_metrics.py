"""The metrics that are counted in the workers' log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.infra.template import of_type

from wms_connector.health.alarms import ALARMS
from wms_connector.health.log_patterns import FILTERS
from wms_connector.health.metrics import Space

if TYPE_CHECKING:
    from tests.infra.conftest import Synthesized


def test_the_logs_metrics_are_those_that_are_watched(each: Synthesized) -> None:
    made = {}
    for one in of_type(each.connector, "AWS::Logs::MetricFilter").values():
        (change,) = one["Properties"]["MetricTransformations"]
        group = each.connector["Resources"][one["Properties"]["LogGroupName"]["Ref"]]
        assert group["Properties"]["LogGroupName"] == each.inputs.names.log_group
        assert change["MetricNamespace"] == each.inputs.names.logs_namespace
        assert (change["MetricValue"], change["DefaultValue"]) == ("1", 0)
        assert "Dimensions" not in change
        made[change["MetricName"]] = one["Properties"]["FilterPattern"]
    assert made == {one.metric.name: one.pattern for one in FILTERS}
    assert set(made) == {spec.metric.name for spec in ALARMS if spec.metric.space is Space.LOGS}
