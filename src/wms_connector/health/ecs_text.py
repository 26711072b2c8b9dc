"""Mails about events of ECS: a worker that stopped by failure, a service that cannot run them.

Fields are those of the event as EventBridge delivers it: "ECS Task State Change",
"ECS Service Action" and "ECS Deployment State Change".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wms_connector.health.findings import BY_ID
from wms_connector.health.text import of_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.health.text import Mail, Place

_MEANS: Final = {
    "SERVICE_TASK_START_IMPAIRED": "tasks cannot be started again and again",
    "SERVICE_TASK_PLACEMENT_FAILURE": "a task cannot be placed: no capacity, or no address",
    "SERVICE_TASK_CONFIGURATION_FAILURE": "a task cannot be placed: its configuration is wrong",
    "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED": "a task may not be placed here",
    "ECS_OPERATION_THROTTLED": "AWS throttles what ECS does for the service",
    "SERVICE_DISCOVERY_OPERATION_THROTTLED": "AWS throttles the workers' DNS registration",
    "SERVICE_TASKSET_FAILED": "tasks of a deployment failed",
    "SERVICE_DEPLOYMENT_FAILED": "a deployment failed; the workers before it go on",
    "VPC_LATTICE_TARGET_UNHEALTHY": "a worker is unhealthy",
}


def of_ecs(place: Place, event: Mapping[str, Any]) -> Mail:
    """Word an event of ECS; fields that it does not have are left out."""
    detail: Mapping[str, Any] = event.get("detail") or {}
    at = str(event.get("time", ""))
    if event.get("detail-type") == "ECS Task State Change":
        return of_kind(place, BY_ID["worker-stopped"], _task(detail), at=at)
    return of_kind(place, BY_ID["service-event"], _service(detail), at=at)


def _task(detail: Mapping[str, Any]) -> list[str]:
    told = [f"ECS: {detail.get('stoppedReason', 'no reason is given')}"]
    if code := detail.get("stopCode"):
        told[0] += f" ({code})"
    for container in detail.get("containers") or ():
        name, code = container.get("name", "?"), container.get("exitCode")
        said = "" if code is None else f" ended with {code}{_meaning(code)}"
        reason = f": {container['reason']}" if container.get("reason") else ""
        if said or reason:
            told.append(f"container {name}{said}{reason}")
    if arn := detail.get("taskArn"):
        told.append(f"task {str(arn).rpartition('/')[2]}, of {detail.get('group', '?')}")
    return told


def _service(detail: Mapping[str, Any]) -> list[str]:
    name = str(detail.get("eventName", "?"))
    told = [f"{name}: {_MEANS[name]}" if name in _MEANS else name]
    if reason := detail.get("reason"):
        told.append(f"ECS: {reason}")
    return told


def _meaning(code: object) -> str:
    """What the code of a container's end says: 128 and the signal that ended it."""
    return {137: " (killed, mostly for want of memory)", 143: " (ended by request)"}.get(
        code if isinstance(code, int) else 0, ""
    )
