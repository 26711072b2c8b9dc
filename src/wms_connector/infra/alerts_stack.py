"""The stack `wms-alerts-<slug>`: where a stage's alarms go, and who hears of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Annotations, CfnOutput, Stack

from wms_connector.infra.alerts.key import AlertsKey
from wms_connector.infra.alerts.publishers import Publishers
from wms_connector.infra.alerts.subscriptions import subscribe
from wms_connector.infra.alerts.topic import AlertsTopic
from wms_connector.infra.secret_check import refused_addresses

if TYPE_CHECKING:
    from constructs import Construct

    from wms_connector.infra.inputs import StageInputs


class AlertsStack(Stack):
    """A topic, its key, and a subscription for each address in `alertEmails`."""

    def __init__(self, scope: Construct, id_: str, *, inputs: StageInputs, **kwargs: Any) -> None:
        super().__init__(scope, id_, **kwargs)
        publishers = Publishers(self, inputs)
        key = AlertsKey(self, "Key", publishers=publishers)
        topic = AlertsTopic(self, "Topic", publishers=publishers, master_key=key)
        subscribe(self, topic, inputs.emails)
        CfnOutput(self, "AlertsTopicArn", value=topic.topic_arn)
        if inputs.bad_emails:
            Annotations.of(self).add_warning_v2(
                "wms-connector:bad-addresses",
                refused_addresses(inputs.origins["alertEmails"], inputs.bad_emails),
            )
            CfnOutput(
                self,
                "RefusedAddresses",
                value=", ".join(map(repr, inputs.bad_emails)),
                description="No addresses: nobody hears of alerts there",
            )
