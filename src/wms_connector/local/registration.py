"""Brings a stage's topics and connectors to the local broker and workers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

from wms_connector.connectors.debezium_postgres import debezium_postgres
from wms_connector.kafka.admin import TopicAdmin
from wms_connector.kafka.clients import Cluster, admin_client
from wms_connector.kafka.plan import plan
from wms_connector.kafka.topics import desired
from wms_connector.local.errors import StartError
from wms_connector.local.ports import HOST
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    import threading

    from wms_connector.local.state import State
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage


def apply_topics(pipeline: Pipeline, stage: Stage, state: State) -> None:
    brokers = f"{HOST}:{state.ports['broker']}"
    client, causes = admin_client(Cluster(brokers, KafkaSecurity.PLAINTEXT))
    admin = TopicAdmin(client, brokers, causes=causes.take)
    wanted = desired(pipeline, stage, replication=1)
    admin.apply(plan(wanted, admin.describe(topic.name for topic in wanted)))


def register(pipeline: Pipeline, stage: Stage, url: str, cancelled: threading.Event) -> None:
    config = debezium_postgres(pipeline, stage)
    name = pipeline.names(stage).connector
    with httpx.Client(base_url=url, timeout=30) as client:
        answer = client.put(f"/connectors/{name}/config", json=config)
        if answer.is_error:
            raise StartError(f"{name} was refused: {answer.text}")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            status = client.get(f"/connectors/{name}/status").json()
            states = [status.get("connector", {}).get("state")]
            states += [task["state"] for task in status.get("tasks", [])]
            if len(states) > 1 and set(states) == {"RUNNING"}:
                return
            if cancelled.wait(0.05):
                return
        raise StartError(f"{name} does not run: {status}")
