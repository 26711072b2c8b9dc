"""The stage's topics as a resource of the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import CustomResource, Duration, RemovalPolicy
from constructs import Construct

from wms_connector.aws.properties import topics_properties
from wms_connector.infra.constructs.framework import Framework
from wms_connector.infra.constructs.function_settings import TOPICS
from wms_connector.kafka.topics import desired

if TYPE_CHECKING:
    from aws_cdk import aws_logs as logs
    from constructs import IDependable

    from wms_connector.infra.constructs.functions import Functions
    from wms_connector.infra.inputs import StageInputs

_GIVE_UP: Final = Duration.minutes(15)
"""How long CloudFormation waits for an answer: longer than the function can run."""


class Topics(Construct):
    """Makes the topics before anything uses them, and deletes an ephemeral stage's after all.

    What is desired stands in the properties, so a changed list of tables acts. `outlived_by` is
    what a deletion needs: it stands until the topics are gone.
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
        framework = Framework(self, "Framework", log_group=log_group, on_event=functions.of(TOPICS))
        self.resource = CustomResource(
            self,
            "Resource",
            service_token=framework.provider.service_token,
            resource_type="Custom::KafkaTopics",
            properties=topics_properties(
                desired(inputs.pipeline, inputs.stage), keep=inputs.stage.is_named
            ),
            service_timeout=_GIVE_UP,
            # Always deleted as a resource: the handler knows what may be deleted in Kafka.
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.resource.node.add_dependency(*outlived_by)
