"""The next steps of a laptop's findings."""

from __future__ import annotations

import pytest

from wms_connector.health.findings import BY_ID
from wms_connector.health.verdict import Finding, Verdict
from wms_connector.local.state import Launch, Part, State
from wms_connector.local.steps import on_laptop

PARTS = "`wms-connector local up` starts what does not"
OF_AWS = ("secret", "ECS", "security group", "Lambda", "function", "aws ")


def state(*parts: str, **more: object) -> State:
    launches = [
        Launch(name=name, kind=kind, argv=("x",), folder="x", log="x", port=1)
        for name, _, kind in (part.partition("/") for part in parts)
    ]
    made = State(stage="local", product="wms", cluster_id="c", database="wms", user="wms")
    parted = {launch.name: Part(launch=launch) for launch in launches}
    return made.model_copy(update={"parts": parted, **more})


OWN = state("broker/broker", "worker-1/worker", "postgres/postgres")


def told(kind: str, there: State = OWN, step: str = "", **more: object) -> Finding:
    found = Finding(BY_ID[kind], "x", "seen", 1.0, step)
    given: dict[str, object] = {"repair": False, **more}
    (made,) = on_laptop(Verdict(1.0, (found,)), there, **given).findings  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("brokers-unreachable", "logs broker"),
        ("service-unhealthy", "logs <part>"),
        ("connect-unreachable", "logs <part>"),
        ("database-unreachable", "logs postgres"),
    ],
)
def test_what_is_down_is_started_by_local_up(kind: str, part: str) -> None:
    step = told(kind).next_step
    assert PARTS in step
    assert part in step


def test_the_database_is_the_part_that_there_is_or_the_user_s_own() -> None:
    standin = state("oracle-standin/standin", source="oracle")
    assert "logs oracle-standin" in told("database-unreachable", standin).next_step
    step = told("database-unreachable", state(source="oracle")).next_step
    assert "DBA" in step
    assert PARTS not in step


@pytest.mark.parametrize("kind", ["task-failed", "connector-failed"])
def test_nobody_restarts_by_itself_without_repair(kind: str) -> None:
    assert "watch --repair" in told(kind).next_step
    assert "by itself" not in told(kind).next_step
    assert told(kind, repair=True).next_step == BY_ID[kind].step


def test_a_lost_slot_needs_a_snapshot_and_oracle_s_archive_stays_the_dba_s() -> None:
    assert told("position-lost").next_step == "`wms-connector recover snapshot`."
    assert told("position-lost", state(source="oracle")).step == ""


@pytest.mark.parametrize(
    "kind", ["check-failed", "login-refused", "connect-unreachable", "database-unreachable"]
)
def test_no_step_is_of_aws(kind: str) -> None:
    step = told(kind, step="operator: put the right ones into the dbInfo secret").next_step
    assert not [word for word in OF_AWS if word in step]


def test_a_refused_sign_in_says_when_it_was_tried() -> None:
    assert told("login-refused", refused="tried at noon").evidence == "seen; tried at noon"
    assert told("lag-high", refused="tried at noon", step="do it") == told("lag-high", step="do it")
