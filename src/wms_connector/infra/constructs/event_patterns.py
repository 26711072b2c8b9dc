"""Which events of AWS concern a stage: EventBridge's patterns as plain values.

Shapes are those of the guides of ECS ("Task state change events", "Service action events", "Service
deployment state change events"), Secrets Manager ("Secret Label Updated event") and CloudFormation
("CloudFormation events detail reference").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wms_connector.infra.constructs.rights import SUFFIX_LENGTH, is_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wms_connector.model.names import Names

ECS_RULES: Final = ("Stopped", "Unwell", "Trouble", "GaveUp")
"""The rules of ECS's events, as `Names.rule` has them."""

_FAILED: Final = (
    "EssentialContainerExited", "TaskFailedToStart", "SpotInterruption", "InfrastructureHealth",
)  # fmt: skip
"""ECS's codes of a task that stopped by failure. Of the others, `ServiceSchedulerInitiated` is what
deployments and scaling do, `UserInitiated` an operator, `TerminationNotice` Fargate's maintenance,
before which a new task is started."""

_UNHEALTHY: Final = "Task failed"
"""How the reason begins when the scheduler stops a task for its health, by the code that it uses
for a deployment too: "Task failed container health checks"."""


@dataclass(frozen=True, slots=True)
class EventPattern:
    """What an event has to have, as `aws_cdk.aws_events.EventPattern` takes it.

    `resources` must share one with the event's; each key of `detail` holds what it may be.
    """

    source: str
    type: str
    detail: Mapping[str, Any]
    resources: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give it as EventBridge has it."""
        found: dict[str, Any] = {
            "source": [self.source],
            "detail-type": [self.type],
            "detail": dict(self.detail),
        }
        return found | ({"resources": list(self.resources)} if self.resources else {})


def worker_stopped(names: Names, cluster: str) -> EventPattern:
    """A worker that ended, or never started. `cluster`: the ARN of the stage's cluster."""
    return _stopped(names, cluster, {"stopCode": list(_FAILED)})


def worker_unhealthy(names: Names, cluster: str) -> EventPattern:
    """A worker that ECS stops because it does not answer."""
    why = {"stopCode": ["ServiceSchedulerInitiated"], "stoppedReason": [{"prefix": _UNHEALTHY}]}
    return _stopped(names, cluster, why)


def service_trouble(service: str) -> EventPattern:
    """What the scheduler warns of. `service` is the service's ARN, which stands in `resources`."""
    return EventPattern(
        "aws.ecs", "ECS Service Action", {"eventType": ["WARN", "ERROR"]}, (service,)
    )


def deployment_failed(service: str) -> EventPattern:
    """A deployment that was given up."""
    return EventPattern(
        "aws.ecs",
        "ECS Deployment State Change",
        {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
        (service,),
    )


def secret_changed(secrets: Iterable[str]) -> EventPattern:
    """A secret of the stage with a new value in force. `secrets`: paths, or ARNs as `Right`s."""
    return EventPattern(
        "aws.secretsmanager",
        "Secret Label Updated",
        {"name": sorted(map(secret_name, secrets)), "labelUpdated": ["AWSCURRENT"]},
    )


def secret_name(secret: str) -> str:
    """Give a secret's friendly name by its path, or by its ARN, whole or without AWS's suffix."""
    if not secret.startswith("arn:"):
        return secret
    name = secret.split(":secret:", 1)[1]
    return name[:-SUFFIX_LENGTH] if is_whole(secret) else name


def deployed(stack: str, resource: str) -> EventPattern:
    """A resource of a stack that stands as it should. `stack` is its id, an ARN."""
    return EventPattern(
        "aws.cloudformation",
        "CloudFormation Resource Status Change",
        {
            "stack-id": [stack],
            "logical-resource-id": [resource],
            "status-details": {"status": ["CREATE_COMPLETE", "UPDATE_COMPLETE"]},
        },
    )


def _stopped(names: Names, cluster: str, why: Mapping[str, Any]) -> EventPattern:
    # An event comes for each step on the way to STOPPED.
    return EventPattern(
        "aws.ecs",
        "ECS Task State Change",
        {
            "clusterArn": [cluster],
            "group": [f"service:{names.cluster}"],
            "lastStatus": ["STOPPED"],
            **why,
        },
    )
