"""Gives rights to roles, and tells cdk-nag why a resource is a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from wms_connector.infra.validation import acknowledge, wildcard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.infra.constructs.rights import Right


def grant(role: iam.Role, rights: Iterable[Right]) -> None:
    """Allow a role what these rights say; a pattern without a reason stays a finding."""
    for right in rights:
        for part in right.parts():
            role.add_to_policy(statement(part))
        if right.why:
            acknowledge(role, {wildcard(role, pattern): right.why for pattern in right.patterns})
    acknowledge(role, INLINE)


def statement(right: Right) -> iam.PolicyStatement:
    """Give a right as the CDK has it."""
    return iam.PolicyStatement(
        effect=iam.Effect.ALLOW if right.effect == "Allow" else iam.Effect.DENY,
        actions=list(right.actions),
        resources=list(right.resources),
        conditions={operator: dict(pairs) for operator, pairs in right.conditions} or None,
    )


INLINE = {
    "NIST.800.53.R5-IAMNoInlinePolicy": "Each policy is one role's own and goes with it; a policy "
    "by itself could be attached to another role.",
}


SHARED_CONCURRENCY = {
    "NIST.800.53.R5-LambdaConcurrency": "Reserved concurrency is taken from what all functions of "
    "the account share, and a small account cannot spare any. CloudFormation, operators, a "
    "schedule and the stage's own alarms invoke these, seldom more than one at a time.",
}

INVOKED_AND_WAITED_FOR = {
    **SHARED_CONCURRENCY,
    "NIST.800.53.R5-LambdaDLQ": "They are invoked and waited for: whoever calls is told of a "
    "failure, and a queue would never be written to.",
}
