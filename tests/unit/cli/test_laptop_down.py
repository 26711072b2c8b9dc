"""`status` and `watch` of a laptop's runtime of which no worker runs: killed, or stopped."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from wms_connector.local.ports import HOST
from wms_connector.local.state import Launch, Part, Process, State, StateFolder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

GONE = Process(pid=2**22 - 1, created=1.0)


def recorded(folder: Path, process: Process | None) -> None:
    with socket.create_server((HOST, 0)) as server:
        free: int = server.getsockname()[1]
    launch = Launch(name="worker-1", kind="worker", argv=("x",), folder="x", log="x", port=free)
    state = State(
        stage="local", product="wms", cluster_id="c", database="wms", user="wms",
        ports={"postgres": free, "broker": free},
        parts={"worker-1": Part(launch=launch, process=process)},
    )  # fmt: skip
    StateFolder(folder).make()
    StateFolder(folder).write(state)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "connector.toml").write_text('tables = ["WMS.T_A"]\n')
    return tmp_path / "state"


def test_status_of_killed_workers_is_a_look(wms: Callable[..., Result], folder: Path) -> None:
    recorded(folder, GONE)
    result = wms("status", "--json")
    assert result.status == 1
    value = json.loads(result.out)
    assert value["healthy"] is False
    assert value["connectors"] == []
    found = {finding["id"]: finding["next_step"] for finding in value["findings"]}
    assert {"service-unhealthy", "connect-unreachable", "database-unreachable"} <= set(found)
    assert "`wms-connector local up" in found["service-unhealthy"]


def test_status_of_what_was_stopped_names_local_up(
    wms: Callable[..., Result], folder: Path
) -> None:
    recorded(folder, None)
    result = wms("status", "--json")
    assert (result.status, result.out) == (1, "")
    assert "no worker runs" in result.err
    assert "local up" in result.err


def test_what_was_killed_and_then_stopped_is_stopped(
    wms: Callable[..., Result], folder: Path
) -> None:
    recorded(folder, GONE)
    assert wms("local", "down").status == 0
    state = StateFolder(folder).read()
    assert state is not None
    assert state.is_stopped


def test_watch_of_what_was_stopped_says_so_and_finds_nothing(
    wms: Callable[..., Result], folder: Path
) -> None:
    recorded(folder, None)
    result = wms("watch", "--plain", "--for", "1", "--every", "0.5")
    assert result.status == 1
    assert result.out.count("the runtime is stopped. `wms-connector local up` starts it") == 1
    assert "CRITICAL" not in result.out
