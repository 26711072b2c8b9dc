"""A JDBC source plugin on the laptop's runtime.

Runs where WMS_CONNECTOR_JDBC_PLUGIN names the plugin's folder, with PostgreSQL's driver in it:
the plugin is not in Maven's central repository.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from confluent_kafka import Consumer

from wms_connector.connect.client import ConnectClient
from wms_connector.events.reader import consumer_settings, follow
from wms_connector.events.records import Change, Parser
from wms_connector.kafka.clients import Cluster, client_settings
from wms_connector.local.runtime import LocalRuntime
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wms_connector.local.status import LocalStatus

PLUGIN = os.environ.get("WMS_CONNECTOR_JDBC_PLUGIN")
PREFIX = "jdbc.aws.wms.cdc.WMS."
BASE, REVISION = f"{PREFIX}PLAN_BASE_WVR_TBL", f"{PREFIX}PLAN_WVR_RVSN_TBL"
PATIENCE = 90.0  # seconds; the delay guard alone holds rows back for eight

pytestmark = [
    pytest.mark.jdbc_plugin,
    pytest.mark.skipif(PLUGIN is None, reason="WMS_CONNECTOR_JDBC_PLUGIN names no plugin's folder"),
]


@pytest.fixture(scope="module")
def jdbc(session_folder: Path, repository: Path) -> Iterator[LocalRuntime]:
    text = (repository / "pipeline.toml").read_text(encoding="utf-8")
    wms = Pipeline.parse(text.replace('connector = "debezium"', 'connector = "jdbc"', 1))
    started = LocalRuntime(
        session_folder / "jdbc", wms, wms.stage("jdbc"), plugins=[Path(PLUGIN or "")]
    )
    started.up()
    yield started
    started.down(purge=True)


@pytest.fixture
def rows(jdbc: LocalRuntime) -> Iterator[Callable[[int], list[Change]]]:
    """Read the topics from their beginning until so many rows have arrived."""
    status = jdbc.status()
    settings = client_settings(Cluster(status.bootstrap_servers, KafkaSecurity.PLAINTEXT))

    def read(count: int) -> list[Change]:
        consumer, parser, found = Consumer(consumer_settings(settings)), Parser(), []
        until = time.monotonic() + PATIENCE
        try:
            for batch in follow(consumer, [BASE, REVISION], from_beginning=True):
                found += [r for r in map(parser.message, batch) if isinstance(r, Change)]
                if len(found) >= count or time.monotonic() > until:
                    return found
        finally:
            consumer.close()
        return found

    return read


def insert(status: LocalStatus, number: int) -> None:
    with psycopg.connect(status.database_dsn) as connection:
        connection.execute(
            'INSERT INTO "WMS"."PLAN_BASE_WVR_TBL" ("PLAN_WVR_ID", "WHSE_ID", "PLAN_NBR",'
            ' "WVR_TYP_CD", "STAT_CD", "PLAN_QTY", "PLAN_STRT_DT", "ADD_USER_ID", "SYS_ADD_TS",'
            " \"SYS_UPD_TS\") VALUES (%s, 'W1', %s, 'PICK', 'NEW', 12.345, '2026-01-15', 'me',"
            " timezone('UTC', clock_timestamp()), timezone('UTC', clock_timestamp()))",
            (number, f"N{number}"),
        )


def test_rows_reach_the_topics_of_their_schema_with_keys_and_readable_numbers(
    jdbc: LocalRuntime, rows: Callable[[int], list[Change]]
) -> None:
    insert(jdbc.status(), 1)
    [found] = [change for change in rows(1) if change.after and change.after["PLAN_WVR_ID"] == 1]
    assert found.topic == BASE
    assert found.op == "w"
    assert found.key == {"PLAN_WVR_ID": 1}
    assert float(found.after["PLAN_QTY"]) == 12.345


def test_an_outage_of_the_database_heals_by_itself(
    jdbc: LocalRuntime, rows: Callable[[int], list[Change]]
) -> None:
    before = len(rows(1))
    jdbc.kill("postgres")
    time.sleep(5)
    jdbc.start("postgres")
    insert(jdbc.status(), 2)
    found = rows(before + 1)
    assert any(change.after and change.after["PLAN_WVR_ID"] == 2 for change in found)
    with ConnectClient(jdbc.status().connect_urls) as client:
        assert client.status("wms-oracle-cdc").is_running


def test_updates_and_deletes_are_not_seen_as_documented(
    jdbc: LocalRuntime, rows: Callable[[int], list[Change]]
) -> None:
    before = len(rows(1))
    with psycopg.connect(jdbc.status().database_dsn) as connection:
        connection.execute('UPDATE "WMS"."PLAN_BASE_WVR_TBL" SET "STAT_CD" = %s', ("DONE",))
        connection.execute('DELETE FROM "WMS"."PLAN_BASE_WVR_TBL" WHERE "PLAN_WVR_ID" = 1')
    insert(jdbc.status(), 3)
    found = rows(before + 1)
    assert [c.after["STAT_CD"] for c in found if c.after and c.after["PLAN_WVR_ID"] != 3] == [
        "NEW"
    ] * before
