"""What is mailed of alarms and events, and that nothing keeps a mail from going out."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectTimeoutError
from tests.unit.aws.fakes import client_error
from tests.unit.functions.support import Surroundings, event, names_of

from wms_connector.aws.checks import Check, Restarts
from wms_connector.aws.errors import AwsError
from wms_connector.functions import mail
from wms_connector.functions.mailer import UnknownEventError
from wms_connector.health.budget import Attempt, Log
from wms_connector.health.findings import BY_ID
from wms_connector.health.verdict import Finding, Verdict
from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def pipeline(repository: Path) -> Pipeline:
    found = Pipeline.load(repository / "pipeline.toml")
    health = found.health.model_copy(update={"runbook": "https://wiki.example/runbook"})
    return found.model_copy(update={"health": health})


def sent(around: Surroundings) -> list[dict[str, Any]]:
    return [arguments for call, arguments in around.sns.asked if call == "publish"]


def mailed(around: Surroundings, pipeline: Pipeline, asked: Any) -> dict[str, Any]:
    """Have an event mailed; gives what was published."""
    answer = mail.work(asked, around.place(), pipeline)
    published = sent(around)[-1]
    assert answer == {"subject": published["Subject"]}
    return published


def note(around: Surroundings, *findings: Finding, **more: Any) -> None:
    verdict = Verdict(at=around.clock.now, findings=findings, **more)
    around.place().checks.write(Check.of(verdict, 600, Restarts(limit=3, left=2)), verdict.history)


def test_an_alarm_s_mail_has_the_evidence_of_the_last_check(
    around: Surroundings, pipeline: Pipeline
) -> None:
    kind = BY_ID["database-unreachable"]
    note(around, Finding(kind, "database", "no answer in time, from eu", 1.0))
    found = mailed(around, pipeline, event("cloudwatch-alarm"))
    assert found["TopicArn"] == around.deployment.alerts_topic
    assert found["Subject"] == f"feature-a: CRITICAL: {kind.title}"
    assert len(found["Subject"]) <= 100
    assert found["Subject"].isascii()
    body = found["Message"]
    assert "no answer in time, from eu" in body
    assert "Threshold Crossed" in body
    assert kind.cause.split(",")[0] in " ".join(body.split())
    assert "https://wiki.example/runbook#database-unreachable" in body


def test_what_was_tried_is_told(around: Surroundings, pipeline: Pipeline) -> None:
    place = around.place()
    now = around.clock.now
    place.attempts.replace(
        Log(), (Attempt(now - 7_200, "old"), Attempt(now - 60, "wms-oracle-cdc"))
    )
    note(around, waits={"wms-oracle-cdc": "the back-off runs until 22:20"})
    body = mailed(around, pipeline, event("cloudwatch-alarm-composite"))["Message"]
    assert "restarted wms-oracle-cdc at 2023-11-14 22:12 UTC" in body
    assert "wms-oracle-cdc is not restarted: the back-off runs until 22:20" in body
    assert "restarts left: 2 of 3" in body
    assert "old" not in body


def test_an_alarm_that_ends_is_mailed_too(around: Surroundings, pipeline: Pipeline) -> None:
    ended = event("cloudwatch-alarm-ok")
    assert mail.work(ended, around.place(), pipeline) == {"subject": ""}  # nobody had heard of it
    mailed(around, pipeline, event("cloudwatch-alarm"))
    found = mailed(around, pipeline, ended)
    assert found["Subject"].startswith("feature-a: well again: ")
    for again in ("cloudwatch-alarm-ok", "cloudwatch-alarm-ok"):  # delivered more than once
        assert mail.work(event(again), around.place(), pipeline) == {"subject": ""}
    assert len(sent(around)) == 2


def test_an_alarm_that_ends_because_another_one_explains_it_is_not_well_again(
    around: Surroundings, pipeline: Pipeline
) -> None:
    def change(state: str, at: str) -> dict[str, Any]:
        asked = copy.deepcopy(event("cloudwatch-alarm"))
        asked["alarmData"]["alarmName"] = around.names.alarm("TaskFailed")
        asked["alarmData"]["state"] |= {"value": state, "timestamp": at}
        return mail.work(asked, around.place(), pipeline)

    failed = Finding(BY_ID["task-failed"], "wms-oracle-cdc", "task 0", 1.0)
    note(around, failed)
    assert change("ALARM", "1")["subject"]
    used_up = Finding(BY_ID["restart-budget-exceeded"], "wms-oracle-cdc", "none is left", 1.0)
    note(around, used_up, failed)
    assert change("OK", "2")["subject"] == ""
    note(around)
    assert "well again" in change("OK", "3")["subject"]


def test_an_alarm_of_a_stage_whose_name_begins_with_this_one_s_is_left_to_its_own_function(
    around: Surroundings, pipeline: Pipeline
) -> None:
    """The function's permission is for all names that begin so."""
    asked = copy.deepcopy(event("cloudwatch-alarm"))
    asked["alarmData"]["alarmName"] = names_of("feature-a-2").alarm("TaskFailed")
    assert asked["alarmData"]["alarmName"].startswith(around.names.alarm_prefix)
    assert mail.work(asked, around.place(), pipeline) == {"subject": ""}
    assert sent(around) == []
    asked["alarmData"]["alarmName"] = around.names.alarm("TaskFailed")
    mailed(around, pipeline, asked)


