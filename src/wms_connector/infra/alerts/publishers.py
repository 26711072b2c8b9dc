"""Who may publish alerts: the function that words them, two alarms, the rules of ECS's events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk.aws_iam import AccountRootPrincipal

from wms_connector.health.findings import BY_ID
from wms_connector.infra.constructs.event_patterns import ECS_RULES
from wms_connector.infra.constructs.function_settings import MAIL, alerts_topic
from wms_connector.infra.constructs.rights import account_of

if TYPE_CHECKING:
    from aws_cdk import Stack

    from wms_connector.infra.inputs import StageInputs

UNWORDED: Final = ("check-failed", "mail-failed")
"""Kinds whose alarms publish by themselves: they tell that watching or wording has failed, so they
must not depend on a function of ours."""


class Publishers:
    """ARNs of a stage's topic, of what publishes to it, and the conditions that say so.

    Put together from names: the topic is there before alarms and function are.
    """

    def __init__(self, stack: Stack, inputs: StageInputs) -> None:
        names, account = inputs.names, account_of(stack)
        self.topic_name = names.alerts_topic
        self.topic_arn = alerts_topic(inputs, account)
        self.alarms = [
            account.arn("cloudwatch", f"alarm:{names.alarm(BY_ID[kind].alarm)}")
            for kind in UNWORDED
        ]
        self.rules = [account.arn("events", f"rule/{names.rule(what)}") for what in ECS_RULES]
        role = f"role{inputs.role_path or '/'}{names.function(MAIL.purpose)}"
        self.role = f"arn:{stack.partition}:iam::{stack.account}:{role}"
        # A policy cannot name a role that is not there yet, but a condition can.
        self.account = AccountRootPrincipal()
        self._number = stack.account

    @property
    def only_alarms(self) -> dict[str, Any]:
        """Conditions that let nothing pass but those alarms of this account."""
        return {
            "StringEquals": {"aws:SourceAccount": self._number},
            "ArnEquals": {"aws:SourceArn": self.alarms},
        }

    @property
    def only_rules(self) -> dict[str, Any]:
        """Conditions that let nothing pass but those rules of this account."""
        return {
            "StringEquals": {"aws:SourceAccount": self._number},
            "ArnEquals": {"aws:SourceArn": self.rules},
        }

    @property
    def only_function(self) -> dict[str, Any]:
        """Conditions that let nobody of the account pass but the function."""
        return {"ArnEquals": {"aws:PrincipalArn": self.role}}

    @property
    def nobody_else(self) -> dict[str, Any]:
        """Conditions that hold for whoever is neither the function nor a service of AWS."""
        return {
            "Bool": {"aws:PrincipalIsAWSService": "false"},
            "ArnNotEquals": {"aws:PrincipalArn": self.role},
        }
