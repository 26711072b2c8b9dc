"""What `local status` shows."""

from __future__ import annotations

import contextlib
import time

import psutil
from pydantic import BaseModel, ConfigDict

from wms_connector.local import processes
from wms_connector.local.ports import HOST
from wms_connector.local.sources import source_of
from wms_connector.local.state import Kind, Part, SourceName, State, StateFolder
from wms_connector.local.worker import exporter


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class PartStatus(_Value):
    """A part: `uptime_s` in seconds and `rss_bytes` (its children's too) while it is alive.

    `exporter` is the port on which a worker tells its figures.
    """

    name: str
    kind: Kind
    pid: int | None
    port: int
    alive: bool
    uptime_s: float | None
    rss_bytes: int | None
    log: str
    exporter: int | None = None


class LocalStatus(_Value):
    """A runtime. `database_dsn` refers to a password file of mode 600 and holds no password.

    `started` names the parts that the call which returned this has started.
    """

    stage: str
    product: str
    state_dir: str
    running: bool
    connect_url: str | None
    connect_urls: tuple[str, ...]
    bootstrap_servers: str
    source: SourceName
    database_dsn: str
    parts: tuple[PartStatus, ...]
    started: tuple[str, ...] = ()


def status_of(folder: StateFolder, state: State, started: tuple[str, ...] = ()) -> LocalStatus:
    """Look at each recorded process; nothing is asked over the network."""
    parts = tuple(
        _part_status(part, state.ports.get(exporter(name))) for name, part in state.parts.items()
    )
    workers = [part for part in parts if part.kind == "worker"]
    urls = tuple(f"http://{HOST}:{part.port}" for part in workers if part.alive)
    return LocalStatus(
        stage=state.stage,
        product=state.product,
        state_dir=str(folder.path),
        running=bool(parts) and all(part.alive for part in parts),
        connect_url=urls[0] if urls else None,
        connect_urls=urls,
        bootstrap_servers=f"{HOST}:{state.ports.get('broker', 0)}",
        source=state.source,
        database_dsn=source_of(state).dsn(folder, state),
        parts=parts,
        started=started,
    )


def _part_status(part: Part, told_on: int | None) -> PartStatus:
    kin = processes.family(part.process)
    rss = 0
    for process in kin:
        with contextlib.suppress(psutil.Error):
            rss += process.memory_info().rss
    created = part.process.created if part.process else 0.0
    return PartStatus(
        name=part.launch.name,
        kind=part.launch.kind,
        pid=part.process.pid if kin and part.process else None,
        port=part.launch.port,
        alive=bool(kin),
        uptime_s=round(max(0.0, time.time() - created), 1) if kin else None,
        rss_bytes=rss if kin else None,
        log=part.launch.log,
        exporter=told_on,
    )
