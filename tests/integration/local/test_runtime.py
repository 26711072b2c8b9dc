"""The shared runtime: what it says of itself. Its parts are killed and started in tests/chaos."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import psycopg

if TYPE_CHECKING:
    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.status import LocalStatus


def test_every_part_runs(local: LocalStatus) -> None:
    assert local.running
    assert {part.name for part in local.parts} == {"postgres", "broker", "worker-1"}
    assert all(part.pid and part.rss_bytes and part.uptime_s is not None for part in local.parts)


def test_the_connector_and_its_task_run(local: LocalStatus) -> None:
    status = httpx.get(f"{local.connect_url}/connectors/wms-oracle-cdc/status", timeout=60).json()
    assert status["connector"]["state"] == "RUNNING"
    assert [task["state"] for task in status["tasks"]] == ["RUNNING"]


def test_the_dsn_signs_in_and_holds_no_password(runtime: LocalRuntime, local: LocalStatus) -> None:
    with psycopg.connect(local.database_dsn) as connection:
        found = connection.execute('SELECT count(*) FROM "WMS"."PLAN_BASE_WVR_TBL"').fetchone()
    assert found is not None
    password = json.loads((runtime.folder.path / "secrets.json").read_text())["database"]
    assert password not in local.model_dump_json()


def test_a_second_up_starts_nothing(runtime: LocalRuntime, local: LocalStatus) -> None:
    again = runtime.up()
    assert again.started == ()
    assert [part.pid for part in again.parts] == [part.pid for part in local.parts]
