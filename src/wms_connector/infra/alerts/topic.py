"""The topic whose subscribers get the stage's mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk.aws_iam import AnyPrincipal, Effect, PolicyStatement, ServicePrincipal
from aws_cdk.aws_sns import Topic

if TYPE_CHECKING:
    from aws_cdk.aws_kms import IKey
    from constructs import Construct

    from wms_connector.infra.alerts.publishers import Publishers


class AlertsTopic(Topic):
    """An encrypted topic: over TLS only, and only from who `publishers` names.

    In one account a role's own policy would be enough to publish; so everybody else is refused.
    """

    def __init__(
        self, scope: Construct, id_: str, *, publishers: Publishers, master_key: IKey
    ) -> None:
        super().__init__(
            scope, id_, topic_name=publishers.topic_name, master_key=master_key, enforce_ssl=True
        )
        for statement in (
            PolicyStatement(
                sid="AlarmsOfTheWatchItself",
                principals=[ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions=publishers.only_alarms,
            ),
            # For whoever points one at the topic while the function is broken: see the runbook.
            PolicyStatement(
                sid="RulesOfEcsEvents",
                principals=[ServicePrincipal("events.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions=publishers.only_rules,
            ),
            PolicyStatement(
                sid="TheMailFunction",
                principals=[publishers.account],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions=publishers.only_function,
            ),
            PolicyStatement(
                sid="NobodyElse",
                effect=Effect.DENY,
                principals=[AnyPrincipal()],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions=publishers.nobody_else,
            ),
        ):
            self.add_to_resource_policy(statement)
