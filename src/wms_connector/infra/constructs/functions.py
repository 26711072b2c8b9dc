"""The stage's functions: one package, one role each, in the VPC beside the workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from wms_connector.infra.constructs.bundling import bundle
from wms_connector.infra.constructs.function_settings import (
    ALL,
    MEMORY_MIB,
    FunctionSettings,
    deployment,
    function_rights,
)
from wms_connector.infra.constructs.granting import INVOKED_AND_WAITED_FOR, grant
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
            "vpc": network.vpc,
            "vpc_subnets": network.subnets,
            "security_groups": [network.functions],
            "tracing": lambda_.Tracing.ACTIVE,
            "logging_format": lambda_.LoggingFormat.JSON,
            "environment": {
                **deployment(inputs, options).environment(),
                "POWERTOOLS_SERVICE_NAME": inputs.names.connector_stack,
                "POWERTOOLS_LOG_LEVEL": "INFO",
                # An event may hold what its caller should not have sent.
                "POWERTOOLS_LOGGER_LOG_EVENT": "false",
                "POWERTOOLS_TRACER_CAPTURE_RESPONSE": "false",
                "POWERTOOLS_TRACER_CAPTURE_ERROR": "false",
            },
        }
        self._functions = {
            settings: self._function(settings, inputs, logs, common) for settings in ALL
        }
        self.interfaces = NetworkInterfaces(
            self,
            "Interfaces",
            roles=[function.role for function in self._functions.values() if function.role],
            names=[inputs.names.function(settings.purpose) for settings in ALL],
            group=network.functions,
        )
        for function in self._functions.values():
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
        )
        log_right = write_logs(account.arn("logs", f"log-group:{log}"))
        grant(role, (log_right, *function_rights(settings, inputs, account)))
        return lambda_.Function(
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


_REASONS = {
    **INVOKED_AND_WAITED_FOR,
    "AwsSolutions-L1": "Python 3.13 is what the package's libraries are chosen for, and Lambda "
    "supports it until 2029; a newer one is a change of its own.",
    "AwsSolutions-IAM5[Resource::*]": "X-Ray takes trace segments for no resource, and Lambda's "
    "network interfaces have no name beforehand; functions' own code is denied the latter.",
}
