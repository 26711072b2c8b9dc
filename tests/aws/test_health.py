"""How a named stage on the emulated AWS looks after itself, and whom it tells.

One story: what each test brings about is over when it ends. The check's own turn, every ten
minutes, comes in one test only.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from tests.aws.emulator import REGION
from tests.aws.inbox import Inbox
from tests.aws.watched import MEASURED, Watched, together
from tests.e2e.support import until

from wms_connector.aws.attempts import LedgerAttempts
from wms_connector.aws.ledger_items import MAILS
from wms_connector.health.act import act
from wms_connector.health.budget import Attempt
from wms_connector.health.findings import BY_ID, Kind, explainers
from wms_connector.health.metrics import WORKER_FAILED_TASKS, WORKERS_DIMENSION
from wms_connector.health.policy import Policy
from wms_connector.health.verdict import Verdict
from wms_connector.local import ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.aws.inbox import Message
    from tests.aws.site import Site

    from wms_connector.local.standin.control import Standin

MINING = "LOGMNR_CONTENTS"
USER = "C##WMS"
GIVEN_UP = "ORA-01013"
"""An error after which Debezium's task is FAILED, and that a restart heals."""
SUBJECT = 97
"""Characters of a subject that are not cut."""
PLAIN = BY_ID["check-failed"]
"""What is told as it is besides, because whoever words it may be the trouble."""
CAUSE = BY_ID["database-unreachable"]
UNKNOWN = {"lag-unknown"}
"""The stand-in does not speak Oracle's protocol: the third look in a row says so."""
ECS_EVENTS = {
    "ecs-task-stopped-exit": "worker-stopped",
    "ecs-task-stopped-health": "worker-stopped",
    "ecs-task-stopped-start": "worker-stopped",
    "ecs-service-impaired": "service-event",
    "ecs-service-placement": "service-event",
    "ecs-deployment-failed": "service-event",
}


@pytest.fixture(scope="module")
def stage(named: Site) -> Iterator[Site]:
    """The named stage, after the check that follows its deployment; nothing calls another one."""
    named.checked()
    events, rule = named.ground.emulator.client("events"), named.names.rule("Check")
    events.disable_rule(Name=rule)
    yield named
    events.enable_rule(Name=rule)


@pytest.fixture(scope="module")
def _inbox(stage: Site) -> Inbox:
    return Inbox(stage)


@pytest.fixture
def inbox(_inbox: Inbox) -> Inbox:
    """Those who are subscribed; what came before is forgotten."""
    _inbox.clear()
    return _inbox


@pytest.fixture(scope="module")
def watched(stage: Site) -> Watched:
    """The stage's metrics and alarms."""
    return Watched(stage)


def told(kind: Kind, *, well: bool = False) -> str:
    """Subject of the mail about a kind."""
    said = "well again" if well else kind.severity.name
    return f"main: {said}: {kind.title}"[:SUBJECT]


def subjects(messages: list[Message]) -> Counter[str]:
    """How often each subject came."""
    return Counter(message.subject[:SUBJECT] for message in messages)


def asked(stage: Site) -> set[str]:
    """Who has called the check so far, as its log has it."""
    logs = stage.ground.emulator.client("logs")
    group = f"/aws/lambda/{stage.names.function('health')}"
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    lines = " ".join(event["message"] for page in pages for event in page["events"])
    return set(re.findall(r"asked by ([\w.]+)", lines))


def fails(stage: Site, standin: Standin) -> None:
    """Have the connector's task fail, by an error of its database that is over then."""
    standin.fault(MINING, error=GIVEN_UP, times=-1, users=USER)
    try:
        until(lambda: stage.states() == ["RUNNING", "FAILED"], "a task that failed")
    finally:
        standin.clear()


def runs(stage: Site) -> None:
    until(lambda: stage.states() == ["RUNNING", "RUNNING"], "a task that runs again")


def remember(stage: Site, *ago: float) -> LedgerAttempts:
    """Have restarts been attempted so many seconds ago, and no others."""
    attempts = LedgerAttempts(stage.ledger)
    now = time.time()
    past = tuple(Attempt(now - seconds, stage.names.connector) for seconds in ago)
    assert attempts.replace(attempts.read(), past)
    return attempts


def of_service(stage: Site, repository: Path, name: str) -> dict[str, Any]:
    """An event of AWS's own, as it would come from this stage."""
    text = (repository / "tests" / "events" / f"{name}.json").read_text()
    text = text.replace("wms-connector-feature-a", stage.names.cluster)
    text = text.replace("123456789012", stage.ground.emulator.account)
    event: dict[str, Any] = json.loads(text.replace("us-east-1", REGION))
    return event


def send(stage: Site, *events: dict[str, Any]) -> None:
    answer = stage.ground.emulator.client("events").put_events(
        Entries=[
            {
                "Source": event["source"],
                "DetailType": event["detail-type"],
                "Detail": json.dumps(event["detail"]),
                "Resources": event["resources"],
            }
            for event in events
        ]
    )
    assert answer["FailedEntryCount"] == 0, answer


