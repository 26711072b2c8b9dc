"""The key that the alerts' topic is encrypted with, and who may use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk.aws_iam import PolicyStatement, ServicePrincipal
from aws_cdk.aws_kms import Key

if TYPE_CHECKING:
    from constructs import Construct

    from wms_connector.infra.alerts.publishers import Publishers

_ACTIONS: Final = ["kms:Decrypt", "kms:GenerateDataKey*"]
_SHORTEST_WAIT: Final = 7
"""Days until a deleted key is gone: KMS allows no fewer."""


class AlertsKey(Key):
    """A key that rotates each year. Nothing that it encrypts outlives the topic: it goes too."""

    def __init__(self, scope: Construct, id_: str, *, publishers: Publishers) -> None:
        super().__init__(
            scope,
            id_,
            alias=f"alias/{publishers.topic_name}",
            description=f"Encrypts the topic {publishers.topic_name}",
            enable_key_rotation=True,
            pending_window=Duration.days(_SHORTEST_WAIT),
            removal_policy=RemovalPolicy.DESTROY,
        )
        through_sns = {
            "kms:ViaService": f"sns.{Stack.of(self).region}.amazonaws.com",
            "kms:EncryptionContext:aws:sns:topicArn": publishers.topic_arn,
        }
        for statement in (
            PolicyStatement(
                sid="AlarmsOfTheWatchItself",
                principals=[ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=_ACTIONS,
                resources=["*"],
                conditions=publishers.only_alarms,
            ),
            # SNS calls KMS on EventBridge's behalf without naming account and rule:
            # "aws:SourceAccount and aws:SourceArn ... is not supported for EventBridge-to-encrypted
            # topics" (SNS's guide). The topic, which is in the encryption context, is; and the
            # topic's policy names the rules.
            PolicyStatement(
                sid="RulesThroughTheTopic",
                principals=[ServicePrincipal("events.amazonaws.com")],
                actions=_ACTIONS,
                resources=["*"],
                conditions={
                    "StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": publishers.topic_arn}
                },
            ),
            PolicyStatement(
                sid="TheMailFunction",
                principals=[publishers.account],
                actions=_ACTIONS,
                resources=["*"],
                conditions={**publishers.only_function, "StringEquals": through_sns},
            ),
        ):
            self.add_to_resource_policy(statement)