def test_a_refused_rotation_s_mail_says_what_was_refused(
    around: Surroundings, pipeline: Pipeline
) -> None:
    around.place().rotations.note_stopped("the database refuses the user: ORA-01017")
    asked = copy.deepcopy(event("cloudwatch-alarm"))
    asked["alarmData"]["alarmName"] = around.names.alarm(BY_ID["rotation-refused"].alarm)
    found = mailed(around, pipeline, asked)
    assert BY_ID["rotation-refused"].title in found["Subject"]
    assert "ORA-01017" in found["Message"]


def test_without_the_ledger_a_mail_goes_out_all_the_same(
    around: Surroundings, pipeline: Pipeline
) -> None:
    around.dynamodb.delete_table(TableName=around.deployment.ledger)
    for name in ("cloudwatch-alarm", "ecs-task-stopped-exit", "ecs-task-stopped-exit"):
        mailed(around, pipeline, event(name))
    assert len(sent(around)) == 3


def test_a_ledger_that_is_silent_is_asked_each_question_once(
    around: Surroundings, pipeline: Pipeline
) -> None:
    asked: list[str] = []

    def silent(event_name: str, **_: Any) -> None:
        asked.append(event_name)
        raise ConnectTimeoutError(endpoint_url="https://dynamodb")

    place = around.place()
    place.ledger_seconds = mail.LEDGER_SECONDS
    calls = place.aws.client("dynamodb", once_within=place.ledger_seconds).meta.events
    calls.register("before-send.dynamodb", silent)
    try:
        assert mail.work(event("cloudwatch-alarm"), place, pipeline)["subject"]
    finally:  # other tests have the same client
        calls.unregister("before-send.dynamodb", silent)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("ecs-task-stopped-exit", "worker-stopped", "OutOfMemoryError"),
        ("ecs-task-stopped-start", "worker-stopped", "unable to pull secrets"),
        ("ecs-service-impaired", "service-event", "SERVICE_TASK_START_IMPAIRED"),
        ("ecs-service-placement", "service-event", "RESOURCE:FARGATE"),
        ("ecs-deployment-failed", "service-event", "circuit breaker"),
    ],
)
def test_events_of_ecs_are_mailed(
    around: Surroundings, pipeline: Pipeline, name: str, kind: str, told: str
) -> None:
    found = mailed(around, pipeline, event(name))
    assert BY_ID[kind].title in found["Subject"]
    assert told in found["Message"]
    assert f"https://wiki.example/runbook#{kind}" in found["Message"]


def test_a_worker_that_crashes_each_minute_is_heard_of_once_an_hour(
    around: Surroundings, pipeline: Pipeline
) -> None:
    for _ in range(61):
        mail.work(event("ecs-task-stopped-exit"), around.place(), pipeline)
        around.clock.now += 60
    assert len(sent(around)) == 2
    mail.work(event("ecs-service-impaired"), around.place(), pipeline)
    mail.work(event("ecs-deployment-failed"), around.place(), pipeline)
    assert len(sent(around)) == 4  # other things are told all the while
    for name in ("cloudwatch-alarm", "cloudwatch-alarm", "cloudwatch-alarm-ok"):
        mail.work(event(name), around.place(), pipeline)
    assert len(sent(around)) == 6  # and each change of an alarm, once


def test_what_cannot_be_published_raises_and_keeps_nothing_quiet(
    around: Surroundings, pipeline: Pipeline
) -> None:
    around.sns.answers["publish"] = client_error("AuthorizationError")
    for name in ("ecs-task-stopped-exit", "cloudwatch-alarm"):
        with pytest.raises(AwsError, match="publish to Alerts-wms-alerts-feature-a"):
            mail.work(event(name), around.place(), pipeline)
    around.sns.answers["publish"] = {}
    for name in ("ecs-task-stopped-exit", "cloudwatch-alarm"):  # Lambda tries again
        assert mail.work(event(name), around.place(), pipeline)["subject"]


def test_a_mail_that_fails_without_the_ledger_is_the_failure_that_is_raised(
    around: Surroundings, pipeline: Pipeline
) -> None:
    around.dynamodb.delete_table(TableName=around.deployment.ledger)
    around.sns.answers["publish"] = client_error("AuthorizationError")
    with pytest.raises(AwsError, match="publish to"):
        mail.work(event("cloudwatch-alarm"), around.place(), pipeline)


def test_a_rotation_that_could_not_be_tried_is_mailed(
    around: Surroundings, pipeline: Pipeline
) -> None:
    record = event("destination-rotation-failed")
    found = mailed(around, pipeline, record)
    assert BY_ID["rotation-waiting"].title in found["Subject"]
    assert "cannot be reached, so its new password was not tried" in " ".join(
        found["Message"].split()
    )
    assert "wms-connector-feature-a-rotation" in found["Message"]
    assert mail.work(record, around.place(), pipeline) == {"subject": ""}
    around.clock.now += 7_200
    record["responsePayload"] = None
    assert "RetriesExhausted" in mailed(around, pipeline, record)["Message"]


@pytest.mark.parametrize("asked", [{}, None, "text", {"source": "aws.s3"}])
def test_an_event_that_nobody_has_put_into_words_raises(
    around: Surroundings, pipeline: Pipeline, asked: Any
) -> None:
    with pytest.raises(UnknownEventError):
        mail.work(asked, around.place(), pipeline)
    record = event("destination-rotation-failed")
    record["requestContext"]["functionArn"] = "arn:aws:lambda:us-east-1:1:function:x-rotation:1"
    with pytest.raises(UnknownEventError):
        mail.work(record, around.place(), pipeline)
    assert sent(around) == []
