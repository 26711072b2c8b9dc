"""The connectors as a resource of the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import CustomResource, Duration, RemovalPolicy
from constructs import Construct

from wms_connector.aws.properties import registration_properties
from wms_connector.connectors.rendering import render
from wms_connector.infra.constructs.framework import Framework
from wms_connector.infra.constructs.function_settings import COMPLETE, REGISTER

if TYPE_CHECKING:
    from aws_cdk import aws_logs as logs
    from constructs import IDependable

    from wms_connector.infra.constructs.functions import Functions
    from wms_connector.infra.inputs import StageInputs

_LONGEST_WAIT: Final = Duration.hours(1)
"""The framework's limit. A first snapshot does not count: the task runs from its first row on."""
_ASKED_EVERY: Final = Duration.seconds(15)


class Registration(Construct):
    """Registers the connectors when the workers are there, and waits until their tasks run.

    The properties carry each connector's whole configuration: when it changes it is registered
    again, and a roll-back brings the former one back. It holds references and no secret, so a new
    password or image is none of its business: those replace the tasks.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        inputs: StageInputs,
        functions: Functions,
        log_group: logs.LogGroup,
        outlived_by: tuple[IDependable, ...],
    ) -> None:
        super().__init__(scope, id_)
        framework = Framework(
            self,
            "Framework",
            log_group=log_group,
            on_event=functions.of(REGISTER),
            is_complete=functions.of(COMPLETE),
            query_interval=_ASKED_EVERY,
            total_timeout=_LONGEST_WAIT,
        )
        connectors = render(
            inputs.pipeline, inputs.stage, database=inputs.database, security=inputs.security
        )
        self.resource = CustomResource(
            self,
            "Resource",
            service_token=framework.provider.service_token,
            resource_type="Custom::KafkaConnectors",
            properties=registration_properties(connectors, delivery=inputs.pipeline.delivery),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.resource.node.add_dependency(*outlived_by)
