from __future__ import annotations

import pytest
from tests.unit.clock import Clock
from tests.unit.connect.fake_worker import FakeWorker, status

from wms_connector.connect.apply import SETTLE_SECONDS, apply, reconcile
from wms_connector.connect.errors import FailedError, NotFoundError, WaitError
from wms_connector.connect.reconcile import Plan, actual_of, plan
from wms_connector.connect.wait import Waiting, until_gone, until_running

CONFIG = {"connector.class": "C", "tasks.max": "1"}
CANARY = "c4nary-s3cret"
TRACE = f"""org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded
\tat org.apache.kafka.connect.runtime.Worker.run(Worker.java:1)
\t... 7 more
Caused by: java.sql.SQLException: ORA-01291: missing log file, password={CANARY}
\tat oracle.jdbc.X.y(X.java:2)
"""


def ours(name: str) -> bool:
    return name.startswith("wms")


def waiting(clock: Clock, **more: object) -> Waiting:
    return Waiting(clock=clock, sleep=clock.sleep, **more)


def go(worker: FakeWorker, desired: dict[str, dict[str, str]], clock: Clock | None = None):
    time = clock or Clock()
    return reconcile(worker.client(clock=time), desired, owned=ours, waiting=waiting(time))


def test_a_connector_is_created_and_waited_for() -> None:
    worker, clock = FakeWorker(), Clock()
    told: list[str] = []
    client = worker.client(clock=clock)
    outcome = reconcile(
        client, {"wms": CONFIG}, owned=ours, waiting=waiting(clock, progress=told.append)
    )
    assert outcome.running["wms"].is_running
    assert told == ["wms: create", "wms: RUNNING, task 0 RUNNING"]
    assert clock.now == 0
    assert go(worker, {"wms": CONFIG}).done.is_empty


def test_nothing_is_written_when_nothing_differs() -> None:
    worker = FakeWorker()
    worker.add("wms", CONFIG)
    go(worker, {"wms": CONFIG})
    assert {call.split()[0] for call in worker.calls} == {"GET"}


def test_an_update_waits_until_the_new_state_has_settled() -> None:
    worker, clock = FakeWorker(lag=3), Clock()
    worker.add("wms", {**CONFIG, "tasks.max": "2"}, tasks=("FAILED",))
    outcome = go(worker, {"wms": CONFIG}, clock)
    assert outcome.running["wms"].is_running
    assert clock.now >= SETTLE_SECONDS
    assert worker.configs["wms"]["tasks.max"] == "1"


def test_what_failed_is_restarted_and_its_former_state_is_no_failure() -> None:
    worker = FakeWorker(lag=4)
    worker.add("wms", CONFIG, tasks=("FAILED",))
    assert go(worker, {"wms": CONFIG}).running["wms"].is_running
    assert "POST /connectors/wms/restart" in worker.calls


def test_a_task_that_an_update_has_restarted_is_left_to_start() -> None:
    worker = FakeWorker(lag=4)
    worker.add("wms", {**CONFIG, "tasks.max": "2"}, tasks=("FAILED",))
    assert go(worker, {"wms": CONFIG}).running["wms"].is_running
    assert "POST /connectors/wms/restart" not in worker.calls


def test_a_task_that_an_update_leaves_failed_is_restarted() -> None:
    worker = FakeWorker(lag=30)
    worker.add("wms", {**CONFIG, "tasks.max": "2"}, tasks=("FAILED",))
    assert go(worker, {"wms": CONFIG}).running["wms"].is_running
    assert "POST /connectors/wms/restart" in worker.calls


def test_the_same_failure_as_before_counts_once_it_must_be_a_new_one() -> None:
    worker, clock = FakeWorker(lag=1_000_000), Clock()
    worker.add("wms", CONFIG, tasks=("FAILED",))
    with pytest.raises(FailedError):
        go(worker, {"wms": CONFIG}, clock)
    assert 10 < clock.now < 30  # Connect shows a former one while it waits 10 s for the task


