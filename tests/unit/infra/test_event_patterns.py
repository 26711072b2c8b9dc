"""Which events reach which function: AWS's own examples, and those that are almost the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.infra.eventbridge import matches

from wms_connector.infra.constructs.event_patterns import (
    deployed,
    deployment_failed,
    secret_changed,
    secret_name,
    service_trouble,
    worker_stopped,
    worker_unhealthy,
)
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from wms_connector.infra.constructs.event_patterns import EventPattern

EVENTS = Path(__file__).parents[2] / "events"
NAMES = Names(Stage.parse("feature-a"), "wms")
ARN = "arn:aws:ecs:us-east-1:123456789012"
CLUSTER = f"{ARN}:cluster/{NAMES.cluster}"
SERVICE = f"{ARN}:service/{NAMES.cluster}/{NAMES.cluster}"
RULES = {
    "Stopped": worker_stopped(NAMES, CLUSTER),
    "Unwell": worker_unhealthy(NAMES, CLUSTER),
    "Trouble": service_trouble(SERVICE),
    "GaveUp": deployment_failed(SERVICE),
    "Secret": secret_changed(["mmdl/default/dbInfo", "mmdl/feature-a/brokerString"]),
}
EXPECTED = {
    "ecs-task-stopped-exit": {"Stopped"},
    "ecs-task-stopped-start": {"Stopped"},
    "ecs-task-stopped-health": {"Unwell"},
    "ecs-service-impaired": {"Trouble"},
    "ecs-service-placement": {"Trouble"},
    "ecs-deployment-failed": {"GaveUp"},
    "secret-label-updated": {"Secret"},
}
"""What an event is matched by; every other recorded one by nothing."""


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def matched(found: dict[str, Any]) -> set[str]:
    return {name for name, pattern in RULES.items() if matches(pattern.as_json(), found)}


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json")))
def test_a_recorded_event_is_matched_by_its_rule_and_no_other(name: str) -> None:
    assert matched(event(name)) == EXPECTED.get(name, set())


def test_near_misses_are_among_the_recorded_ones() -> None:
    """Or else the test above would not show that a deployment tells nobody."""
    quiet = {path.stem for path in EVENTS.glob("*.json")} - set(EXPECTED)
    assert quiet >= {
        "ecs-task-running", "ecs-task-stopping-exit", "ecs-task-stopped-deployment",
        "ecs-task-stopped-user", "ecs-service-steady", "ecs-deployment-completed",
        "ecs-deployment-rolling-back",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_another_stages_event_is_nobodys_here(name: str) -> None:
    text = json.dumps(event(name))
    other = text.replace("feature-a", "feature-a-2").replace("default/dbInfo", "val/dbInfo")
    assert other != text
    assert matched(json.loads(other)) == set()


def test_a_task_that_somebody_started_in_the_cluster_is_not_a_worker() -> None:
    found = event("ecs-task-stopped-exit")
    found["detail"]["group"] = "family:psql"
    assert matched(found) == set()


@pytest.mark.parametrize("code", ["SpotInterruption", "InfrastructureHealth"])
def test_what_the_ground_gives_way_under_is_a_failure(code: str) -> None:
    found = event("ecs-task-stopped-exit")
    found["detail"] |= {"stopCode": code, "stoppedReason": "Your Spot Task was interrupted."}
    assert matched(found) == {"Stopped"}


def test_fargates_maintenance_is_none() -> None:
    found = event("ecs-task-stopped-exit")
    found["detail"] |= {"stopCode": "TerminationNotice", "stoppedReason": "Fargate maintenance"}
    assert matched(found) == set()


@pytest.mark.parametrize("label", ["AWSPENDING", "AWSPREVIOUS", "mine"])
def test_a_secret_whose_value_in_force_stays_is_not_changed(label: str) -> None:
    found = event("secret-label-updated")
    found["detail"]["labelUpdated"] = label
    assert matched(found) == set()


@pytest.mark.parametrize("name", ["mmdl/default/dbInfo2", "mmdl/default/dbInfo-a1b2c3", "dbInfo"])
def test_a_secret_that_is_called_almost_so_is_another(name: str) -> None:
    found = event("secret-label-updated")
    found["detail"]["name"] = name
    assert matched(found) == set()


@pytest.mark.parametrize(
    ("secret", "name"),
    [
        ("mmdl/default/dbInfo", "mmdl/default/dbInfo"),
        ("arn:aws:secretsmanager:eu-west-1:1:secret:mmdl/a/dbInfo-a1B2c3", "mmdl/a/dbInfo"),
        ("arn:aws:secretsmanager:eu-west-1:1:secret:AmazonMSK_wms", "AmazonMSK_wms"),
    ],
)
def test_a_secrets_name_by_its_path_or_arn(secret: str, name: str) -> None:
    assert secret_name(secret) == name


@pytest.mark.parametrize(
    ("resource", "status", "asks"),
    [
        ("Registration1A2B3C4D", "CREATE_COMPLETE", True),
        ("Registration1A2B3C4D", "UPDATE_COMPLETE", True),
        ("Registration1A2B3C4D", "UPDATE_IN_PROGRESS", False),
        ("Registration1A2B3C4D", "DELETE_COMPLETE", False),
        ("WorkersService5E6F7A8B", "CREATE_COMPLETE", False),
    ],
)
def test_a_look_follows_a_registration_that_has_succeeded(
    resource: str, status: str, asks: bool
) -> None:
    stack = f"arn:aws:cloudformation:us-east-1:123456789012:stack/{NAMES.connector_stack}/1a2b"
    found = {
        "source": "aws.cloudformation",
        "detail-type": "CloudFormation Resource Status Change",
        "resources": [stack],
        "detail": {
            "stack-id": stack,
            "logical-resource-id": resource,
            "physical-resource-id": "wms-connectors",
            "status-details": {"status": status, "status-reason": ""},
            "resource-type": "Custom::KafkaConnectors",
        },
    }
    pattern: EventPattern = deployed(stack, "Registration1A2B3C4D")
    assert matches(pattern.as_json(), found) is asks
