"""Every way in which a deployment does not do its work has a finding with a next step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.aws.healthy import (
    DEPLOYMENT,
    HEALTHY,
    NAMES,
    NOW,
    OUTPUT_VALUES,
    OWN,
    REACH,
    RUNNING,
    TOPICS,
    broken,
    stack,
)

from wms_connector.aws.checks import Check
from wms_connector.aws.verify.assess import assess
from wms_connector.aws.verify.facts import (
    AlertFacts,
    Comer,
    IngressFacts,
    IngressRule,
    ServiceFacts,
    SubscriptionFacts,
    Unseen,
)
from wms_connector.aws.verify.finding import Finding, Level, worst
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage

AWAY = Unseen("you may not look", "Ask for it")


def found(seen: Any, names: Names = NAMES) -> tuple[Finding, ...]:
    return assess(seen, names)


def bad(seen: Any, names: Names = NAMES) -> list[Finding]:
    return [finding for finding in found(seen, names) if finding.level is not Level.OK]


def test_a_deployment_that_does_its_work_has_nothing_to_tell() -> None:
    findings = found(HEALTHY)
    assert worst(findings) is Level.OK
    told = {f"{finding.area} {finding.subject}": finding.found for finding in findings}
    assert told["topic wms.A.B"] == "as desired; newest event 30 s old"
    assert told["topic wms.A.C"] == "as desired; no event yet"
    assert told["topic wms.schema-changes"] == "as desired"
    assert told["workers wms-connector-main"] == "2 of 2 running"
    assert told["brokers broker 1, port 9098"] == (
        "can be reached (TCP tried from the functions' subnets)"
    )
    assert told["alerts a@x.com"] == "subscribed and confirmed"
    assert told["health last check"] == "healthy, 5 min ago"
    assert {finding.area for finding in findings} == {
        "stack", "workers", "connector", "topic", "brokers", "database", "health", "alerts",
    }  # fmt: skip


def test_a_finding_for_programs() -> None:
    assert found(HEALTHY)[0].as_json() == {
        "area": "stack", "subject": "wms-alerts-main", "level": "ok", "found": "UPDATE_COMPLETE",
        "step": "",
    }  # fmt: skip


def test_of_a_stage_that_is_not_there_only_that_is_told() -> None:
    seen = broken(alerts_stack=None, connector_stack=None, alerts=AWAY)
    assert [(finding.subject, finding.found) for finding in found(seen)] == [
        ("wms-alerts-main", "is not there"),
        ("wms-connector-main", "is not there"),
    ]
    assert worst(found(seen)) is Level.FAIL


@pytest.mark.parametrize(
    "what",
    ["alerts_stack", "service", "connectors", "deployment", "topics", "alerts", "brokers",
     "health"],
)  # fmt: skip
def test_what_cannot_be_seen_is_a_finding_and_hides_nothing_else(what: str) -> None:
    seen = broken(**{what: AWAY})
    [finding] = bad(seen)
    assert finding.level is Level.FAIL
    assert finding.found == "cannot be told: you may not look"
    assert finding.step == "Ask for it"


@pytest.mark.parametrize(
    ("changes", "level", "told", "step"),
    [
        (
            {"status": "UPDATE_IN_PROGRESS"},
            Level.FAIL, "UPDATE_IN_PROGRESS", "Wait until the change has ended",
        ),
        (
            {"status": "UPDATE_ROLLBACK_FAILED", "reason": "no\n way"},
            Level.FAIL, "UPDATE_ROLLBACK_FAILED (no way)", "Look at its events",
        ),
        ({"status": "ROLLBACK_COMPLETE"}, Level.FAIL, "ROLLBACK_COMPLETE", "deploy --stage main"),
        (
            {"outputs": OUTPUT_VALUES | {"Stage": "other"}},
            Level.FAIL, "is that of stage other", "Find out who deployed it",
        ),
        (
            {"outputs": {"Stage": "main"}},
            Level.WARN, "has no output Cluster, ControlFunction", "another version",
        ),
    ],
)  # fmt: skip
def test_stacks(changes: dict[str, Any], level: Level, told: str, step: str) -> None:
    changes = {"outputs": OUTPUT_VALUES} | changes
    [finding] = bad(broken(connector_stack=stack(NAMES.connector_stack, **changes)))
    assert finding.level is level
    assert finding.found.startswith(told)
    assert step in finding.step


@pytest.mark.parametrize(
    ("facts", "level", "told", "step"),
    [
        (
            ServiceFacts(2, 0, 1, "IN_PROGRESS", message="unable to pull"),
            Level.FAIL,
            "0 of 2 running, 1 starting, roll-out IN_PROGRESS; ECS says: unable to pull",
            "aws logs tail /aws/fargate/wms-connector-main-kafka-connect",
        ),
        (
            ServiceFacts(1, 1, 0, "FAILED", "circuit breaker"),
            Level.FAIL, "1 of 1 running, roll-out FAILED (circuit breaker)", "aws logs tail",
        ),
        (ServiceFacts(0, 0, 0, "COMPLETED"), Level.FAIL, "0 of 0 running", "deploy again"),
        (
            ServiceFacts(2, 2, 1, "IN_PROGRESS"),
            Level.WARN, "2 of 2 running, 1 starting, roll-out IN_PROGRESS", "look again",
        ),
    ],
)  # fmt: skip
def test_workers(facts: ServiceFacts, level: Level, told: str, step: str) -> None:
    [finding] = bad(broken(service=facts))
    assert (finding.level, finding.found) == (level, told)
    assert step in finding.step


@pytest.mark.parametrize(
    ("connectors", "level", "told", "step"),
    [
        ({}, Level.FAIL, "is not registered", "apply --stage main"),
        (
            {OWN: replace(RUNNING, summary="RUNNING, task 0 FAILED", is_running=False,
                          causes=("ORA-01017", "x"))},
            Level.FAIL, "RUNNING, task 0 FAILED (ORA-01017 <- x)", "restart --stage main",
        ),
        (
            {OWN: replace(RUNNING, summary="RUNNING, no task", is_running=False)},
            Level.FAIL, "RUNNING, no task", "status --stage main",
        ),
        (
            {OWN: replace(RUNNING, summary="PAUSED", is_running=False, is_held=True)},
            Level.FAIL, "PAUSED: it reads nothing", "resume --stage main",
        ),
        (
            {OWN: replace(RUNNING, digest="other")},
            Level.WARN, "RUNNING, task 0 RUNNING; its configuration is not that of the deployed",
            "plan --stage main",
        ),
        (
            {OWN: RUNNING, "other": RUNNING},
            Level.WARN, "RUNNING, task 0 RUNNING; the deployed pipeline does not name it",
            "plan --stage main",
        ),
    ],
)  # fmt: skip
def test_connectors(connectors: Any, level: Level, told: str, step: str) -> None:
    [finding] = bad(broken(connectors=connectors))
    assert finding.level is level
    assert finding.found.startswith(told)
    assert step in finding.step


def test_without_the_deployed_pipeline_what_runs_is_judged_all_the_same() -> None:
    failed = replace(RUNNING, is_running=False, summary="FAILED")
    told = [finding.found for finding in bad(broken(deployment=AWAY, connectors={OWN: failed}))]
    assert told == ["cannot be told: you may not look", "FAILED"]


def test_topics() -> None:
    topics = TOPICS.model_validate(
        {
            "topics": [
                {"name": "a", "purpose": "heartbeat", "exists": False},
                {"name": "b", "purpose": "data", "exists": True, "differences": ["5 partitions"],
                 "newest_ms": int((NOW - 3 * 3600) * 1000)},
            ]
        }
    )  # fmt: skip
    gone, differs = bad(broken(topics=topics))
    assert (gone.level, gone.found) == (Level.FAIL, "is not there (heartbeat)")
    assert (differs.level, differs.found) == (
        Level.WARN, "5 partitions; newest event 3 h old",
    )  # fmt: skip
    assert "The next deployment" in differs.step


def test_who_cannot_be_reached() -> None:
    tried = [entry.model_copy(update={"reached": False, "reason": "no answer"})
             for entry in REACH.tried]  # fmt: skip
    broker, database = bad(broken(brokers=REACH.model_copy(update={"tried": tuple(tried)})))
    assert (broker.area, database.area) == ("brokers", "database")
    assert broker.found == ("cannot be reached: no answer (TCP tried from the functions' subnets)")
    assert "the database's own firewall" in database.step


WORKERS = Comer("workers", "sg-w", ("10.0.1.0/24", "10.0.2.0/24"))
FUNCTIONS = Comer("functions", "sg-f", ())


@pytest.mark.parametrize(
    ("rules", "level"),
    [
        ([IngressRule("sg-w", 9098, 9098)], None),
        ([IngressRule("sg-w", None, None)], None),
        ([IngressRule("10.0.0.0/16", 9000, 9100)], None),
        ([IngressRule("10.0.1.0/24", 9098, 9098), IngressRule("10.0.2.0/24", 9098, 9098)], None),
        ([IngressRule("10.0.1.0/24", 9098, 9098)], Level.FAIL),
        ([IngressRule("sg-w", 9092, 9094)], Level.FAIL),
        ([IngressRule("sg-f", 9098, 9098)], Level.FAIL),
        ([IngressRule("fd00::/8", 9098, 9098)], Level.FAIL),
        ([IngressRule("pl-1", 9098, 9098)], Level.WARN),
        ([], Level.FAIL),
    ],
)
def test_the_brokers_own_rules(rules: list[IngressRule], level: Level | None) -> None:
    facts = IngressFacts(("sg-b",), 9098, tuple(rules), (WORKERS,))
    findings = bad(broken(brokers=facts))
    assert [finding.level for finding in findings] == ([] if level is None else [level])
    if level is Level.FAIL:
        assert findings[0].step == (
            "Add to sg-b a rule for TCP 9098 from sg-w (the workers of wms-connector-main)"
        )
    if level is Level.WARN:
        assert "not looked into: pl-1" in findings[0].found


def test_subnets_that_are_not_known_are_admitted_by_no_range() -> None:
    facts = IngressFacts(("sg-b",), 9098, (IngressRule("0.0.0.0/0", None, None),), (FUNCTIONS,))
    assert [finding.subject for finding in bad(broken(brokers=facts))] == ["functions -> port 9098"]
    odd = IngressFacts(
        ("sg-b",), 9098, (IngressRule("0.0.0.0/0", None, None),), (Comer("workers", "g", ("x",)),)
    )
    assert bad(broken(brokers=odd))


def checked(ago: float, *findings: dict[str, Any], severity: str = "info") -> Check:
    return Check(at=NOW - ago, interval=600, severity=severity, findings=findings)


DATABASE_DOWN = {
    "id": "database-unreachable", "severity": "critical", "title": "The database is away",
    "about": "database", "evidence": "no answer in time", "next_step": "Ask `<stack>-health`",
    "because_of": None,
}  # fmt: skip
LAGS = {
    "id": "lag-high", "severity": "warning", "title": "Further behind than allowed",
    "about": OWN, "evidence": "behind by 20 min", "next_step": "Wait",
    "because_of": "database-unreachable",
}  # fmt: skip


def test_a_check_that_is_older_than_three_intervals_is_none() -> None:
    assert bad(broken(health=checked(1799))) == []
    [finding] = bad(broken(health=checked(2000)))
    assert finding.level is Level.FAIL
    assert finding.found == (
        "healthy, 33 min ago: nobody has looked since, and one is due every 10 min"
    )
    assert NAMES.function("health") in finding.step


def test_what_the_last_check_found_is_shown_with_its_next_step() -> None:
    check = checked(60, DATABASE_DOWN, LAGS, severity="critical")
    last, down, lags = (one for one in found(broken(health=check)) if one.area == "health")
    assert last.found == "2 findings, the worst critical, 60 s ago"
    assert last.level is Level.OK
    assert (down.subject, down.level, down.step) == (
        "database", Level.FAIL, f"Ask `{NAMES.function('health')}`",
    )  # fmt: skip
    assert down.found == "The database is away; no answer in time"
    assert (lags.level, lags.step) == (Level.WARN, "")
    assert lags.found.endswith("behind by 20 min; because of database-unreachable")


def test_a_finding_that_needs_nobody_is_no_fault() -> None:
    told = {"id": "x", "severity": "info", "title": "t"}
    check = checked(60, told)
    assert bad(broken(health=check)) == []
    assert "healthy, 60 s ago" in [one.found for one in found(broken(health=check))]
    one = checked(60, LAGS, severity="warning")
    assert "1 finding, the worst warning, 60 s ago" in [
        one.found for one in found(broken(health=one))
    ]


def test_a_stage_that_was_never_checked_is_worth_a_look() -> None:
    [finding] = bad(broken(health=None))
    assert (finding.level, finding.found) == (Level.WARN, "there was none yet")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            AlertFacts(
                (SubscriptionFacts("a@x.com", True), SubscriptionFacts("b@x.com", False)),
                ("a@x.com", "c@x.com"),
                ("no address",),
            ),
            [
                ("b@x.com", "has not confirmed, and hears of nothing"),
                ("c@x.com", "stands in alertEmails and is not subscribed"),
                ("b@x.com", "is subscribed and does not stand in alertEmails"),
                ("'no address'", "stands in alertEmails and is no address"),
            ],
        ),
        (
            AlertFacts((SubscriptionFacts("a@x.com", True),), None),
            [("alertEmails", "there is no such secret")],
        ),
    ],
)
def test_alerts(facts: AlertFacts, told: list[tuple[str, str]]) -> None:
    findings = bad(broken(alerts=facts))
    assert [(finding.subject, finding.found) for finding in findings] == told
    assert {finding.level for finding in findings} == {Level.WARN}


@pytest.mark.parametrize(("stage", "level"), [("main", Level.FAIL), ("branch", Level.WARN)])
def test_somebody_must_hear_of_a_named_stage(stage: str, level: Level) -> None:
    facts = AlertFacts((), ())
    names = Names(Stage.parse(stage), "wms")
    assert [
        (finding.level, finding.found)
        for finding in bad(broken(alerts=facts), names)
        if finding.area == "alerts"
    ] == [(level, "nobody hears of alerts")]


def test_the_worst_finding_counts() -> None:
    def one(level: Level) -> Finding:
        return Finding("a", "b", level, "c")

    assert worst([]) is Level.OK
    assert worst([one(Level.OK), one(Level.WARN)]) is Level.WARN
    assert worst([one(Level.WARN), one(Level.FAIL)]) is Level.FAIL


def test_the_deployed_pipeline_is_what_counts() -> None:
    two = DEPLOYMENT.model_copy(update={"connectors": {OWN: "digest", f"{OWN}-B": "d"}})
    assert [finding.subject for finding in bad(broken(deployment=two))] == [f"{OWN}-B"]
