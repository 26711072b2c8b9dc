"""The workers: a Fargate service, its cluster, and the name under which it is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from wms_connector.infra.constructs.rights import account_of
from wms_connector.infra.constructs.task_definition import WorkerTask
from wms_connector.infra.validation import acknowledge, wildcard

if TYPE_CHECKING:
    from aws_cdk import aws_logs as logs

    from wms_connector.infra.constructs.network import Network
    from wms_connector.infra.inputs import StageInputs

HOST: Final = "connect"
"""The workers' name in the stage's private zone; `Names.connect_url` has it too."""
_DNS_TTL_S: Final = 10
"""A task that is replaced has another address: no function asks the old one for longer."""


class Workers(Construct):
    """The service runs as many tasks as the pipeline file says, and hands over when it changes.

    A deployment starts the new tasks first and stops the old ones when the new ones are healthy
    (100 to 200 %). If they do not get so, ECS goes back to the tasks before, and the deployment of
    the stack fails.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        inputs: StageInputs,
        network: Network,
        log_group: logs.ILogGroup,
        metrics_log: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, id_)
        names = inputs.names
        may_exec = inputs.pipeline.settings(inputs.stage).ecs_exec
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            cluster_name=names.cluster,
            vpc=network.vpc,
            container_insights_v2=_insights(inputs),
            # Whoever opens a shell can read the environment: what is typed there is recorded.
            execute_command_configuration=ecs.ExecuteCommandConfiguration(
                logging=ecs.ExecuteCommandLogging.OVERRIDE,
                log_configuration=ecs.ExecuteCommandLogConfiguration(
                    cloud_watch_log_group=log_group
                ),
            )
            if may_exec
            else None,
        )
        task = WorkerTask(self, "Task", inputs=inputs, log_group=log_group, metrics_log=metrics_log)
        self.service = ecs.FargateService(
            self,
            "Service",
            service_name=names.cluster,
            cluster=self.cluster,
            task_definition=task.definition,
            desired_count=inputs.pipeline.sizing(inputs.stage).workers,
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            platform_version=ecs.FargatePlatformVersion.VERSION1_4,
            assign_public_ip=False,
            vpc_subnets=network.subnets,
            security_groups=[network.workers],
            enable_execute_command=may_exec,
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            cloud_map_options=ecs.CloudMapOptions(
                name=HOST,
                cloud_map_namespace=servicediscovery.PrivateDnsNamespace(
                    self,
                    "Zone",
                    name=names.dns_namespace,
                    vpc=network.vpc,
                    description=f"Workers of {names.connector_stack}",
                ),
                dns_record_type=servicediscovery.DnsRecordType.A,
                dns_ttl=Duration.seconds(_DNS_TTL_S),
            ),
        )
        # The CDK makes it wait for the task's role alone; without the other no task can start.
        self.service.node.add_dependency(task.roles)
        if not inputs.stage.is_named:
            acknowledge(
                self.cluster,
                {
                    "AwsSolutions-ECS4": "An ephemeral stage is looked at while it lives: the "
                    "service's own metrics do, and nothing is left behind.",
                },
            )
        if may_exec:
            stream = f"log-group:{log_group.log_group_name}:*"
            found = ("*", account_of(Stack.of(self)).arn("logs", stream))
            acknowledge(task, {wildcard(self, resource): _EXEC for resource in found})


_EXEC: Final = (
    "ECS Exec was asked for in the pipeline file: its channels (ssmmessages) and "
    "logs:DescribeLogGroups know no resource, and what is typed goes into the workers' log group."
)


def _insights(inputs: StageInputs) -> ecs.ContainerInsights:
    """Named stages have Container Insights.

    An ephemeral one has not: CloudWatch makes a log group for it outside the stack, which would
    stay behind, and its metrics cost more than the rest of an idle stage.
    """
    if inputs.stage.is_named:
        return ecs.ContainerInsights.ENABLED
    return ecs.ContainerInsights.DISABLED
