"""From what was seen of a deployment to findings with a next step. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.aws.verify.connectors import connectors, topics
from wms_connector.aws.verify.facts import Unseen
from wms_connector.aws.verify.finding import Finding, Level, unseen
from wms_connector.aws.verify.health import health
from wms_connector.aws.verify.surroundings import alerts, brokers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.aws.stacks import Stack
    from wms_connector.aws.verify.facts import Observation, Seen
    from wms_connector.model.names import Names

OUTPUTS: Final = frozenset(
    {"Cluster", "Service", "ControlFunction", "LogGroup", "Ledger", "WorkersSecurityGroup",
     "FunctionsSecurityGroup", "Vpc", "Stage"}
)  # fmt: skip
"""Outputs that the stack of the workers has."""


def assess(seen: Observation, names: Names) -> tuple[Finding, ...]:
    """Judge what was seen, in the order in which an operator would look."""
    found = [
        *_stack(names.alerts_stack, seen.alerts_stack, names),
        *_stack(names.connector_stack, seen.connector_stack, names),
        *_outputs(names.connector_stack, seen.connector_stack, names),
    ]
    if seen.connector_stack is not None:
        found += _workers(seen, names)
        found += connectors(seen, names)
        found += topics(seen, names)
        found += brokers(seen, names)
        found += health(seen, names)
    if seen.alerts_stack is not None:
        found += alerts(seen, names)
    return tuple(found)


def _stack(name: str, stack: Seen[Stack | None], names: Names) -> Iterator[Finding]:
    deploy = f"`wms-connector deploy --stage {names.stage}`"
    if isinstance(stack, Unseen):
        yield unseen("stack", name, stack)
    elif stack is None:
        yield Finding(
            "stack", name, Level.FAIL, "is not there",
            f"Check AWS_PROFILE and AWS_REGION, or deploy it: {deploy}",
        )  # fmt: skip
    elif stack.outputs.get("Stage", names.stage.name) != names.stage.name:
        yield Finding(
            "stack", name, Level.FAIL, f"is that of stage {stack.outputs['Stage']}",
            "Find out who deployed it under this name",
        )  # fmt: skip
    elif stack.is_whole:
        yield Finding("stack", name, Level.OK, stack.status)
    else:
        reason = f" ({' '.join(stack.reason.split())})" if stack.reason else ""
        step = (
            "Wait until the change has ended, then look again"
            if stack.is_changing
            else f"Look at its events in CloudFormation, mend the cause, then {deploy}"
        )
        yield Finding("stack", name, Level.FAIL, f"{stack.status}{reason}", step)


def _outputs(name: str, stack: Seen[Stack | None], names: Names) -> Iterator[Finding]:
    if isinstance(stack, Unseen) or stack is None:
        return
    if lacking := sorted(OUTPUTS - set(stack.outputs)):
        yield Finding(
            "stack", name, Level.WARN, f"has no output {', '.join(lacking)}",
            "It was deployed by another version: "
            f"deploy it again: `wms-connector deploy --stage {names.stage}`",
        )  # fmt: skip


def _workers(seen: Observation, names: Names) -> Iterator[Finding]:
    facts, name = seen.service, names.cluster
    if isinstance(facts, Unseen):
        yield unseen("workers", name, facts)
        return
    told = f"{facts.running} of {facts.desired} running"
    if facts.pending:
        told += f", {facts.pending} starting"
    if facts.rollout and facts.rollout != "COMPLETED":
        told += f", roll-out {facts.rollout}"
        told += f" ({facts.rollout_reason})" if facts.rollout_reason else ""
    well = facts.desired > 0 and facts.running >= facts.desired and facts.rollout != "FAILED"
    if well:
        rolling = facts.rollout == "IN_PROGRESS"
        step = "A deployment is under way: look again when it has ended" if rolling else ""
        yield Finding("workers", name, Level.WARN if rolling else Level.OK, told, step)
        return
    if facts.desired == 0:
        step = "Somebody has set the service to no tasks: deploy again"
    else:
        step = f"The workers' log says why: aws logs tail {names.log_group} --since 1h"
    message = f"; ECS says: {facts.message}" if facts.message else ""
    yield Finding("workers", name, Level.FAIL, told + message, step)
