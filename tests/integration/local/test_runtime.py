"""The shared runtime: what it says of itself, and that its parts can be killed and started."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest

from wms_connector.local.errors import NotRunningError

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


def test_a_killed_worker_is_started_again_on_its_port(runtime: LocalRuntime) -> None:
    before = runtime.status()
    killed = runtime.kill("worker-1", signal.SIGKILL)
    assert not runtime.status().running
    with pytest.raises(NotRunningError, match="worker-1 does not run"):
        runtime.kill("worker-1")
    after = runtime.start("worker-1")
    assert after.running
    assert after.connect_url == before.connect_url
    assert killed not in {part.pid for part in after.parts}
