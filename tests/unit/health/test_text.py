"""Mails that read well: subject, cause, evidence, next step, link."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.health.looks import LOGIN, failed, judged, look

from wms_connector.health.ecs_text import of_ecs
from wms_connector.health.findings import BY_ID, KINDS, Kind
from wms_connector.health.text import Mail, Place, of_alarm, of_kind

EVENTS = Path(__file__).parents[2] / "events"
BASE = "https://git.example.org/wms/docs/runbook.md"
PLACE = Place("feature-a", "wms-connector-feature-a", BASE)
REASON = "Threshold Crossed: 1 datapoint [1.0] was greater than or equal to the threshold (1.0)."


def is_a_mail(mail: Mail) -> bool:
    fine = 0 < len(mail.subject) <= 100 and mail.subject.isascii() and mail.subject.isprintable()
    return fine and mail.body.endswith("\n") and len(mail.body) < 50_000


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
@pytest.mark.parametrize("state", ["ALARM", "OK", "INSUFFICIENT_DATA", "NEW"])
def test_every_alarm_has_words(kind: Kind, state: str) -> None:
    name = f"wms-connector-feature-a-{kind.alarm}"
    mail = of_alarm(PLACE, name, state=state, reason=REASON, at="2027-01-15T08:00:00Z")
    assert is_a_mail(mail)
    assert mail.subject.startswith("feature-a: ")
    assert kind.title[:40] in mail.subject
    assert f"{BASE}#{kind.id}" in mail.body
    flat = " ".join(mail.body.split())
    assert "CloudWatch: Threshold Crossed" in flat
    if state == "OK":
        assert "well again" in mail.subject
    else:
        assert " ".join(PLACE.fill(kind.cause).split()) in flat
        assert " ".join(PLACE.fill(kind.step).split()) in flat
    assert "<stack>" not in mail.body


def test_a_mail_reads_like_this() -> None:
    verdict = judged(look(failed(LOGIN)))
    findings = [finding.as_json() for finding in verdict.findings]
    mail = of_alarm(
        PLACE, "wms-connector-feature-a-LoginRefused", state="ALARM", reason=REASON,
        at="2027-01-15T08:00:00Z", evidence=findings, tried=["nothing: a restart is useless"],
    )  # fmt: skip
    assert mail.subject == "feature-a: CRITICAL: The database refuses the connector's user"
    assert (
        mail.body
        == """\
CRITICAL: The database refuses the connector's user
Stage feature-a, 2027-01-15T08:00:00Z

Cause
  Password changed, expired, or the account is locked. Every further try
  brings an account nearer to its lock, so nothing is restarted.

Evidence
  - wms-oracle-cdc: ORA-01017: the database refuses user or password
  - CloudWatch: Threshold Crossed: 1 datapoint [1.0] was greater than or equal
    to the threshold (1.0).

Next step
  - operator: put the right ones into the dbInfo secret, replace the workers,
    then restart; each further attempt may lock the account

Tried
  - nothing: a restart is useless

More: https://git.example.org/wms/docs/runbook.md#login-refused
"""
    )


def test_a_recovery_says_that_nothing_has_to_be_done() -> None:
    mail = of_alarm(PLACE, "wms-connector-feature-a-HeldSeen", state="OK", reason=REASON, at="now")
    assert mail.subject == "feature-a: well again: Somebody paused or stopped a connector"
    assert "Nothing has to be done." in mail.body
    assert "caught up" not in mail.body
    critical = of_alarm(PLACE, "x-TaskFailed", state="OK", reason=REASON, at="now")
    assert "caught up" in critical.body


def test_a_recovery_does_not_hide_what_is_still_found() -> None:
    findings = [finding.as_json() for finding in judged(look(failed())).findings]
    name = "wms-connector-feature-a-RestartBudgetExceeded"
    mail = of_alarm(PLACE, name, state="OK", reason=REASON, at="now", evidence=findings)
    assert "Nothing has to be done" not in mail.body
    assert "Not all is well:\n  - A task is FAILED: task 0 of wms-oracle-cdc" in mail.body


def test_an_alarm_that_nobody_knows_is_told_all_the_same() -> None:
    mail = of_alarm(PLACE, "somebody-else-s", state="ALARM", reason="because", at="now")
    assert is_a_mail(mail)
    assert mail.subject == "feature-a: ALARM: somebody-else-s"
    assert "because" in mail.body


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(KINDS))
def test_any_text_makes_a_mail(stage: str, evidence: str, kind: Kind) -> None:
    place = Place(stage, "s", "docs/runbook.md")
    assert is_a_mail(of_kind(place, kind, [evidence], at="now"))
    mail = of_alarm(place, evidence, state=stage, reason=evidence, at=stage)
    assert len(mail.subject) <= 100
    assert mail.subject.isascii()
    assert mail.subject.isprintable()


def test_a_long_stage_leaves_room_for_what_is_wrong() -> None:
    place = Place("f" * 200, "s", "r")
    mail = of_kind(place, BY_ID["restart-useless"], [], at="now")
    assert mail.subject.endswith("...: CRITICAL: Failed, and a restart cannot heal it")
    assert "none was noted" in mail.body


def event(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return loaded


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("ecs-task-stopped-exit", "worker-stopped",
         "container connect ended with 137 (killed, mostly for want of memory): OutOfMemoryError"),
        ("ecs-task-stopped-start", "worker-stopped",
         "ECS: ResourceInitializationError: unable to pull secrets"),
        ("ecs-task-stopped-health", "worker-stopped", "health check"),
        ("ecs-service-impaired", "service-event",
         "SERVICE_TASK_START_IMPAIRED: tasks cannot be started again and again"),
        ("ecs-service-placement", "service-event", "ECS: RESOURCE:FARGATE"),
        ("ecs-deployment-failed", "service-event",
         "ECS: ECS deployment circuit breaker: task failed to start."),
    ],
)  # fmt: skip
def test_events_of_ecs_have_words(name: str, kind: str, says: str) -> None:
    mail = of_ecs(PLACE, event(name))
    assert is_a_mail(mail)
    assert BY_ID[kind].title in mail.subject
    assert says in " ".join(mail.body.split())
    assert f"#{kind}" in mail.body


def test_an_event_with_little_in_it_is_told() -> None:
    for kind in ("ECS Task State Change", "ECS Service Action"):
        assert is_a_mail(of_ecs(PLACE, {"detail-type": kind}))
    odd = of_ecs(PLACE, {"detail-type": "ECS Service Action", "detail": {"eventName": "NEW"}})
    assert "- NEW" in odd.body
    exits = {"detail-type": "ECS Task State Change",
             "detail": {"containers": [{"name": "a", "exitCode": 1}, {"name": "b"}]}}  # fmt: skip
    body = of_ecs(PLACE, exits).body
    assert "container a ended with 1" in body
    assert "container b" not in body