def test_a_deployment_ends_with_a_check_that_finds_nothing(stage: Site, watched: Watched) -> None:
    assert stage.checked().findings == ()
    until(lambda: "aws.cloudformation" in asked(stage), "who called it")
    assert watched.values("HealthCheckFailed") == [0.0]
    assert watched.ringing() == set()


@pytest.mark.parametrize("kinds", together(), ids=lambda kinds: kinds[0].id)
def test_each_alarm_is_mailed_once_and_so_is_its_end(
    stage: Site, inbox: Inbox, watched: Watched, kinds: list[Kind]
) -> None:
    watched.look()
    watched.look(kinds)
    watched.look(kinds)
    assert {kind.alarm for kind in kinds} <= watched.ringing()
    rung = Counter(told(kind) for kind in kinds)
    if PLAIN in kinds:
        rung[f'ALARM: "{stage.names.alarm(PLAIN.alarm)}" in {REGION}'] = 1
    inbox.until_all(rung)
    for kind in kinds:
        [mail] = [mail for mail in inbox.messages if mail.subject.startswith(told(kind))]
        assert f"#{kind.id}" in mail.body
        assert "Next step" in mail.body
    watched.look()
    assert watched.ringing() == set()
    all_told = rung + Counter(told(kind, well=True) for kind in kinds)
    inbox.until_all(all_told)
    assert subjects(inbox.messages) == all_told


def test_what_is_explained_is_not_mailed_while_its_cause_is(inbox: Inbox, watched: Watched) -> None:
    explained = [kind for kind in MEASURED if CAUSE in explainers(kind)]
    assert len(explained) > 5
    watched.look()
    for _ in range(3):
        watched.look([CAUSE, *explained])
    assert watched.ringing() >= {f"{kind.alarm}Seen" for kind in explained}
    assert not watched.ringing() & {kind.alarm for kind in explained}
    inbox.until(told(CAUSE))
    watched.look()
    inbox.until(told(CAUSE, well=True))
    # What the cause has explained is told as soon as it does not any more.
    late = BY_ID["login-refused"]
    watched.look([late])
    inbox.until(told(late))
    watched.look()
    inbox.until(told(late, well=True))
    wanted = [told(kind, well=well) for kind in (CAUSE, late) for well in (False, True)]
    assert subjects(inbox.messages) == Counter(wanted)


def test_a_check_that_falls_silent_is_missed(inbox: Inbox, watched: Watched) -> None:
    watched.look()
    watched.look(without=[PLAIN])
    assert watched.ringing() == set()
    watched.look(without=[PLAIN])
    assert watched.ringing() == {PLAIN.alarm}
    inbox.until(told(PLAIN))
    inbox.until("ALARM: ")
    watched.look()
    inbox.until(told(PLAIN, well=True))


def test_a_failed_task_is_restarted_within_the_minute_and_nobody_is_woken(
    stage: Site, inbox: Inbox, watched: Watched, standin: Standin
) -> None:
    """The alarm on the workers' own figure calls the check, under this stage's name alone."""
    attempts = remember(stage)
    fails(stage, standin)
    space, name = stage.names.workers_namespace, WORKER_FAILED_TASKS.name
    watched.put(space, name, 1.0, **{WORKERS_DIMENSION: "another"})
    assert watched.ringing() == set()
    watched.put(space, name, 1.0, **{WORKERS_DIMENSION: stage.stage.name})
    assert "TaskFailedNow" in watched.ringing()
    runs(stage)
    assert [one.connector for one in attempts.read().attempts] == [stage.names.connector]
    until(lambda: 1.0 in watched.values("AutoRestartAttempted"), "the attempt's metric")
    until(lambda: "aws.cloudwatch" in asked(stage), "who called it")
    assert not watched.ringing() & {"TaskFailed", "TaskFailedSeen"}
    assert told(BY_ID["task-failed"]) not in subjects(inbox.look())
    watched.look()


def test_two_checks_at_once_spend_one_attempt(
    stage: Site, watched: Watched, standin: Standin
) -> None:
    """After one that is too young: it is told what is waited for, and nothing is restarted."""
    remember(stage, 10.0)
    fails(stage, standin)
    found = stage.call("health")
    assert {finding["id"] for finding in found["findings"]} - UNKNOWN == {"task-failed"}
    assert found["attempted"] == []
    status = stage.json_of("status", status=1)
    assert "task-failed" in {finding["id"] for finding in status["findings"]}
    assert (status["restarts"]["left"], status["restarts"]["limit"]) == (2, 3)
    verified = stage.json_of("verify", status=1)
    assert GIVEN_UP in json.dumps(verified["findings"])
    attempts = remember(stage, 3_000.0, 1_800.0)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(stage.call, "health") for _ in range(2)]
        spent = [name for one in asked for name in one.result()["attempted"]]
    assert spent == [stage.names.connector]
    assert len(attempts.read().attempts) == 3
    runs(stage)
    assert max(watched.values("AutoRestartAttempted")) == 1.0
    watched.look()


