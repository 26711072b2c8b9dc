from __future__ import annotations

import pytest
from tests.unit.clock import Clock
from tests.unit.connect.fake_worker import FakeWorker, status

from wms_connector.connect.errors import FailedError, WaitError
from wms_connector.connect.models import ConnectorState
from wms_connector.connect.wait import Waiting, until_state


def waiting(clock: Clock) -> Waiting:
    return Waiting(seconds=5, clock=clock, sleep=clock.sleep)


def test_tasks_have_to_follow_their_connector() -> None:
    worker, clock = FakeWorker(), Clock()
    worker.add("c", {}, state="PAUSED", tasks=("RUNNING",))
    worker._coming["c"] = [status("c", "PAUSED", ("RUNNING",)), status("c", "PAUSED", ("PAUSED",))]
    found = until_state(worker.client(clock=clock), "c", ConnectorState.PAUSED, waiting(clock))
    assert found.tasks[0].state is ConnectorState.PAUSED
    assert clock.now > 0


def test_a_stopped_connector_has_no_task() -> None:
    worker, clock = FakeWorker(), Clock()
    worker.add("c", {}, state="STOPPED", tasks=())
    found = until_state(worker.client(clock=clock), "c", ConnectorState.STOPPED, waiting(clock))
    assert found.tasks == ()


def test_running_needs_a_task() -> None:
    worker, clock = FakeWorker(), Clock()
    worker.add("c", {}, state="RUNNING", tasks=())
    with pytest.raises(WaitError, match="no task"):
        until_state(worker.client(clock=clock), "c", ConnectorState.RUNNING, waiting(clock))


def test_the_deadline_tells_what_it_is_instead() -> None:
    worker, clock = FakeWorker(), Clock()
    worker.add("c", {})
    with pytest.raises(WaitError, match="not PAUSED after 5 s: c is RUNNING, task 0 RUNNING"):
        until_state(worker.client(clock=clock), "c", ConnectorState.PAUSED, waiting(clock))


def test_a_failed_task_is_told_and_not_waited_for() -> None:
    worker, clock = FakeWorker(), Clock()
    worker.add("c", {}, state="PAUSED", tasks=("FAILED",))
    wait = Waiting(seconds=60, clock=clock, sleep=clock.sleep)
    with pytest.raises(FailedError, match="task 0 is FAILED"):
        until_state(worker.client(clock=clock), "c", ConnectorState.PAUSED, wait)
    assert clock.now < 10
