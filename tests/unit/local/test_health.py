"""The laptop's probes, without a runtime: what is recorded, and what does not answer."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import psutil
import pytest

from wms_connector.health.observation import UNASKED, Reach
from wms_connector.local.control import LocalControl
from wms_connector.local.errors import NotRunningError
from wms_connector.local.health import Laptop, laptop_flows
from wms_connector.local.ports import HOST
from wms_connector.local.state import External, Launch, Part, Process, State
from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIPELINE = Pipeline.parse('tables = ["WMS.T_A", "MMDL.T_B"]')
STAGE = PIPELINE.stage("local")
POSTGRES = {"connector.class": "x.PostgresConnector", "slot.name": "s"}
ORACLE = {"connector.class": "x.OracleConnector"}
OFFSETS = [{"partition": {}, "offset": {"lsn": 1, "scn": "1"}}]


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def free() -> int:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
    return port


def worker(number: int, port: int, process: Process | None = None) -> Part:
    name = f"worker-{number}"
    launch = Launch(name=name, kind="worker", argv=("x",), folder="x", log="x", port=port)
    return Part(launch=launch, process=process)


def control(folder: Path, *parts: Part, **more: object) -> LocalControl:
    made = LocalControl(folder)
    made.folder.make()
    state = State(stage="local", product="wms", cluster_id="c", database="wms", user="wms")
    made.folder.write(
        state.model_copy(update={"parts": {part.launch.name: part for part in parts}, **more})
    )
    return made


def own_process() -> Process:
    return Process(pid=os.getpid(), created=psutil.Process().create_time())


def test_workers_are_asked_by_their_ports_whether_or_not_they_run(tmp_path: Path) -> None:
    here = control(tmp_path, worker(1, 7001, own_process()), worker(2, 7002))
    laptop = Laptop(here, PIPELINE, STAGE)
    with laptop.client() as client:
        assert client.where == f"http://{HOST}:7001, http://{HOST}:7002"


def test_a_worker_whose_process_is_gone(tmp_path: Path) -> None:
    laptop = Laptop(
        control(tmp_path, worker(1, 7001, own_process()), worker(2, 7002)), PIPELINE, STAGE
    )
    with laptop.client() as client:
        service = laptop.probes(client).service
    assert service is not None
    found = service()
    assert found is not None
    assert (found.desired, found.running) == (2, 1)
    assert found.message == "worker-2: the process is gone"


def test_a_look_where_no_worker_answers(tmp_path: Path, free: int) -> None:
    """And the brokers and the database are away as well: it ends, and says so."""
    ports = {"postgres": free, "broker": free}
    here = control(tmp_path, worker(1, free), ports=ports)
    laptop = Laptop(here, PIPELINE, STAGE)
    taken = laptop.look(seconds=3)
    kinds = [finding.kind.id for finding in taken.verdict.findings]
    assert {"service-unhealthy", "connect-unreachable", "database-unreachable"} <= set(kinds)
    assert taken.seen.desired == ("wms-oracle-cdc",)
    assert taken.restarts_json() is not None
    assert laptop.memory.history() == taken.verdict.history
    assert laptop.figures == ()


def test_the_database_of_the_runtime(tmp_path: Path, listening: int, free: int) -> None:
    def reach(port: int) -> Reach | None:
        here = control(tmp_path, worker(1, 7001), ports={"postgres": port})
        laptop = Laptop(here, PIPELINE, STAGE)
        with laptop.client() as client:
            probe = laptop.probes(client).database
        assert probe is not None
        return probe()

    assert reach(listening) == Reach(ok=True)
    assert reach(free) == Reach(ok=False, reason="Connection refused")


@pytest.mark.parametrize(("target", "known"), [("127.0.0.1:{}/X", True), ("an_alias", False)])
def test_the_database_of_the_user_s(
    tmp_path: Path, listening: int, target: str, known: bool
) -> None:
    address = f"u@{target.format(listening)}"
    external = External(connector=address, application=address)
    here = control(tmp_path, worker(1, 7001), source="oracle", external=external)
    laptop = Laptop(here, PIPELINE, STAGE)
    with laptop.client() as client:
        probe = laptop.probes(client).database
    assert probe is not None
    assert probe() == (Reach(ok=True) if known else None)


def test_postgresql_that_is_away_is_part_of_the_flow(tmp_path: Path, free: int) -> None:
    here = control(tmp_path, worker(1, 7001), ports={"postgres": free})
    flow = laptop_flows(here)("c", POSTGRES, OFFSETS)
    assert flow is not None
    assert "the database cannot be reached" in flow.unknown[UNASKED]


def test_another_oracle_may_be_named(tmp_path: Path, free: int) -> None:
    address = f"u@127.0.0.1:{free}/X"
    external = External(connector=address, application=address)
    here = control(tmp_path, worker(1, 7001), source="oracle", external=external)
    flow = laptop_flows(here)("c", ORACLE, OFFSETS)
    assert flow is not None
    assert flow.unknown[UNASKED].startswith("the database answers ")
    assert laptop_flows(here, oracle=lambda: None)("c", ORACLE, OFFSETS) is None


def test_without_a_runtime_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(NotRunningError):
        Laptop(LocalControl(tmp_path / "none"), PIPELINE, STAGE)
