"""Who calls a function by itself: a rule of EventBridge, or an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import jsii
from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from wms_connector.infra.constructs.event_patterns import EventPattern

_ALARMS: Final = iam.ServicePrincipal("lambda.alarms.cloudwatch.amazonaws.com")
_OLDEST: Final = Duration.hours(1)
_TRIES: Final = 10


def rule(
    scope: Construct,
    id_: str,
    *,
    name: str,
    what: str,
    function: lambda_.Function,
    pattern: EventPattern | None = None,
    schedule: events.Schedule | None = None,
) -> events.Rule:
    """Make a rule that hands its events to a function as they are."""
    return events.Rule(
        scope,
        id_,
        rule_name=name,
        description=what,
        schedule=schedule,
        event_pattern=events.EventPattern(
            source=[pattern.source],
            detail_type=[pattern.type],
            detail=dict(pattern.detail),
            resources=list(pattern.resources) or None,
        )
        if pattern
        else None,
        # Until Lambda has taken it; what then becomes of it is the function's own setting.
        targets=[targets.LambdaFunction(function, max_event_age=_OLDEST, retry_attempts=_TRIES)],
    )


def let_alarms_call(function: lambda_.Function, alarms: str, *, account: str) -> None:
    """Let alarms of this account call a function. `alarms`: their ARN, or a pattern of it."""
    function.add_permission(
        "Alarms",
        principal=_ALARMS,
        action="lambda:InvokeFunction",
        source_account=account,
        source_arn=alarms,
    )


@jsii.implements(cloudwatch.IAlarmAction)
class Call:
    """What an alarm does: calls a function, or publishes to a topic; by ARN.

    The CDK's own adds a permission for each alarm, and a function's policy has its limit.
    """

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def bind(self, _scope: Construct, _alarm: cloudwatch.IAlarm) -> cloudwatch.AlarmActionConfig:
        """Give the ARN."""
        return cloudwatch.AlarmActionConfig(alarm_action_arn=self._arn)
