"""Brings a stage's topics and connectors to the local broker and workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.connectors.rendering import render
from wms_connector.local.ports import HOST
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import SecretStr

    from wms_connector.connectors.shape import DatabaseShape
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage


def apply_topics(
    pipeline: Pipeline, stage: Stage, port: int, told: Callable[[str], object] = str
) -> int:
    """Create or align every topic of the stage; give how many changed. Raises KafkaFailure."""
    from wms_connector.kafka.admin import TopicAdmin
    from wms_connector.kafka.clients import Cluster, admin_client
    from wms_connector.kafka.guard import check_alone
    from wms_connector.kafka.plan import plan
    from wms_connector.kafka.topics import desired

    brokers = f"{HOST}:{port}"
    client, causes = admin_client(Cluster(brokers, KafkaSecurity.PLAINTEXT))
    admin = TopicAdmin(client, brokers, causes=causes.take)
    check_alone(pipeline.names(stage), admin)
    wanted = desired(pipeline, stage, replication=1)
    applied = admin.apply(plan(wanted, admin.describe(topic.name for topic in wanted)))
    for name in applied.altered:
        told(f"the topic {name} was aligned with the pipeline file")
    return len(applied.created) + len(applied.altered)


def register(
    pipeline: Pipeline,
    stage: Stage,
    urls: Sequence[str],
    *,
    database: DatabaseShape,
    secrets: Sequence[SecretStr],
    wait: Callable[[float], None],
) -> None:
    """Register the stage's connectors and wait until they and their tasks run.

    `wait` sleeps for seconds and raises if the work was cancelled. Raises ConnectFailure.
    """
    from wms_connector.connect.apply import reconcile
    from wms_connector.connect.client import ConnectClient
    from wms_connector.connect.wait import Waiting

    configs = render(pipeline, stage, database=database, security=KafkaSecurity.PLAINTEXT)
    names = pipeline.names(stage)
    with ConnectClient(urls, secrets=secrets, sleep=wait) as client:
        reconcile(
            client, configs, owned=names.owns_connector, waiting=Waiting(seconds=90, sleep=wait)
        )
