"""The two roles of a worker's task: what the container may do, and what ECS may do to start it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from wms_connector.connectors.rendering import render
from wms_connector.infra.constructs.environment import secrets_read
from wms_connector.infra.constructs.granting import grant
from wms_connector.infra.constructs.msk_rights import Msk, worker_rights
from wms_connector.infra.constructs.rights import account_of, read_secrets, write_logs
from wms_connector.infra.validation import acknowledge

if TYPE_CHECKING:
    from wms_connector.infra.constructs.rights import Right
    from wms_connector.infra.inputs import StageInputs


class WorkerRoles(Construct):
    """`task`: its metrics, and Kafka's rights where Kafka asks IAM. `execution`: secrets, logs.

    The right to pull the image is added by the image.
    """

    def __init__(self, scope: Construct, id_: str, *, inputs: StageInputs) -> None:
        super().__init__(scope, id_)
        account = account_of(Stack.of(self))
        self.task = iam.Role(
            self,
            "Task",
            description=f"What a worker of {inputs.names.connector_stack} may do",
            # Only ECS of this account, so that no other's tasks can be made to act as ours.
            assumed_by=iam.ServicePrincipal(
                "ecs-tasks.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": account.number},
                    "ArnLike": {"aws:SourceArn": account.arn("ecs", "*")},
                },
            ),
        )
        metrics = write_logs(
            account.arn("logs", f"log-group:{inputs.names.metrics_log_group}"), looks=True
        )
        grant(self.task, (*task_rights(inputs), metrics))
        self.execution = iam.Role(
            self,
            "Execution",
            description=f"How ECS starts a worker of {inputs.names.connector_stack}",
            assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
        )
        grant(
            self.execution,
            (
                *read_secrets(account, secrets_read(inputs)),
                write_logs(account.arn("logs", f"log-group:{inputs.names.log_group}")),
            ),
        )
        acknowledge(
            self.execution,
            {
                "AwsSolutions-IAM5[Resource::*]": "ecr:GetAuthorizationToken knows no resource; "
                "what may be pulled with the token is one repository's.",
            },
        )


def task_rights(inputs: StageInputs) -> tuple[Right, ...]:
    """Give what the worker may do in AWS: nothing, unless Kafka authorises by IAM."""
    msk = Msk.of(inputs)
    if msk is None:
        return ()
    configs = render(
        inputs.pipeline, inputs.stage, database=inputs.database, security=inputs.security
    )
    tasks = {name: int(config["tasks.max"]) for name, config in configs.items()}
    return worker_rights(msk, inputs.pipeline, inputs.stage, tasks)
