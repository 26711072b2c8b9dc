"""Findings of cdk-nag that were looked at and stand: each with its reason, beside its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Acknowledgment, Stack, Validations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import IConstruct


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge findings at a construct and what is below it.

    `reasons` maps a finding's id, as the report has it (`AwsSolutions-IAM5[Resource::*]`), to why
    it stands. The rules of cdk-nag run in the tests, not at a deployment.
    """
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=finding, reason=reason) for finding, reason in reasons.items())
    )


def wildcard(construct: IConstruct, resource: str) -> str:
    """Give the id of cdk-nag's finding about a resource with a wildcard in a policy.

    `resource` is what the policy was given, tokens and all.
    """
    return f"AwsSolutions-IAM5[Resource::{_flat(Stack.of(construct).resolve(resource))}]"


def _flat(value: Any) -> str:
    """Write a reference of CloudFormation as cdk-nag does: `<LogicalId.Attribute>`."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    match function:
        case "Fn::Join":
            delimiter, parts = argument
            return str(delimiter).join(_flat(part) for part in parts)
        case "Fn::GetAtt":
            return f"<{'.'.join(argument)}>"
        case _:
            return f"<{argument}>"
