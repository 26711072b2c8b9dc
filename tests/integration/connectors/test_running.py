"""The configuration that runs: what the worker keeps of it, and that an idle offset moves."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
from confluent_kafka import Consumer, TopicPartition

if TYPE_CHECKING:
    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.status import LocalStatus
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

PATIENCE_S = 60


def everything_in(topic: str, brokers: str) -> bytes:
    """All keys and values of a topic of one partition."""
    consumer = Consumer(
        {"bootstrap.servers": brokers, "group.id": "reads-all", "enable.auto.commit": False}
    )
    partition = TopicPartition(topic, 0)
    low, high = consumer.get_watermark_offsets(partition, timeout=PATIENCE_S)
    consumer.assign([TopicPartition(topic, 0, low)])
    found, deadline = [], time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        message = consumer.poll(1)
        if message is not None and message.error() is None:
            found += [message.key() or b"", message.value() or b""]
        [position] = consumer.position([partition])
        if position.offset >= high:
            break
    consumer.close()
    return b"\n".join(found)


def test_no_secret_is_readable_or_stored(
    runtime: LocalRuntime, local: LocalStatus, pipeline: Pipeline, stage: Stage
) -> None:
    password = json.loads((runtime.folder.path / "secrets.json").read_text())["database"]
    config = httpx.get(
        f"{local.connect_url}/connectors/wms-oracle-cdc/config", timeout=PATIENCE_S
    ).text
    assert "${env:DB_PASSWORD}" in config
    stored = everything_in(
        pipeline.names(stage).connect_topics.config, local.bootstrap_servers
    ).decode()
    assert "${env:DB_PASSWORD}" in stored
    for text in (config, stored):
        assert password not in text


def offset(local: LocalStatus) -> int:
    answer: dict[str, Any] = httpx.get(
        f"{local.connect_url}/connectors/wms-oracle-cdc/offsets", timeout=PATIENCE_S
    ).json()
    return max((entry["offset"].get("lsn_commit", 0) for entry in answer["offsets"]), default=0)


def test_the_offset_passes_any_position_of_an_idle_database(local: LocalStatus) -> None:
    with psycopg.connect(local.database_dsn, autocommit=True) as connection:
        row = connection.execute("SELECT pg_current_wal_lsn() - '0/0'").fetchone()
    assert row is not None
    deadline = time.monotonic() + PATIENCE_S
    while (reached := offset(local)) < row[0] and time.monotonic() < deadline:
        time.sleep(0.2)
    assert reached >= row[0]


def test_heartbeats_leave_no_topic_of_messages(local: LocalStatus) -> None:
    topics = httpx.get(
        f"{local.connect_url}/connectors/wms-oracle-cdc/topics", timeout=PATIENCE_S
    ).json()
    written = topics["wms-oracle-cdc"]["topics"]
    assert "__debezium-heartbeat.tests.wms" in written
    assert "tests.wms.message" not in written
