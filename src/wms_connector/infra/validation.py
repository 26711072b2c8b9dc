"""Findings of cdk-nag that were looked at and stand: each with its reason, beside its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Acknowledgment, Validations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import IConstruct


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge findings at a construct and what is below it.

    `reasons` maps a finding's id, as cdk-nag reports it (`AwsSolutions-IAM5[Resource::*]`), to why
    it stands. The rules run in the tests, not at a deployment.
    """
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=finding, reason=reason) for finding, reason in reasons.items())
    )
