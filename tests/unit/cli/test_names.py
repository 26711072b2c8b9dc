"""What `names` lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.health.metrics import Space
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Result


def test_where_logs_and_all_metrics_are(wms: Callable[..., Result]) -> None:
    found = wms("names", "--stage", "main", "--json").json
    names = Names(Stage.parse("main"), "wms")
    assert {found["log_group"], found["metrics_log_group"]} == {
        names.log_group,
        names.metrics_log_group,
    }
    spaces = {f"{names.connector_stack}/{space.value}" for space in Space}
    assert set(found["metric_namespaces"]) == spaces
