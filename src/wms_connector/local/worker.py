"""Kafka Connect workers: the same properties as on Fargate, on the loopback address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connectors.properties import render_properties
from wms_connector.connectors.worker import WorkerPlace, worker_properties
from wms_connector.health.exporter import exporter_config
from wms_connector.local.java import Program
from wms_connector.local.ports import HOST
from wms_connector.model.environment import Env
from wms_connector.model.java import WORKER_MAIN, WORKER_OPTIONS, exporter_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from wms_connector.local.state import StateFolder
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

HEAP_MB: Final = 1024
_OK: Final = 200


def name(number: int) -> str:
    """Name the worker of a number, from 1."""
    return f"worker-{number}"


def names(asked: int | None, recorded: Iterable[str]) -> list[str]:
    """Name the workers that are wanted: as many as asked, else as recorded, one in a new state.

    `recorded` are the names of all parts. Workers are numbered from 1 without a gap, so the highest
    number says how many there are.
    """
    prefix = name(0).removesuffix("0")
    numbers = [int(part.removeprefix(prefix)) for part in recorded if part.startswith(prefix)]
    return [name(number) for number in range(1, (asked or max(numbers, default=1)) + 1)]


def exporter(part: str) -> str:
    """Name the port of a worker's exporter."""
    return f"{part}-exporter"


def exporter_options(folder: StateFolder, part: str, jar: Path, port: int) -> tuple[str, ...]:
    """Write the exporter's configuration and give Java's options for it."""
    configuration = folder.write_private(f"{part}/exporter.yaml", exporter_config())
    return (exporter_option(str(jar), f"{HOST}:{port}", str(configuration)),)


def program(class_path: tuple[Path, ...], options: Sequence[str] = ()) -> Program:
    """Give the worker as a Java program."""
    return Program(WORKER_MAIN, class_path, HEAP_MB, (*WORKER_OPTIONS, *options))


def write_properties(
    folder: StateFolder,
    part: str,
    pipeline: Pipeline,
    stage: Stage,
    *,
    port: int,
    plugins: Sequence[Path],
) -> Path:
    """Write worker.properties and give its path."""
    where = WorkerPlace(
        plugin_path=",".join(str(path) for path in plugins),
        advertised_host=HOST,
        rest_host=HOST,
        rest_port=port,
        replication=1,
    )
    text = render_properties(worker_properties(pipeline, stage, where=where))
    return folder.write_private(f"{part}/worker.properties", text)


def environment(brokers: str, database: Mapping[str, str]) -> dict[str, str]:
    """Give what the connector's configuration refers to."""
    return {Env.BROKERS.value: brokers, **database}


def is_ready(port: int) -> bool:
    """Tell whether the worker is healthy: it has joined its group and read its topics."""
    import httpx

    try:
        return (
            httpx.get(f"http://{HOST}:{port}/health", timeout=5, trust_env=False).status_code == _OK
        )
    except httpx.TransportError:
        return False
