"""Health defects of systems that did this job before: each of them is a case here.

1 an unknown restart parameter, ignored and reported as success
2 a budget that an unreachable interface, a deployment or a paused connector is charged to
3 a window that tumbles, so that six restarts fit across its edge
4 restarts without a back-off, and writes without a condition
5 task 0 alone is restarted, every minute, without a budget
6 alarms on metrics that nobody emits
7 an empty list of tasks that counts as healthy
8 no alarm when the check itself dies
9 rules that match fields which events do not have
10 "task stopped" at every deployment
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.unit.clock import Clock
from tests.unit.health.looks import (
    AT,
    NAME,
    POLICY,
    TICK,
    Store,
    again,
    connector,
    failed,
    ids,
    judged,
    look,
    task,
)
from tests.unit.infra.eventbridge import matches

from wms_connector.connect.client import ConnectClient
from wms_connector.connect.errors import RebalanceError, UnreachableError
from wms_connector.health.act import act
from wms_connector.health.alarms import ALARMS, TASK_FAILED_NOW, Missing
from wms_connector.health.findings import BY_ID
from wms_connector.health.measure import JUDGED
from wms_connector.health.observation import Reach, Service
from wms_connector.health.policy import Policy
from wms_connector.health.verdict import Verdict
from wms_connector.infra.constructs.event_patterns import (
    service_trouble,
    worker_stopped,
    worker_unhealthy,
)
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage

TO_RESTART = Verdict(at=AT, restart=(NAME,))


def test_1_a_worker_that_ignores_the_parameters_is_no_success() -> None:
    """Workers before 3.0 restart the connector alone, and answer as if all was well."""

    def old(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/":
            return httpx.Response(200, json={"version": "2.8.1", "commit": "x"})
        return httpx.Response(204)

    clock = Clock()
    client = ConnectClient(
        ["http://c:8083"], transport=httpx.MockTransport(old), clock=clock, sleep=clock.sleep
    )
    store = Store()
    acted = act(
        TO_RESTART,
        store=store,
        restart=lambda name: client.restart(name, include_tasks=True, only_failed=True),
        policy=POLICY,
        now=lambda: AT,
    )
    assert acted.attempted == ()
    assert "ignores which tasks" in acted.not_made[NAME]
    assert store.log.attempts == ()


@pytest.mark.parametrize(
    "seen",
    [
        look(connect=Reach(ok=False, reason="x"), connectors=None),
        look(failed(), service=Service(desired=1, running=1, rolling=True)),
        look(failed(), connect=Reach(ok=False, reason="x")),
        look(connector(state="PAUSED")),
        look(connector(state="STOPPED", tasks=())),
        look(failed(state="PAUSED")),
    ],
    ids=["unreachable", "deployment", "lost between", "paused", "stopped", "paused, task FAILED"],
)
def test_2_what_is_charged_to_no_budget(seen: object) -> None:
    store, called = Store(), list[str]()
    verdict = judged(seen)  # type: ignore[arg-type]
    act(verdict, store=store, restart=called.append, policy=POLICY, now=lambda: AT)
    assert store.log.attempts == ()
    assert called == []


@pytest.mark.parametrize("error", [RebalanceError("409"), UnreachableError("gone")])
def test_2_an_attempt_that_was_not_made_is_given_back(error: Exception) -> None:
    store = Store()

    def restart(name: str) -> None:
        raise error

    acted = act(TO_RESTART, store=store, restart=restart, policy=POLICY, now=lambda: AT)
    assert acted.not_made == {NAME: str(error)}
    assert acted.budget.left == 3
    assert store.log.attempts == ()


def test_3_the_window_rolls() -> None:
    """Three attempts at the end of one hour leave none at the beginning of the next."""
    store, made = Store(), list[float]()
    hour = AT - AT % 3_600
    for minute in range(30, 150):
        now = hour + 60.0 * minute
        act(TO_RESTART, store=store, restart=lambda name, now=now: made.append(now),
            policy=POLICY, now=lambda now=now: now)  # fmt: skip
    for first in made:
        assert len([at for at in made if first <= at < first + 3_600]) <= 3
    assert len(made) == 6


def test_4_after_each_attempt_there_is_a_longer_wait() -> None:
    store, made = Store(), list[float]()
    for second in range(3_600):
        now = AT + second
        act(TO_RESTART, store=store, restart=lambda name, now=now: made.append(now - AT),
            policy=POLICY, now=lambda now=now: now)  # fmt: skip
    assert made == [0, 120, 480]


def test_4_two_checks_at_once_spend_one_attempt() -> None:
    store, made = Store(), list[str]()

    def other() -> None:
        act(TO_RESTART, store=store, restart=made.append, policy=POLICY, now=lambda: AT)

    store.between.append(other)
    acted = act(TO_RESTART, store=store, restart=made.append, policy=POLICY, now=lambda: AT)
    assert made == [NAME]
    assert acted.attempted == ()
    assert len(store.log.attempts) == 1


def test_5_the_connector_and_all_its_failed_tasks_are_restarted_at_once() -> None:
    asked: list[httpx.URL] = []

    def worker(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            asked.append(request.url)
            status = {
                "name": NAME, "connector": {"state": "RUNNING", "worker_id": "w"},
                "tasks": [{"id": 3, "state": "RESTARTING", "worker_id": "w"}],
            }  # fmt: skip
            return httpx.Response(202, json=status)
        return httpx.Response(200, json={"version": "4.3.1", "commit": "x"})

    clock = Clock()
    client = ConnectClient(
        ["http://c:8083"], transport=httpx.MockTransport(worker), clock=clock, sleep=clock.sleep
    )
    verdict = judged(look(connector(tasks=(task(), task("FAILED", "x", 3)))))
    acted = act(
        verdict,
        store=Store(),
        restart=lambda name: client.restart(name, include_tasks=True, only_failed=True),
        policy=POLICY,
        now=lambda: AT,
    )
    assert acted.attempted == (NAME,)
    assert [(url.path, url.params["includeTasks"], url.params["onlyFailed"]) for url in asked] == [
        (f"/connectors/{NAME}/restart", "true", "true")
    ]


def test_6_every_alarm_s_metric_is_emitted() -> None:
    """What the check judges it emits in a look at everything, each under its alarm's metric."""
    emitted = {m.metric for m in judged(look()).measurements if not m.about}
    for kind in JUDGED:
        assert kind.metric in emitted, kind.id
    for alarm in ALARMS:
        if alarm.kind in JUDGED:
            assert alarm.metric in emitted, alarm.name


