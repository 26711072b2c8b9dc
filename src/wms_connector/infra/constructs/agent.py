"""The CloudWatch agent beside a worker: it brings what Java counts into metrics, once a minute."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from aws_cdk import Duration
from aws_cdk import aws_ecr_assets as assets
from aws_cdk import aws_ecs as ecs

from wms_connector.health.agent import (
    AGENT_VARIABLE,
    PROMETHEUS_VARIABLE,
    agent_config,
    prometheus_config,
)
from wms_connector.infra.image import AGENT_IMAGE_VARIABLE, file

if TYPE_CHECKING:
    from aws_cdk import aws_logs as logs

    from wms_connector.infra.inputs import StageInputs
    from wms_connector.model.sizing import Sizing

AGENT: Final = "agent"
WANTED_MIB: Final = 128
"""What the agent is given where there is room: it takes some 60 MiB for a few hundred series."""
_LEAST_MIB: Final = 64
_RESTARTED_AFTER: Final = Duration.minutes(1)


def add_agent(
    definition: ecs.FargateTaskDefinition, *, inputs: StageInputs, log_group: logs.ILogGroup
) -> None:
    """Add it to a task. It is not essential, and has no processor of its own.

    A worker goes on without it; ECS starts it again by itself. It writes its metrics, and what it
    has to say itself, as lines of `log_group`. Its root is not read-only: it translates its
    configuration into a file when it starts.
    """
    room = memory(inputs.pipeline.sizing(inputs.stage))
    base = os.environ.get(AGENT_IMAGE_VARIABLE)
    definition.add_container(
        AGENT,
        container_name=AGENT,
        image=ecs.ContainerImage.from_docker_image_asset(
            assets.DockerImageAsset(
                definition,
                "AgentImage",
                directory=str(file("agent/Dockerfile").parent),
                platform=assets.Platform.LINUX_AMD64,
                build_args={"BASE": base} if base else None,
                display_name="CloudWatch agent",
            )
        ),
        essential=False,
        memory_reservation_mib=room,
        enable_restart_policy=True,
        restart_attempt_period=_RESTARTED_AFTER,
        environment={
            AGENT_VARIABLE: agent_config(inputs.names),
            PROMETHEUS_VARIABLE: prometheus_config(inputs.names),
        },
        logging=ecs.LogDriver.aws_logs(
            stream_prefix=AGENT, log_group=log_group, mode=ecs.AwsLogDriverMode.NON_BLOCKING
        ),
    )


def memory(sizing: Sizing) -> int | None:
    """MiB that are reserved for the agent: what the worker's container leaves of the task's.

    None where it leaves next to nothing: then nothing is reserved, and the two share.
    """
    room = min(WANTED_MIB, sizing.memory - sizing.container_memory)
    return room if room >= _LEAST_MIB else None
