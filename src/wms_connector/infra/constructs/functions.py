"""The stage's functions: one package, one role each, and all but one in the VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from wms_connector.infra.constructs.bundling import bundle
from wms_connector.infra.constructs.function_settings import (
    ALL,
    MAIL,
    MEMORY_MIB,
    FunctionSettings,
    deployment,
    failures_to,
    function_rights,
)
from wms_connector.infra.constructs.granting import (
    INVOKED_AND_WAITED_FOR,
    SHARED_CONCURRENCY,
    grant,
)
from wms_connector.infra.constructs.interfaces import NetworkInterfaces
from wms_connector.infra.constructs.rights import account_of, write_logs
from wms_connector.infra.validation import acknowledge

if TYPE_CHECKING:
    from wms_connector.infra.constructs.logs import Logs
    from wms_connector.infra.constructs.network import Network
    from wms_connector.infra.context import Options
    from wms_connector.infra.inputs import StageInputs


class Functions(Construct):
    """All functions of `function_settings`; `of` gives one."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        inputs: StageInputs,
        options: Options,
        network: Network,
        logs: Logs,
    ) -> None:
        super().__init__(scope, id_)
        made = bundle(options.pipeline_file, python=options.functions_python)
        common: dict[str, Any] = {
            # The digest is of what the package is made from: known without reading the package.
            "code": lambda_.Code.from_asset(str(made.folder), asset_hash=made.digest),
            "runtime": lambda_.Runtime(
                f"python{options.functions_python}", lambda_.RuntimeFamily.PYTHON
            ),
            # As the workers, and as the package's libraries are compiled.
            "architecture": lambda_.Architecture.X86_64,
            "memory_size": MEMORY_MIB,
            "tracing": lambda_.Tracing.ACTIVE,
            "logging_format": lambda_.LoggingFormat.JSON,
            "environment": {
                **deployment(inputs, options, account_of(Stack.of(self))).environment(),
                "POWERTOOLS_SERVICE_NAME": inputs.names.connector_stack,
                "POWERTOOLS_LOG_LEVEL": "INFO",
                # An event may hold what its caller should not have sent.
                "POWERTOOLS_LOGGER_LOG_EVENT": "false",
                "POWERTOOLS_TRACER_CAPTURE_RESPONSE": "false",
                "POWERTOOLS_TRACER_CAPTURE_ERROR": "false",
            },
        }
        place: dict[str, Any] = {
            "vpc": network.vpc,
            "vpc_subnets": network.subnets,
            "security_groups": [network.functions],
        }
        self._functions = {
            settings: self._function(
                settings, inputs, logs, common | (place if settings.in_vpc else {})
            )
            for settings in ALL
        }
        for settings, function in self._functions.items():
            if settings.retries is not None:
                self._asynchronous(function, settings, inputs)
        inside = {settings: self.of(settings) for settings in ALL if settings.in_vpc}
        self.interfaces = NetworkInterfaces(
            self,
            "Interfaces",
            roles=[function.role for function in inside.values() if function.role],
            names=[inputs.names.function(settings.purpose) for settings in inside],
            group=network.functions,
        )
        for function in inside.values():
            function.node.add_dependency(self.interfaces)
        acknowledge(self, _REASONS)

    def of(self, settings: FunctionSettings) -> lambda_.Function:
        """Give a function."""
        return self._functions[settings]

    def _function(
        self, settings: FunctionSettings, inputs: StageInputs, logs: Logs, common: dict[str, Any]
    ) -> lambda_.Function:
        account = account_of(Stack.of(self))
        name = inputs.names.function(settings.purpose)
        id_ = settings.purpose.capitalize()
        log = f"/aws/lambda/{name}"
        role = iam.Role(
            self,
            f"{id_}Role",
            description=f"What {name} may do",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            # The alerts' topic, which is there first, names this one in its policy.
            role_name=name if settings is MAIL else None,
        )
        log_right = write_logs(account.arn("logs", f"log-group:{log}"))
        grant(role, (log_right, *function_rights(settings, inputs, account)))
        function = lambda_.Function(
            self,
            id_,
            function_name=name,
            description=settings.what,
            handler=settings.handler,
            timeout=Duration.seconds(settings.timeout_s),
            role=role,
            log_group=logs.group(id_, log),
            **common,
        )
        if settings.retries is None:
            acknowledge(function, INVOKED_AND_WAITED_FOR)
        if not settings.in_vpc:
            acknowledge(function, _OUTSIDE)
        return function

    def _asynchronous(
        self, function: lambda_.Function, settings: FunctionSettings, inputs: StageInputs
    ) -> None:
        """Say what becomes of events for which nobody waits. The role has the rights for it."""
        failures = failures_to(settings, inputs, account_of(Stack.of(self)))
        on_failure = lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=failures or "")
        events = lambda_.CfnEventInvokeConfig(
            self,
            f"{settings.purpose.capitalize()}Events",
            function_name=function.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=settings.retries,
            maximum_event_age_in_seconds=settings.oldest_s,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=on_failure
            )
            if failures
            else None,
        )
        # Lambda looks whether a destination is there; its ARN here is put together from names.
        events.node.add_dependency(self.of(MAIL))
        acknowledge(function, {**SHARED_CONCURRENCY, **(_TOLD if failures else _MISSED)})


_TOLD: Final = {
    "NIST.800.53.R5-LambdaDLQ": "What it gives up on goes to its destination for failures, which "
    "somebody reads; a queue would have nobody.",
}
_MISSED: Final = {
    "NIST.800.53.R5-LambdaDLQ": "A look that fails is worth nothing later: the next one is made "
    "anew, and an alarm misses its metric.",
}
_OUTSIDE: Final = {
    "NIST.800.53.R5-LambdaInsideVPC": "It must reach SNS whatever the stage's network lets out, or "
    "the alarm of a closed network would be lost; it reads no secret.",
}
_REASONS: Final = {
    "AwsSolutions-L1": "Python 3.13 is what the package's libraries are chosen for, and Lambda "
    "supports it until 2029; a newer one is a change of its own.",
    "AwsSolutions-IAM5[Resource::*]": "X-Ray takes trace segments and CloudWatch metrics for no "
    "resource (metrics in one namespace only), and Lambda's network interfaces have no name "
    "beforehand; functions' own code is denied the latter.",
}
