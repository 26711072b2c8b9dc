"""One worker as a Fargate task: its containers, what it may do, and how it starts and stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Duration, Size
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from wms_connector.infra.constructs.agent import add_agent
from wms_connector.infra.constructs.environment import plain, secret_fields
from wms_connector.infra.constructs.image import container_image
from wms_connector.infra.constructs.rights import is_whole
from wms_connector.infra.constructs.worker_roles import WorkerRoles
from wms_connector.infra.image import (
    HEALTH,
    LOG_EVENT,
    STOP_TIMEOUT_S,
    TEMPORARY,
    USER,
    ImageSource,
)
from wms_connector.infra.validation import acknowledge
from wms_connector.model.names import REST_PORT

if TYPE_CHECKING:
    from aws_cdk import aws_logs as logs

    from wms_connector.infra.constructs.environment import Field
    from wms_connector.infra.inputs import StageInputs

CONTAINER: Final = "connect"
_LOG_BUFFER_MIB: Final = 25
# What ECS Exec writes to, which a read-only root would not let it.
_EXEC_FOLDERS: Final = {"exec": "/var/lib/amazon", "exec-log": "/var/log/amazon"}


class WorkerTask(Construct):
    """The task definition. An image or a secret's path that changes makes a new revision of it.

    A changed connector's configuration does not: nothing of it stands here.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        inputs: StageInputs,
        log_group: logs.ILogGroup,
        metrics_log: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, id_)
        sizing = inputs.pipeline.sizing(inputs.stage)
        self.roles = WorkerRoles(self, "Roles", inputs=inputs)
        self._secrets: dict[str, secretsmanager.ISecret] = {}
        self.definition = ecs.FargateTaskDefinition(
            self,
            "Definition",
            family=inputs.names.cluster,
            cpu=sizing.cpu,
            memory_limit_mib=sizing.memory,
            # The image is built for this platform, wherever it is built.
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.X86_64,
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
            task_role=self.roles.task,
            execution_role=self.roles.execution,
        )
        container = self.definition.add_container(
            CONTAINER,
            container_name=CONTAINER,
            image=container_image(self, ImageSource.of(inputs.pipeline)),
            cpu=sizing.container_cpu,
            memory_limit_mib=sizing.container_memory,
            environment=plain(inputs),
            secrets={name: self._secret(field) for name, field in secret_fields(inputs).items()},
            port_mappings=[ecs.PortMapping(container_port=REST_PORT)],
            user=USER,
            readonly_root_filesystem=True,
            health_check=ecs.HealthCheck(
                command=list(HEALTH.command),
                interval=Duration.seconds(HEALTH.interval_s),
                timeout=Duration.seconds(HEALTH.timeout_s),
                retries=HEALTH.retries,
                start_period=Duration.seconds(HEALTH.start_period_s),
            ),
            stop_timeout=Duration.seconds(STOP_TIMEOUT_S),
            # A worker goes on when CloudWatch does not take its lines; 25 MiB of them wait.
            logging=ecs.LogDriver.aws_logs(
                stream_prefix="worker",
                log_group=log_group,
                multiline_pattern=LOG_EVENT,
                mode=ecs.AwsLogDriverMode.NON_BLOCKING,
                max_buffer_size=Size.mebibytes(_LOG_BUFFER_MIB),
            ),
        )
        folders = {"temporary": TEMPORARY}
        if inputs.pipeline.settings(inputs.stage).ecs_exec:
            folders |= _EXEC_FOLDERS
        for name, path in folders.items():
            # Fargate gives a volume the owner that the image's VOLUME has.
            self.definition.add_volume(name=name)
            container.add_mount_points(
                ecs.MountPoint(source_volume=name, container_path=path, read_only=False)
            )
        add_agent(self.definition, inputs=inputs, log_group=metrics_log)
        acknowledge(
            self.definition,
            {
                "CloudFormation-Validate::E1029": "`${env:…}` is the worker's to fill in, "
                "not CloudFormation's.",
                "AwsSolutions-ECS2": "What stands in the template is no secret: properties with "
                "references, the heap, a port, what the agent is to count. Secrets come by field "
                "from Secrets Manager.",
            },
        )

    def _secret(self, field: Field) -> ecs.Secret:
        """Refer to a field; the value is read by ECS when a task starts, never by the template."""
        if field.secret not in self._secrets:
            id_ = f"Secret{len(self._secrets) + 1}"
            self._secrets[field.secret] = imported(self, id_, field.secret)
        return ecs.Secret.from_secrets_manager(self._secrets[field.secret], field.key)


def imported(scope: Construct, id_: str, secret: str) -> secretsmanager.ISecret:
    """Refer to a secret that is there already, by its path or ARN."""
    if not secret.startswith("arn:"):
        return secretsmanager.Secret.from_secret_name_v2(scope, id_, secret)
    if is_whole(secret):
        return secretsmanager.Secret.from_secret_complete_arn(scope, id_, secret)
    return secretsmanager.Secret.from_secret_partial_arn(scope, id_, secret)
