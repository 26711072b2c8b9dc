"""A runtime of its own, beside the shared one: the user's tables, a crash, and the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import psutil
import psycopg
import pytest

from wms_connector.local import processes
from wms_connector.local.control import LocalControl
from wms_connector.local.errors import NotRunningError, StateError, TablesMissingError
from wms_connector.local.runtime import LocalRuntime
from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from pathlib import Path

SHOP = Pipeline.parse('product = "shop"\ntables = ["public.orders"]\n')
INIT = """
CREATE TABLE orders (id int PRIMARY KEY, what text);
INSERT INTO orders VALUES (1, 'first');
"""


@pytest.mark.slow
def test_from_missing_tables_over_a_crash_to_nothing(session_folder: Path, tmp_path: Path) -> None:
    folder = session_folder / "life cycle"
    runtime = LocalRuntime(folder, SHOP, SHOP.stage("crash-test"))
    with pytest.raises(TablesMissingError, match=r"no public\.orders;.*psql 'postgresql://shop@"):
        runtime.up()
    waiting = runtime.status()
    assert waiting.running

    with psycopg.connect(waiting.database_dsn) as connection:
        connection.execute(INIT)
    up = runtime.up()
    assert up.started == ()
    assert connector_states(up.connect_url) == {"RUNNING"}

    with pytest.raises(StateError, match="belongs to stage crash-test of shop"):
        LocalRuntime(folder, SHOP, SHOP.stage("other")).up()

    for part in up.parts:
        runtime.kill(part.name)
    assert not any(part.alive for part in runtime.status().parts)
    again = runtime.up()
    assert set(again.started) == {"postgres", "broker", "worker-1"}
    assert connector_states(again.connect_url) == {"RUNNING"}
    with psycopg.connect(again.database_dsn) as connection:
        assert connection.execute("SELECT id, what FROM orders").fetchall() == [(1, "first")]

    # From here on as another process would, which knows the folder and nothing else.
    pids = [part.pid for part in again.parts if part.pid]
    control = LocalControl(folder)
    assert {entry.part for entry in control.logs()} == {"postgres", "broker", "worker-1"}
    assert set(control.down(purge=True)) == {"postgres", "broker", "worker-1"}
    assert not folder.exists()
    assert not any(psutil.pid_exists(pid) and works(pid) for pid in pids)
    assert processes.strays(folder, ()) == []
    with pytest.raises(NotRunningError):
        control.status()


def connector_states(url: str | None) -> set[str]:
    status = httpx.get(f"{url}/connectors/shop-oracle-cdc/status", timeout=60).json()
    return {status["connector"]["state"], *(task["state"] for task in status["tasks"])}


def works(pid: int) -> bool:
    return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
