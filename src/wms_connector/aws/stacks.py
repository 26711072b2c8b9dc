"""CloudFormation's stacks as they are: state, outputs, what happens to their resources."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from wms_connector.aws.errors import code_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from wms_connector.aws.session import Aws

DELETED: Final = "DELETE_COMPLETE"
DELETING: Final = "DELETE_IN_PROGRESS"
NOT_DELETED: Final = "DELETE_FAILED"
_PREPARED: Final = "REVIEW_IN_PROGRESS"
"""A change set was made and never executed: nothing is under way, whatever the name says."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack; `id` is its ARN, under which it can be asked for after it was deleted."""

    name: str
    id: str
    status: str
    reason: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    protected: bool = False

    @property
    def is_changing(self) -> bool:
        """Whether CloudFormation is at work on it."""
        return self.status.endswith("_IN_PROGRESS") and self.status != _PREPARED

    @property
    def is_whole(self) -> bool:
        """Whether its last change went well, or was rolled back to what was there before."""
        return self.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a resource, or to the stack itself (`of_stack`)."""

    id: str
    at: datetime
    logical: str
    kind: str
    physical: str
    status: str
    reason: str
    of_stack: bool


class Stacks:
    """Asks CloudFormation. Every method raises AwsError."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def find(self, name: str) -> Stack | None:
        """Give a stack by its name or id; None where there is none (or, by name, none any more)."""
        with self._aws.doing(f"look at the stack {_short(name)}"):
            try:
                answer = self._client.describe_stacks(StackName=name)
            except Exception as error:
                if code_of(error) == "ValidationError" and "does not exist" in str(error):
                    return None
                raise
        return _stack(answer["Stacks"][0]) if answer["Stacks"] else None

    def delete(self, stack: Stack) -> None:
        """Begin the deletion; on a stack whose deletion failed, try again what is left."""
        with self._aws.doing(f"delete the stack {stack.name}"):
            self._client.delete_stack(StackName=stack.id)

    def events(self, stack: Stack, known: AbstractSet[str] = frozenset()) -> list[Event]:
        """Give what happened since the newest of the `known` events, by id; the oldest first.

        Goes back no further than to the beginning of the last deletion.
        """
        found: list[Event] = []
        with self._aws.doing(f"read the events of the stack {stack.name}"):
            pages = self._client.get_paginator("describe_stack_events").paginate(StackName=stack.id)
            for event in (_event(item) for page in pages for item in page["StackEvents"]):
                if event.id in known:
                    break
                found.append(event)
                if event.of_stack and event.status == DELETING:
                    break
        return found[::-1]

    @property
    def _client(self) -> Any:
        return self._aws.client("cloudformation")


def _stack(found: Mapping[str, Any]) -> Stack:
    return Stack(
        name=found["StackName"],
        id=found["StackId"],
        status=found["StackStatus"],
        reason=found.get("StackStatusReason", ""),
        outputs={output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", ())},
        protected=bool(found.get("EnableTerminationProtection")),
    )


def _event(found: Mapping[str, Any]) -> Event:
    physical = found.get("PhysicalResourceId", "")
    return Event(
        id=found["EventId"],
        at=found["Timestamp"],
        logical=found.get("LogicalResourceId", ""),
        kind=found.get("ResourceType", ""),
        physical=physical,
        status=found["ResourceStatus"],
        reason=found.get("ResourceStatusReason", ""),
        of_stack=physical == found["StackId"],
    )


def _short(name: str) -> str:
    return name.split("/")[1] if name.startswith("arn:") else name
