"""What docs/contract says of the laptop's PostgreSQL, against the records of a run."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest
from confluent_kafka import Consumer
from tests.contract.published import Run, check_current, check_records

from wms_connector.audit import audit
from wms_connector.audit.postgres import PostgresSource
from wms_connector.events.reader import consumer_settings, ranges
from wms_connector.local.generator import generate, prepare

if TYPE_CHECKING:
    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage


@pytest.fixture(scope="module")
def run(runtime: LocalRuntime, pipeline: Pipeline, stage: Stage) -> Run:
    local = runtime.status()
    names = pipeline.names(stage)
    topics = {table: names.debezium_topic(table) for table in pipeline.tables}
    url = f"{local.connect_url}/connectors/{names.connector}/offsets"
    client = {"bootstrap.servers": local.bootstrap_servers}
    with closing(Consumer(consumer_settings(client))) as consumer:
        since = ranges(consumer, list(topics.values()))
    with psycopg.connect(local.database_dsn, autocommit=True) as connection:
        prepare(connection, 50)
        generate(connection, seed=41, rate=0, count=400)
        # Waits until all of it is in the topics.
        delivered = audit(
            PostgresSource(connection),
            topics,
            lambda committed: Consumer(consumer_settings(client, committed=committed)),
            offsets=lambda: httpx.get(url, timeout=60).raise_for_status().json()["offsets"],
        )
    assert delivered.ok, delivered.sentences()
    return Run(
        "postgres", local.bootstrap_servers or "", topics, f"{names.topic_prefix}.", since=since
    )


def test_the_published_schemas_are_what_the_events_carry(run: Run):
    check_current(run)


def test_every_record_is_valid(run: Run):
    seen = check_records(run)
    assert {"r", "c", "u", "d", "tombstone"} <= seen.keys()
    assert seen["tombstone"] == seen["d"]
