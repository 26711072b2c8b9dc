"""The stage's alarms, as `health.alarms` lists them, and who they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from wms_connector.health.alarms import ALARMS, COMPOSITES, QUIET_SECONDS, TASK_FAILED_NOW
from wms_connector.health.findings import BY_ID
from wms_connector.health.text import Place, link
from wms_connector.infra.alerts.publishers import UNWORDED
from wms_connector.infra.constructs.calls import Call, let_alarms_call
from wms_connector.infra.constructs.function_settings import HEALTH, MAIL, alerts_topic
from wms_connector.infra.constructs.metrics import figure
from wms_connector.infra.constructs.rights import account_of
from wms_connector.infra.validation import acknowledge

if TYPE_CHECKING:
    from constructs import IDependable

    from wms_connector.health.alarms import Alarm, Composite
    from wms_connector.health.findings import Kind
    from wms_connector.infra.constructs.functions import Functions
    from wms_connector.infra.inputs import StageInputs

_MINUTE: Final = Duration.minutes(1)
_NEVER: Final = "Never"


class Alarms(Construct):
    """One alarm for each finding with a metric, and a composite for what others may explain.

    What needs no explanation mails by itself; of the rest only the composites do. `after`: what has
    to stand before anything is missed.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        inputs: StageInputs,
        functions: Functions,
        after: tuple[IDependable, ...],
    ) -> None:
        super().__init__(scope, id_)
        self._inputs, self._functions = inputs, functions
        account = account_of(Stack.of(self))
        self._topic = Call(alerts_topic(inputs, account))
        self._mail = Call(functions.of(MAIL).function_arn)
        self._check = Call(functions.of(HEALTH).function_arn)
        watching = {spec.name: self._watch(spec) for spec in (*ALARMS, TASK_FAILED_NOW)}
        never = self._never()
        composites = {spec.name: self._compose(spec, watching, never) for spec in COMPOSITES}
        broken = self._broken_mail()
        self.mailing: tuple[cloudwatch.IAlarm, ...] = (
            *(watching[spec.name] for spec in ALARMS if spec.mails),
            *composites.values(),
            broken,
        )
        """Those that tell somebody, worst first as far as `health.findings` has them so."""
        for alarm in (*watching.values(), never, broken):
            alarm.node.add_dependency(*after)
        # Last: it takes silence for a failure, and by then the check after the deployment has
        # most likely spoken.
        watching[BY_ID["check-failed"].alarm].node.add_dependency(*composites.values(), broken)
        # One permission for all: the function refuses what only begins as this stage's alarms do.
        every = account.arn("cloudwatch", f"alarm:{inputs.names.alarm('*')}")
        let_alarms_call(functions.of(MAIL), every, account=account.number)

    def _watch(self, spec: Alarm) -> cloudwatch.Alarm:
        """Make an alarm on a metric."""
        names = self._inputs.names
        minutes = spec.minutes or self._inputs.pipeline.health.check_interval_minutes
        alarm = cloudwatch.Alarm(
            self,
            spec.name,
            alarm_name=names.alarm(spec.name),
            alarm_description=self._text(spec.kind) if spec.kind else spec.metric.what,
            metric=figure(
                names,
                spec.metric,
                statistic=spec.statistic.value,
                period=Duration.minutes(minutes),
            ),
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            threshold=spec.threshold,
            evaluation_periods=spec.periods,
            datapoints_to_alarm=spec.datapoints,
            treat_missing_data=cloudwatch.TreatMissingData[spec.missing.name],
        )
        if spec.mails:
            self._tell(alarm, spec.kind)
        if spec.checks:
            alarm.add_alarm_action(self._check)
        if not spec.mails and not spec.checks:
            acknowledge(alarm, _SILENT)
        return alarm

    def _compose(
        self,
        spec: Composite,
        watching: dict[str, cloudwatch.Alarm],
        never: cloudwatch.CompositeAlarm,
    ) -> cloudwatch.CompositeAlarm:
        """Make what mails if its alarm rings and none that would explain it.

        Alarms on the figures of one check are evaluated within a minute of each other: it waits
        before it acts, so that what explains it may ring later, and end earlier.
        """
        alarm = cloudwatch.CompositeAlarm(
            self,
            spec.name,
            composite_alarm_name=self._inputs.names.alarm(spec.name),
            alarm_description=self._text(spec.kind),
            alarm_rule=cloudwatch.AlarmRule.from_string(
                spec.rule(lambda name: watching[name].alarm_name)
            ),
            actions_suppressor=never,
            actions_suppressor_wait_period=Duration.seconds(QUIET_SECONDS),
            actions_suppressor_extension_period=Duration.seconds(QUIET_SECONDS),
        )
        self._tell(alarm, spec.kind)
        return alarm

    def _never(self) -> cloudwatch.CompositeAlarm:
        """Make the alarm that composites wait for, because CloudWatch has waiting only so."""
        return cloudwatch.CompositeAlarm(
            self,
            _NEVER,
            composite_alarm_name=self._inputs.names.alarm(_NEVER),
            alarm_description=f"Never rings. Alarms that others may explain wait {QUIET_SECONDS} "
            "seconds for it before they tell anybody, and are silent if they were explained then.",
            alarm_rule=cloudwatch.AlarmRule.from_boolean(value=False),
        )

    def _broken_mail(self) -> cloudwatch.Alarm:
        """Make the alarm on the function that words all others."""
        kind, function = BY_ID["mail-failed"], self._functions.of(MAIL)
        alarm = cloudwatch.Alarm(
            self,
            kind.alarm,
            alarm_name=self._inputs.names.alarm(kind.alarm),
            alarm_description=self._text(kind),
            metric=function.metric_errors(period=_MINUTE, statistic="Sum"),
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            threshold=1,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        self._tell(alarm, kind)
        return alarm

    def _tell(self, alarm: cloudwatch.AlarmBase, kind: Kind | None) -> None:
        """Let it be mailed: by the function, and without it if that may be the trouble.

        Its end is told by the function alone. It knows whom it told of the beginning: CloudWatch
        calls a new alarm's first value an end as well.
        """
        if kind and kind.id in UNWORDED:
            alarm.add_alarm_action(self._topic)
        if not kind or kind.id != "mail-failed":
            alarm.add_alarm_action(self._mail)
            alarm.add_ok_action(self._mail)

    def _text(self, kind: Kind) -> str:
        """Say what CloudWatch's own mail has to say where nothing else words it."""
        names, pipeline = self._inputs.names, self._inputs.pipeline
        place = Place(self._inputs.stage.name, names.connector_stack, pipeline.health.runbook)
        told = f"{kind.title}. {kind.cause} Next: {kind.step} {link(place.runbook, kind)}"
        return place.fill(told)


_SILENT: Final = {
    "NIST.800.53.R5-CloudWatchAlarmAction": "It is what a composite alarm is made of, and that one "
    "tells somebody, unless another alarm explains it: one cause, one mail.",
}
