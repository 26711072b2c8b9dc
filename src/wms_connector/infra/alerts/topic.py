"""The topic that alarms and rules publish to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk.aws_iam import PolicyStatement, ServicePrincipal
from aws_cdk.aws_sns import Topic

if TYPE_CHECKING:
    from aws_cdk.aws_kms import IKey
    from constructs import Construct

    from wms_connector.infra.alerts.publishers import Publishers


class AlertsTopic(Topic):
    """An encrypted topic: over TLS only, and only from this stage's alarms and rules."""

    def __init__(
        self, scope: Construct, id_: str, *, publishers: Publishers, master_key: IKey
    ) -> None:
        super().__init__(
            scope, id_, topic_name=publishers.topic_name, master_key=master_key, enforce_ssl=True
        )
        for sid, service, source in (
            ("AlarmsOfThisStage", "cloudwatch", publishers.alarms),
            ("RulesOfThisStage", "events", publishers.rules),
        ):
            self.add_to_resource_policy(
                PolicyStatement(
                    sid=sid,
                    principals=[ServicePrincipal(f"{service}.amazonaws.com")],
                    actions=["sns:Publish"],
                    resources=[self.topic_arn],
                    conditions=publishers.only(source),
                )
            )
