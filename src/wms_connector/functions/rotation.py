"""Handler of a secret that got a new value: tries it, then has the workers replaced."""

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
    """Answer an event of Secrets Manager, or an operator's call, which has none."""
    from wms_connector.functions.rotate import Rotation

    packaged = pipeline or packaged_pipeline(Path(wms_connector.__file__).parents[1])
    return Rotation(place, packaged, telling(place)).answer(event)


handler = framed(work)