def test_many_at_once_cannot_spend_more_than_there_is(stage: Site) -> None:
    attempts = remember(stage, 3_000.0, 1_800.0)
    verdict = Verdict(time.time(), restart=(stage.names.connector,))
    made: list[str] = []

    def check(_number: int) -> None:
        store = LedgerAttempts(stage.ledger)
        act(verdict, store=store, restart=made.append, policy=Policy(), now=time.time)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(check, range(8)))
    assert made == [stage.names.connector]
    assert len(attempts.read().attempts) == 3


def test_what_ecs_tells_of_failures_is_mailed_and_nothing_else(
    stage: Site, inbox: Inbox, repository: Path
) -> None:
    for name, kind in ECS_EVENTS.items():
        forget_mails(stage)
        inbox.clear()
        send(stage, of_service(stage, repository, name))
        inbox.until(told(BY_ID[kind]))
    folder = repository / "tests" / "events"
    others = {path.stem for path in folder.glob("ecs-*.json")} - set(ECS_EVENTS)
    assert len(others) > 5
    forget_mails(stage)
    inbox.clear()
    send(stage, *(of_service(stage, repository, name) for name in sorted(others)))
    # One more worker that stops, after them all: its mail is the only one.
    send(stage, of_service(stage, repository, "ecs-task-stopped-exit"))
    inbox.until(told(BY_ID["worker-stopped"]))
    of_ecs = {told(BY_ID[kind]) for kind in ECS_EVENTS.values()}
    assert [one.subject for one in inbox.look() if one.subject in of_ecs] == [
        told(BY_ID["worker-stopped"])
    ]


def test_a_rotated_secret_replaces_the_workers_unless_it_is_no_good(
    stage: Site, inbox: Inbox, watched: Watched, repository: Path
) -> None:
    secrets = stage.ground.emulator.client("secretsmanager")
    event = of_service(stage, repository, "secret-label-updated")
    path, kind = event["detail"]["name"], BY_ID["rotation-refused"]
    before, tasks = stage.worker(), stage.tasks()
    whole = stage.ground.database_secret()
    told_port = json.loads(whole)["port"]
    without = {key: value for key, value in json.loads(whole).items() if key != "password"}
    try:
        secrets.put_secret_value(SecretId=path, SecretString=json.dumps(without))
        send(stage, event)
        assert "password" in inbox.until(told(kind)).body
        # One that nobody can try is tried again, and then told of.
        away = whole.replace(str(told_port), str(ports.choose()))
        secrets.put_secret_value(SecretId=path, SecretString=away)
        send(stage, event)
        inbox.until(told(BY_ID["rotation-waiting"]))
    finally:
        secrets.put_secret_value(SecretId=path, SecretString=whole)
    assert watched.values("RotationRefused") == [1.0]
    assert (before.is_running(), stage.tasks()) == (True, tasks)
    send(stage, event)
    until(lambda: not before.is_running(), "the end of the former worker")
    until(lambda: stage.answers() and stage.states() == ["RUNNING"] * 2, "the new one's connector")
    assert set(stage.tasks()).isdisjoint(tasks)
    watched.look()
    inbox.until(told(kind, well=True))
    # The same event once more, as EventBridge may send it: these workers have the value already.
    after = stage.worker()
    assert stage.call("rotation", event)["replaced"] is False
    assert after.is_running()


def test_the_schedule_calls_the_check(stage: Site, watched: Watched) -> None:
    """Every minute for once; it asks the real workers, brokers and database."""
    events, name = stage.ground.emulator.client("events"), stage.names.rule("Check")
    rule = events.describe_rule(Name=name)
    assert rule["ScheduleExpression"] == "rate(10 minutes)"
    before = time.time()
    events.put_rule(Name=name, ScheduleExpression="rate(1 minute)", State="ENABLED")
    try:
        check = stage.checked(after=before)
    finally:
        events.put_rule(Name=name, ScheduleExpression=rule["ScheduleExpression"], State="DISABLED")
    until(lambda: "aws.events" in asked(stage), "who called it")
    assert {finding["id"] for finding in check.findings} <= UNKNOWN
    assert set(watched.values("HealthCheckFailed")) == {0.0}
    for flag in ("ConnectApiUnreachable", "EcsServiceUnhealthy", "DbTcpUnreachable"):
        assert watched.values(flag)[-1] == 0.0
    assert watched.values("WorkerHeapFreePercent")[-1] > 0


def test_a_mail_that_cannot_be_worded_comes_as_it_is(stage: Site, inbox: Inbox) -> None:
    """And the alarm on the function that words them, which goes around it."""
    stage.ground.emulator.client("lambda").invoke(
        FunctionName=stage.names.function("mail"),
        InvocationType="Event",
        Payload=json.dumps({"source": "nobody", "said": "what nobody expected"}),
    )
    alarm = f'ALARM: "{stage.names.alarm(BY_ID["mail-failed"].alarm)}"'
    inbox.until(alarm)
    assert "what nobody expected" in inbox.until("Lambda async failure").body


def forget_mails(stage: Site) -> None:
    """Have nothing been mailed of late: of one kind of event one mail goes out an hour."""
    stage.ground.emulator.client("dynamodb").delete_item(
        TableName=stage.names.ledger, Key={"id": {"S": MAILS}}
    )
