"""What ECS tells of the workers by itself, minutes before a check would see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from constructs import Construct

from wms_connector.infra.constructs.calls import rule
from wms_connector.infra.constructs.event_patterns import (
    ECS_RULES,
    deployment_failed,
    service_trouble,
    worker_stopped,
    worker_unhealthy,
)
from wms_connector.infra.constructs.function_settings import MAIL, service_arn
from wms_connector.infra.constructs.rights import account_of

if TYPE_CHECKING:
    from constructs import IDependable

    from wms_connector.infra.constructs.functions import Functions
    from wms_connector.infra.inputs import StageInputs


class EcsEvents(Construct):
    """Rules that hand failures of tasks, service and deployments to the mail function.

    Not what a deployment or scaling does as it should. `after`: what has to stand first, so that
    nobody hears of a stage that is just coming up; its deployment tells that itself.
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
        names, account = inputs.names, account_of(Stack.of(self))
        cluster = account.arn("ecs", f"cluster/{names.cluster}")
        service = service_arn(inputs, account)
        told = (
            (worker_stopped(names, cluster), "A worker ended or did not start"),
            (worker_unhealthy(names, cluster), "A worker did not answer"),
            (service_trouble(service), "ECS cannot keep the workers running"),
            (deployment_failed(service), "New workers did not get healthy"),
        )
        for what, (pattern, text) in zip(ECS_RULES, told, strict=True):
            made = rule(
                self,
                what,
                name=names.rule(what),
                what=f"{text} ({names.connector_stack})",
                function=functions.of(MAIL),
                pattern=pattern,
            )
            made.node.add_dependency(*after)
