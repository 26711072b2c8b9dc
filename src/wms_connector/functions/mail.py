"""Handler of alarms and events: words a mail, and gives it to everybody who is subscribed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import wms_connector
from wms_connector.aws.deployment import packaged_pipeline
from wms_connector.functions.frame import framed, telling

if TYPE_CHECKING:
    from wms_connector.functions.place import Place
    from wms_connector.model.pipeline import Pipeline


LEDGER_SECONDS: Final = 8.0
"""For an answer of the ledger, which is asked three times at least: a mail must not wait for it
until the function's time is over."""


def work(event: Any, place: Place, pipeline: Pipeline | None = None) -> dict[str, Any]:
    """Mail what an event says; whatever keeps it from that raises, and is mailed as it is then."""
    from wms_connector.functions.mailer import Mailer

    place.ledger_seconds = LEDGER_SECONDS
    packaged = pipeline or packaged_pipeline(Path(wms_connector.__file__).parents[1])
    return Mailer(place, packaged.health.runbook, telling(place)).send(event)


handler = framed(work)