def test_another_failure_than_before_counts_at_once() -> None:
    worker, clock = FakeWorker(), Clock()
    worker.add("wms", {**CONFIG, "tasks.max": "2"}, tasks=("FAILED",))
    worker.starts_as["wms"] = status("wms", "RUNNING", ("FAILED",), TRACE)
    with pytest.raises(FailedError):
        reconcile(worker.client(clock=clock), {"wms": CONFIG}, owned=ours, waiting=waiting(clock))
    assert clock.now < 10


def test_a_removal_comes_before_the_creation_that_takes_its_place() -> None:
    worker = FakeWorker()
    worker.add("wms-old", CONFIG)
    worker.add("else", CONFIG)
    go(worker, {"wms-new": CONFIG})
    writes = [call for call in worker.calls if not call.startswith("GET")]
    assert writes == ["DELETE /connectors/wms-old", "PUT /connectors/wms-new/config"]
    assert set(worker.configs) == {"wms-new", "else"}


@pytest.mark.parametrize("state", ["PAUSED", "STOPPED"])
def test_what_somebody_paused_is_updated_and_not_waited_for(state: str) -> None:
    worker = FakeWorker(lag=1000)
    worker.add("wms", {}, state=state, tasks=())
    outcome = go(worker, {"wms": CONFIG})
    assert outcome.running == {}
    assert worker.configs["wms"]["connector.class"] == "C"


def test_a_plan_that_was_applied_can_be_applied_again() -> None:
    worker = FakeWorker()
    worker.add("wms-old", CONFIG)
    client = worker.client()
    made = plan({"wms": CONFIG}, actual_of(client.expanded()), owned=ours)
    for _ in range(2):
        clock = Clock()
        assert apply(made, client, waiting=waiting(clock)).running["wms"].is_running


def test_applying_nothing_does_nothing() -> None:
    worker = FakeWorker()
    assert apply(Plan(), worker.client()).running == {}
    assert worker.calls == []


def test_a_failure_tells_the_causes_of_its_trace_redacted() -> None:
    worker = FakeWorker()
    worker.starts_as["wms"] = status("wms", "RUNNING", ("RUNNING", "FAILED"), TRACE)
    with pytest.raises(FailedError) as caught:
        go(worker, {"wms": CONFIG})
    assert caught.value.what == (
        "wms: task 1 is FAILED: ConnectException: Tolerance exceeded <- "
        "SQLException: ORA-01291: missing log file, password=********"
    )


def test_a_failure_of_the_connector_itself_and_without_a_trace() -> None:
    worker = FakeWorker()
    worker.starts_as["wms"] = status("wms", "FAILED", ())
    with pytest.raises(FailedError, match="wms: the connector is FAILED: it gives no reason"):
        go(worker, {"wms": CONFIG})


def test_what_does_not_run_in_time_is_told_with_what_is_missing() -> None:
    worker, clock = FakeWorker(), Clock()
    worker.add("wms", CONFIG)
    worker.add("wms-b", CONFIG, state="RUNNING", tasks=())
    worker.add("wms-c", CONFIG, state="PAUSED", tasks=("PAUSED",))
    client = worker.client(clock=clock)
    with pytest.raises(WaitError) as caught:
        until_running(client, ["wms", "wms-b", "wms-c"], waiting(clock, seconds=5))
    assert caught.value.what == (
        "not RUNNING after 5 s: wms-b is RUNNING, no task; wms-c is PAUSED, task 0 PAUSED"
    )
    assert 5 <= clock.now < 6


def test_waiting_for_a_connector_that_is_not_there_does_not_wait() -> None:
    clock = Clock()
    with pytest.raises(NotFoundError):
        until_running(FakeWorker().client(clock=clock), ["wms"], waiting(clock))
    assert clock.now == 0


def test_waiting_for_nobody_is_done() -> None:
    assert until_running(FakeWorker().client(), []) == {}


def test_a_connector_that_does_not_go_is_told() -> None:
    worker, clock = FakeWorker(), Clock()
    worker.add("wms", CONFIG)
    with pytest.raises(WaitError, match="wms is still there after 2 s"):
        until_gone(worker.client(clock=clock), "wms", waiting(clock, seconds=2))
    until_gone(worker.client(), "other")
