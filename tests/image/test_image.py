"""The image: what it says of itself, and its process in a container that is shut tight."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest
from tests.e2e.support import PATIENCE, Reader, for_a_while, until, write_one

from wms_connector.connectors.properties import render_properties
from wms_connector.connectors.worker import WorkerPlace, worker_properties
from wms_connector.health.workers import ask_workers
from wms_connector.infra.image import HEALTH, HOME, PLUGIN_PATH, STOP_TIMEOUT_S, USER
from wms_connector.kafka.clients import Cluster, admin_client
from wms_connector.local import broker, lock, ports
from wms_connector.local.lock import Purpose
from wms_connector.local.plugins import unpacked
from wms_connector.local.registration import apply_topics, register
from wms_connector.local.sources import source_of
from wms_connector.model.environment import Env
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.image.workshop import Container, Image

    from wms_connector.infra.image import ImageSource
    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

OUTAGE = 15.0
"""Seconds without a broker, for five minutes; Kafka's time-outs are scaled with it, see SCALED."""

SCALED = {"request.timeout.ms": "3000", "default.api.timeout.ms": "5000"}
"""Kafka's own are 30 s and 60 s: the outage is several times as long, here as there."""


def test_hadolint_has_nothing_to_say(repository: Path) -> None:
    done = subprocess.run(
        ["hadolint", "image/Dockerfile", "image/agent/Dockerfile"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_it_says_how_it_is_to_be_run(image: Image, source: ImageSource) -> None:
    assert image.config["User"] == USER
    assert image.config["Entrypoint"] == [f"{HOME}/worker"]
    assert image.config["Volumes"] == {"/tmp": {}}
    assert image.config["StopSignal"] == "SIGTERM"
    check = image.config["Healthcheck"]
    assert tuple(check["Test"]) == HEALTH.command
    seconds = [check[key] / 1e9 for key in ("Interval", "Timeout", "StartPeriod")]
    assert [*seconds, check["Retries"]] == [
        HEALTH.interval_s,
        HEALTH.timeout_s,
        HEALTH.start_period_s,
        HEALTH.retries,
    ]
    assert image.config["Labels"]["wms-connector.digest"] == source.digest()


def test_its_user_owns_the_volume_and_nothing_else(image: Image) -> None:
    user, group = map(int, USER.split(":"))
    volume = Path(image.root, "tmp").stat()
    assert (volume.st_uid, volume.st_gid, stat.S_IMODE(volume.st_mode)) == (user, group, 0o700)
    own = [
        path
        for top in ("java", "connect")
        for path in Path(image.root, "opt", top).rglob("*")
        if path.lstat().st_uid == user or (path.lstat().st_mode & 0o022 and not path.is_symlink())
    ]
    assert own == []
    assert not Path(image.root, "training").exists()
    assert [path.name for path in Path(f"{image.root}{PLUGIN_PATH}").iterdir()] == [
        "debezium-connector-oracle"
    ]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "worker: WORKER_PROPERTIES is not set"),
        ({"WORKER_PROPERTIES": "a=b"}, "worker: HEAP_MIB is ''"),
        ({"WORKER_PROPERTIES": "a=b", "HEAP_MIB": "1g"}, "worker: HEAP_MIB is '1g'"),
        (
            {
                "WORKER_PROPERTIES": "a=${env:BROKERS}\nb=${env:KAFKA_USER} ${env:BROKERS}",
                "HEAP_MIB": "64",
                "KAFKA_USER": "",
            },
            "worker: the worker's properties refer to what is not set: BROKERS KAFKA_USER",
        ),
    ],
)
def test_what_is_missing_is_said(
    image: Image, tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    container = image.start(environment, plugin=tmp_path, output=tmp_path / "out")
    assert container.end(PATIENCE) == 2
    assert container.told().startswith(sentence)
    assert len(container.told().splitlines()) == 1


def test_nobody_answers(image: Image, tmp_path: Path) -> None:
    command = [HEALTH.command[1], str(ports.choose())]
    container = image.start({}, plugin=tmp_path, output=tmp_path / "out", command=command)
    assert container.end(PATIENCE) == 1
    assert "nothing listens" in container.told()


@pytest.fixture
def streaming(
    image: Image, runtime: LocalRuntime, pipeline: Pipeline, tmp_path: Path
) -> Iterator[Streaming]:
    """A container whose worker streams from the local PostgreSQL, as a stage of its own."""
    stage = pipeline.stage("image")
    state = runtime.recorded()
    database = source_of(state)
    [artifact] = lock.select(lock.load(), {Purpose.POSTGRES})
    port, told_on = ports.choose(), ports.choose()
    place = WorkerPlace(
        plugin_path=f"{PLUGIN_PATH},/mnt",
        advertised_host=Env.REST_ADVERTISED_HOST_NAME.reference,
        rest_host=ports.HOST,
        rest_port=port,
        replication=1,
    )
    properties = {**worker_properties(pipeline, stage, where=place), **SCALED}
    environment = {
        "WORKER_PROPERTIES": render_properties(properties),
        "HEAP_MIB": "512",
        "EXPORTER_ADDRESS": f"{ports.HOST}:{told_on}",
        "JAVA_TOOL_OPTIONS": "-Dthis.would=change how Java runs",
        Env.BROKERS.value: runtime.status().bootstrap_servers,
        **database.worker_environment(runtime.folder, state),
    }
    apply_topics(pipeline, stage, state.ports[broker.NAME])
    container = image.start(
        environment, plugin=unpacked(artifact, runtime.cache), output=tmp_path / "out"
    )
    made = Streaming(container, runtime, pipeline, stage, port, told_on)
    try:
        made.until_healthy()
        register(
            pipeline,
            stage,
            [made.url],
            database=database.shape,
            secrets=runtime.folder.passwords(),
            wait=time.sleep,
        )
        yield made
    finally:
        container.kill()
        made.clear()


class Streaming:
    """The container, and what it leaves behind in the runtime that is everybody's."""

    def __init__(
        self,
        container: Container,
        runtime: LocalRuntime,
        pipeline: Pipeline,
        stage: Stage,
        port: int,
        told_on: int,
    ) -> None:
        self.container = container
        self.told_on = told_on
        self.runtime = runtime
        self.port = port
        self.url = f"http://{ports.HOST}:{port}"
        self._slot = pipeline.names(stage).slot
        self.topics = topic_names(pipeline, stage)

    def get(self, path: str) -> Any:
        """Ask the worker."""
        return httpx.get(f"{self.url}{path}", timeout=PATIENCE, trust_env=False).json()

    def until_healthy(self) -> None:
        """Wait until it has joined its group; fails with what it told if it ends."""

        def healthy() -> bool:
            assert self.container.runs(), self.container.told()[-4000:]
            with contextlib.suppress(httpx.TransportError):
                return httpx.get(f"{self.url}/health", trust_env=False).is_success
            return False

        until(healthy, "a healthy worker")

    def is_alive(self) -> subprocess.CompletedProcess[str]:
        """The health check, as ECS runs it."""
        return self.container.execute(*HEALTH.command[1:], str(self.port))

    def clear(self) -> None:
        """Remove its slot, its publication and its topics."""
        state = self.runtime.status()
        with psycopg.connect(state.database_dsn, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots "
                "WHERE slot_name = %s AND active",
                [self._slot],
            )

            def dropped() -> bool:
                with contextlib.suppress(psycopg.errors.ObjectInUse):
                    connection.execute(
                        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
                        "WHERE slot_name = %s",
                        [self._slot],
                    )
                    return True
                return False

            until(dropped, "an inactive slot")
            connection.execute(f'DROP PUBLICATION IF EXISTS "{self._slot}"'.encode())
        client, _ = admin_client(Cluster(state.bootstrap_servers, KafkaSecurity.PLAINTEXT))
        names = [*self.topics.data.values(), *filter(None, self.topics.internal)]
        for name, future in client.delete_topics(names).items():
            assert future.result() is None, name


def test_a_container_streams_outlives_a_broker_s_outage_and_stops(streaming: Streaming) -> None:
    container, runtime = streaming.container, streaming.runtime
    with Reader(runtime.status(), streaming.topics.data.values()) as reader:
        reader.until_key(write_one(runtime.status()), "a change through the container")

        java = container.main
        assert Path(java.exe()).name == "java"
        assert java.uids().real == int(USER.split(":")[0])
        mapped = [entry.path for entry in java.memory_maps()]
        assert any(path.endswith(f"{HOME}/worker.aot") for path in mapped), mapped
        assert "JAVA_TOOL_OPTIONS" not in container.told()
        assert container.execute("touch", "/anywhere").returncode == 1
        assert container.execute("touch", f"{HOME}/libs/one.jar").returncode == 1
        assert container.execute("touch", "/tmp/one").returncode == 0
        [connector] = streaming.get("/connectors")
        where = streaming.get(f"/connectors/{connector}/status")["tasks"][0]["worker_id"]
        address, _, port = where.partition(":")
        assert port == str(streaming.port)
        assert not address.startswith(("127.", "169.254."))
        [figures] = ask_workers({"image": f"{ports.HOST}:{streaming.told_on}"})
        assert (figures.tasks, figures.failed_tasks, figures.queue_free) == (1, 0, 1.0)

        runtime.kill(broker.NAME)
        try:
            checks = [streaming.is_alive() for _ in for_a_while(OUTAGE)]
        finally:
            runtime.start(broker.NAME)
        assert {check.returncode for check in checks} == {0}, checks
        assert container.main.pid == java.pid

        streaming.until_healthy()
        runtime_connectors(streaming)
        reader.until_key(write_one(runtime.status()), "a change after the outage")

    os.kill(java.pid, signal.SIGTERM)
    assert container.end(STOP_TIMEOUT_S) == 128 + signal.SIGTERM
    assert "Kafka Connect stopped" in container.told()


def runtime_connectors(streaming: Streaming) -> None:
    """Wait until connector and task run again."""

    def run() -> bool:
        with contextlib.suppress(httpx.TransportError, KeyError):
            statuses = streaming.get("/connectors?expand=status").values()
            states = [
                part["state"]
                for one in statuses
                for part in (one["status"]["connector"], *one["status"]["tasks"])
            ]
            return len(states) > 1 and set(states) == {"RUNNING"}
        return False

    until(run, "the connector running again")
