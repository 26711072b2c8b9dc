"""What the Java of a laptop's workers tells of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.health.workers import ask_workers
from wms_connector.local.ports import HOST

if TYPE_CHECKING:
    import httpx

    from wms_connector.health.figures import Figures
    from wms_connector.local.status import LocalStatus


def ask(
    status: LocalStatus, *, transport: httpx.BaseTransport | None = None
) -> tuple[Figures, ...]:
    """Ask the workers that run; raises ExporterError if there are some and none answers.

    One that was started by a version without an exporter is not asked.
    """
    places = {
        part.name: f"{HOST}:{part.exporter}"
        for part in status.parts
        if part.alive and part.exporter is not None
    }
    return ask_workers(places, transport=transport)
