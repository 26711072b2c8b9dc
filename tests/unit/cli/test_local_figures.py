"""`local status`: what a worker's Java tells, as a line."""

from __future__ import annotations

import pytest

from wms_connector.cli.local import _figures
from wms_connector.health.figures import Figures


@pytest.mark.parametrize(("tasks", "told"), [(0, "0 tasks"), (1, "1 task"), (2, "2 tasks")])
def test_tasks_are_counted_as_people_count(tasks: int, told: str) -> None:
    line = _figures(Figures(name="worker-1", tasks=tasks, failed_tasks=0, snapshot_tables_left=1))
    assert line.endswith(f"snapshot: 1 table left; {told}, 0 failed")
