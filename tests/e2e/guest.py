"""A second stage on the broker and the database of a runtime: a worker of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import psycopg
from confluent_kafka.admin import AdminClient
from tests.e2e.support import until

from wms_connector.kafka.clients import Cluster, client_settings
from wms_connector.local import broker, ports, postgres, worker
from wms_connector.local.control import LocalControl
from wms_connector.local.registration import apply_topics, register
from wms_connector.local.sources.postgres import PostgresSource
from wms_connector.local.state import Launch, Part, State, StateFolder
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.status import LocalStatus
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

WORKER = worker.name(1)


class Guest:
    """A stage whose state folder names the host's broker and database, and its own worker.

    Every command works on it with `--state`; `local down` ends its worker alone.
    """

    def __init__(self, host: LocalRuntime, pipeline: Pipeline, stage: Stage, folder: Path) -> None:
        self.pipeline = pipeline
        self.stage = stage
        self.names = pipeline.names(stage)
        self.control = LocalControl(folder)
        self._host = StateFolder(host.folder.path)
        state = self._host.read()
        assert state is not None
        self._state = state

    @property
    def folder(self) -> Path:
        """Its state folder."""
        return self.control.folder.path

    def status(self) -> LocalStatus:
        """Its addresses and its part."""
        return self.control.status()

    def up(self) -> LocalStatus:
        """Make its topics, start its worker, register its connector, wait until that runs."""
        self._settle()
        apply_topics(self.pipeline, self.stage, self._state.ports[broker.NAME])
        status = self.control.start(WORKER)
        self.register()
        return status

    def register(self) -> None:
        """Register its connector and wait until it runs."""
        secret = self._host.password()
        urls = self.control.status().connect_urls
        register(
            self.pipeline,
            self.stage,
            urls,
            database=PostgresSource.shape,
            secrets=[secret],
            wait=time.sleep,
        )

    def leave(self) -> None:
        """End the worker, and take away what the stage has in the database."""
        self.control.down(purge=True)
        address = postgres.dsn(
            self._host, self._state.user, self._state.database, self._state.ports[postgres.NAME]
        )
        slot = self.names.slot
        with psycopg.connect(address, autocommit=True) as connection:
            # A killed worker's connection ends when the database notices.
            until(lambda: not _active(connection, slot), f"the slot {slot} given up")
            connection.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                " WHERE slot_name = %s",
                [slot],
            )
            connection.execute(f'DROP PUBLICATION IF EXISTS "{slot}"'.encode())

    def _settle(self) -> None:
        """Write the state folder: the host's addresses, and how the worker is started."""
        mine, state = self.control.folder, self._state
        mine.make()
        port = ports.choose(set(state.ports.values()))
        told, exporter = ports.choose({port, *state.ports.values()}), worker.exporter(WORKER)
        hosts = {name: state.ports[name] for name in (postgres.NAME, broker.NAME)}
        mine.write_private("secrets.json", (self._host.path / "secrets.json").read_text())
        postgres.write_passfile(mine, state.user, self._host.password())
        model = state.parts[WORKER].launch
        # The same program with folders of its own.
        arguments = (self._host.path / WORKER / "java.args").read_text()
        words = arguments.replace(str(self._host.path), str(mine.path)).replace(
            f"{ports.HOST}:{state.ports[exporter]}", f"{ports.HOST}:{told}"
        )
        rules = (self._host.path / WORKER / "exporter.yaml").read_text()
        mine.write_private(f"{WORKER}/exporter.yaml", rules)
        java_args = mine.write_private(f"{WORKER}/java.args", words)
        settings = worker.write_properties(
            mine, WORKER, self.pipeline, self.stage, port=port, plugins=self._plugins()
        )
        launch = Launch(
            name=WORKER,
            kind="worker",
            argv=(model.argv[0], f"@{java_args}", str(settings)),
            folder=str(mine.part(WORKER)),
            log=str(mine.logs / f"{WORKER}.log"),
            port=port,
        )
        mine.write(
            State(
                stage=self.stage.name,
                product=state.product,
                cluster_id=state.cluster_id,
                database=state.database,
                user=state.user,
                ports={**hosts, WORKER: port, exporter: told},
                parts={WORKER: Part(launch=launch)},
                seeded=True,
            )
        )

    def _plugins(self) -> list[Path]:
        text = (self._host.path / WORKER / "worker.properties").read_text()
        [value] = [
            line.partition("=")[2] for line in text.splitlines() if line.startswith("plugin.path=")
        ]
        return [type(self.folder)(entry) for entry in value.split(",")]


def topics_of(status: LocalStatus, names: Iterable[str]) -> set[str]:
    """Which of these topics the broker has."""
    cluster = Cluster(status.bootstrap_servers, KafkaSecurity.PLAINTEXT)
    found = AdminClient(client_settings(cluster)).list_topics(timeout=30).topics
    return set(names) & set(found)


def _active(connection: psycopg.Connection[Any], slot: str) -> bool:
    row = connection.execute(
        "SELECT active FROM pg_replication_slots WHERE slot_name = %s", [slot]
    ).fetchone()
    return row is not None and bool(row[0])
