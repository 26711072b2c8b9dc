"""The CDK's provider framework, with roles and a log group that the stack owns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import custom_resources as cr
from constructs import Construct

from wms_connector.infra.constructs.granting import (
    INLINE,
    INVOKED_AND_WAITED_FOR,
    grant,
)
from wms_connector.infra.constructs.rights import account_of, write_logs
from wms_connector.infra.validation import acknowledge, wildcard

if TYPE_CHECKING:
    from aws_cdk import Duration
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_logs as logs


class Framework(Construct):
    """What answers CloudFormation for a handler of ours, and asks it again until it is done.

    Its functions stand outside the VPC: they reach CloudFormation also when the stage's network
    does not let anything out. They hold no right but to invoke the handlers.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        log_group: logs.LogGroup,
        on_event: lambda_.IFunction,
        is_complete: lambda_.IFunction | None = None,
        query_interval: Duration | None = None,
        total_timeout: Duration | None = None,
    ) -> None:
        super().__init__(scope, id_)
        waits: dict[str, Any] = {}
        if is_complete is not None:
            waits = {
                "is_complete_handler": is_complete,
                "query_interval": query_interval,
                "total_timeout": total_timeout,
                "framework_complete_and_timeout_role": self._role("CompleteRole", log_group),
                # Each look is logged by the function that is asked.
                "disable_waiter_state_machine_logging": True,
            }
        self.provider = cr.Provider(
            self,
            "Provider",
            on_event_handler=on_event,
            framework_on_event_role=self._role("EventRole", log_group),
            log_group=log_group,
            **waits,
        )
        handlers = [on_event, *([is_complete] if is_complete else [])]
        acknowledge(self, self._reasons(handlers))

    def _reasons(self, handlers: list[lambda_.IFunction]) -> dict[str, str]:
        waiting = ("framework-isComplete", "framework-onTimeout")
        provider = self.provider.node
        own = [child for name in waiting if (child := provider.try_find_child(name))]
        why = "Versions and aliases of one function, as the CDK grants invoking it."
        versions = (f"{function.function_arn}:*" for function in [*handlers, *own])
        return _REASONS | {wildcard(self, version): why for version in versions}

    def _role(self, id_: str, log_group: logs.LogGroup) -> iam.Role:
        role = iam.Role(self, id_, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        account = account_of(Stack.of(self))
        right = write_logs(account.arn("logs", f"log-group:{log_group.log_group_name}"))
        grant(role, (right,))
        return role


_REASONS: Final = {
    **INLINE,
    **INVOKED_AND_WAITED_FOR,
    "NIST.800.53.R5-LambdaInsideVPC": "It must reach CloudFormation whatever the stage's network "
    "lets out; it sees names and states, and no secret.",
    "AwsSolutions-SF1": "The state machine only waits; each look is logged by the function that "
    "is asked.",
    "AwsSolutions-SF2": "The state machine only waits; each look is traced by the function that "
    "is asked.",
}
