"""Who may publish alerts: this account's alarms and rules that carry the stage's names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import ArnFormat, Stack

if TYPE_CHECKING:
    from wms_connector.model.names import Names


class Publishers:
    """The ARNs of a stage's topic, alarms and rules, put together from names.

    From names, because the topic needs its key, and the key's policy names the topic. Alarms and
    rules are patterns: what follows the stage in their names has no hyphen, so what has one is
    another stage's (`a-b` beside `a`).
    """

    def __init__(self, stack: Stack, names: Names) -> None:
        self.topic_name = names.alerts_topic
        self.topic_arn = stack.format_arn(service="sns", resource=names.alerts_topic)
        self.alarms = stack.format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name=names.alarm("*"),
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self.rules = stack.format_arn(
            service="events", resource="rule", resource_name=names.rule("*")
        )
        self._account = stack.account

    def only(self, source: str) -> dict[str, Any]:
        """Give the conditions that let nothing pass but a source in this account."""
        return {
            "StringEquals": {"aws:SourceAccount": self._account},
            "ArnLike": {"aws:SourceArn": source},
            "ArnNotLike": {"aws:SourceArn": f"{source}-*"},
        }
