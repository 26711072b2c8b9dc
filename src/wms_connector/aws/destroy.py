"""Taking a stage's two stacks away, with nothing but AWS's API: no checkout, no secret.

CloudFormation does the work, and goes on when this process ends. So everything here can be
repeated: a stack that is gone is fine, one that is being deleted is followed, one whose deletion
failed is deleted again.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from wms_connector.aws.deletion import Deletion, Waiting
from wms_connector.aws.errors import AwsError, NamedStageError, StackError
from wms_connector.aws.ledger import Deletion as Report
from wms_connector.aws.ledger import Ledger
from wms_connector.aws.stacks import DELETING, Stack, Stacks

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.aws.session import Aws
    from wms_connector.model.names import Names

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Existing:
    """What there is of a stage before anything is deleted; `topics` None where unknown."""

    stacks: tuple[Stack, ...]
    missing: tuple[str, ...]
    topics: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was done: names of stacks, how many topics (None where unknown), what is left."""

    deleted: tuple[str, ...]
    missing: tuple[str, ...]
    topics: int | None = None
    left: tuple[str, ...] = ()


def check_ephemeral(names: Names) -> None:
    """Raise NamedStageError for main, val and production: the product's own rule."""
    if names.stage.is_named:
        raise NamedStageError(
            f"stage {names.stage} is a named stage: its stacks and topics are never destroyed",
            hint="Nothing was done; only the environments of branches can be destroyed",
        )


def look(aws: Aws, names: Names) -> Existing:
    """Find what there is of a stage; raises AwsError, and StackError for what cannot be deleted."""
    check_ephemeral(names)
    stacks = Stacks(aws)
    found = {name: stacks.find(name) for name in (names.connector_stack, names.alerts_stack)}
    there = tuple(stack for stack in found.values() if stack is not None)
    for stack in there:
        _check(stack, names)
    missing = tuple(name for name, stack in found.items() if stack is None)
    topics = _noted(lambda: _ledger(aws, names).topics()) if there else None
    return Existing(there, missing, None if topics is None else tuple(sorted(topics)))


def destroy(
    aws: Aws, names: Names, existing: Existing, waiting: Waiting | None = None
) -> Destroyed:
    """Delete what was found, the workers before the alerts, and wait until it is gone.

    Raises StackError when CloudFormation fails or takes too long, and AwsError. Doing it again
    goes on where it stopped.
    """
    check_ephemeral(names)
    wait = waiting or Waiting()
    left: list[str] = []
    topics: int | None = None
    for stack in existing.stacks:
        reports: list[Report] = []

        def looking(reports: list[Report] = reports) -> None:
            # The ledger goes with the stack: read what is noted there as long as it stands.
            if (report := _noted(lambda: _ledger(aws, names).deletion())) is not None:
                reports[:] = [report]

        with_topics = stack.name == names.connector_stack
        deletion = Deletion(Stacks(aws), stack, wait, looking if with_topics else dict)
        deletion.run()
        left += deletion.left
        if with_topics:
            topics, told = _reported(reports[0] if reports else None, names)
            left += told
    deleted = tuple(stack.name for stack in existing.stacks)
    return Destroyed(deleted, existing.missing, topics, tuple(left))


def _check(stack: Stack, names: Names) -> None:
    # Of another product: stage `connector-a` of `wms` and stage `a` of `wms-connector`.
    if (found := stack.outputs.get("Stage", names.stage.name)) != names.stage.name:
        raise StackError(
            f"the stack {stack.name} is that of stage {found}: nothing was deleted",
            hint="Check --product and --stage",
        )
    if stack.is_changing and stack.status != DELETING:
        raise StackError(
            f"the stack {stack.name} is in the middle of a change ({stack.status}): "
            "nothing was deleted",
            hint="Wait until it has ended, or end it: "
            f"aws cloudformation cancel-update-stack --stack-name {stack.name}",
        )
    if stack.protected:
        raise StackError(
            f"the stack {stack.name} is protected against deletion: nothing was deleted",
            hint="If it may go: aws cloudformation update-termination-protection "
            f"--no-enable-termination-protection --stack-name {stack.name}",
        )


def _reported(report: Report | None, names: Names) -> tuple[int | None, list[str]]:
    """Say how many topics were deleted, and what the deletion had to leave."""
    if report is None:
        table = names.flush_table
        return None, [f"perhaps the table {table} in Oracle: nobody could tell if it was dropped"]
    if report.flush_table is None or report.dropped:
        return report.topics, []
    reason = (report.reason or "").rstrip(".") or "it gives no reason"
    table = report.flush_table
    told = f"the table {table} in Oracle ({reason}): its DBA drops it with DROP TABLE {table}"
    return report.topics, [told]


def _ledger(aws: Aws, names: Names) -> Ledger:
    return Ledger(aws.client("dynamodb"), names.ledger, aws.place)


def _noted(question: Callable[[], _T]) -> _T | None:
    # What it tells is worth no failure: the names to delete are read by the stack's own function.
    with contextlib.suppress(AwsError):
        return question()
    return None
