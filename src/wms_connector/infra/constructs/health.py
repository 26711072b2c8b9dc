"""When the stage is looked at: by a schedule, when a task fails, and after a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from constructs import Construct

from wms_connector.health.alarms import TASK_FAILED_NOW
from wms_connector.infra.constructs.calls import let_alarms_call, rule
from wms_connector.infra.constructs.event_patterns import deployed
from wms_connector.infra.constructs.function_settings import HEALTH
from wms_connector.infra.constructs.rights import account_of

if TYPE_CHECKING:
    from aws_cdk import CustomResource
    from constructs import IDependable

    from wms_connector.infra.constructs.functions import Functions
    from wms_connector.infra.inputs import StageInputs


class HealthCheck(Construct):
    """Calls the function of the check, and lets the one-minute alarm call it too.

    It begins when the connectors are registered, or it would report and restart what is just being
    made; and it ends before they are deleted.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        inputs: StageInputs,
        functions: Functions,
        registration: CustomResource,
        after: tuple[IDependable, ...],
    ) -> None:
        super().__init__(scope, id_)
        stack, names, function = Stack.of(self), inputs.names, functions.of(HEALTH)
        minutes = inputs.pipeline.health.check_interval_minutes
        every = rule(
            self,
            "Every",
            name=names.rule("Check"),
            what=f"Looks at {names.connector_stack}",
            function=function,
            schedule=events.Schedule.rate(Duration.minutes(minutes)),
        )
        every.node.add_dependency(*after)
        # Before the registration, whose event it waits for: so that each deployment ends with a
        # look, and the first one does not leave the alarms without a value.
        ready = rule(
            self,
            "Deployed",
            name=names.rule("Deployed"),
            what=f"Looks at {names.connector_stack} after a deployment of its connectors",
            function=function,
            pattern=deployed(stack.stack_id, stack.get_logical_id(registration.node.default_child)),
        )
        registration.node.add_dependency(ready)
        account, alarm = account_of(stack), names.alarm(TASK_FAILED_NOW.name)
        let_alarms_call(
            function, account.arn("cloudwatch", f"alarm:{alarm}"), account=account.number
        )