def test_7_no_tasks_are_not_healthy() -> None:
    looks = [look(connector(tasks=()), at=AT + n * TICK) for n in range(3)]
    assert ids(again(*looks)) == ["no-tasks"]


def test_7_no_connectors_are_not_healthy() -> None:
    assert ids(judged(look(connectors=()))) == ["connector-missing"]


def test_8_the_silence_of_the_check_rings() -> None:
    (watchdog,) = [alarm for alarm in ALARMS if alarm.kind is BY_ID["check-failed"]]
    assert watchdog.missing is Missing.BREACHING
    assert watchdog.mails
    others = {alarm.missing for alarm in ALARMS if alarm is not watchdog}
    assert Missing.BREACHING not in others


def recorded(name: str) -> dict[str, Any]:
    path = Path(__file__).parents[2] / "events" / f"{name}.json"
    event: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return event


def test_9_a_rule_asks_for_fields_that_the_events_have() -> None:
    """The service stands in `resources` of its events; no event of AWS has a `detail.service`."""
    impaired = recorded("ecs-service-impaired")
    assert "service" not in impaired["detail"]
    (service,) = impaired["resources"]
    assert matches(service_trouble(service).as_json(), impaired)
    assert not matches(service_trouble(f"{service}-2").as_json(), impaired)


def test_10_a_worker_that_a_deployment_stops_tells_nobody() -> None:
    names = Names(Stage.parse("feature-a"), "wms")
    cluster = recorded("ecs-task-stopped-exit")["detail"]["clusterArn"]
    rules = [worker_stopped(names, cluster), worker_unhealthy(names, cluster)]

    def rings(name: str) -> bool:
        return any(matches(rule.as_json(), recorded(name)) for rule in rules)

    for failure in ("ecs-task-stopped-exit", "ecs-task-stopped-start", "ecs-task-stopped-health"):
        assert rings(failure), failure
    for quiet in ("ecs-task-stopped-deployment", "ecs-task-stopped-user", "ecs-task-running"):
        assert not rings(quiet), quiet


def test_soft_states_need_three_looks_and_a_failed_task_needs_one() -> None:
    assert ids(again(look(connector(tasks=())))) == []
    assert ids(again(look(failed()))) == ["task-failed"]
    assert (TASK_FAILED_NOW.minutes, TASK_FAILED_NOW.checks) == (1, True)
    assert Policy().soft == 3
