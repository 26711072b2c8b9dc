"""Handler of the health check: looks, judges, restarts what may be, and tells what it found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import wms_connector
from wms_connector.aws.deployment import packaged_pipeline
from wms_connector.functions.frame import framed, telling

if TYPE_CHECKING:
    from wms_connector.functions.place import Place
    from wms_connector.model.pipeline import Pipeline


def work(event: Any, place: Place, pipeline: Pipeline | None = None) -> dict[str, Any]:
    """Check the stage, whoever asks: a schedule, an alarm, a deployment, an operator."""
    from wms_connector.functions.check import HealthCheck

    packaged = pipeline or packaged_pipeline(Path(wms_connector.__file__).parents[1])
    told = telling(place)
    told(f"asked by {event.get('source', 'an operator') if event else 'an operator'}")
    return HealthCheck(place, packaged, told).run()


handler = framed(work)
