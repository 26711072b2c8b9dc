"""What can go wrong while change events are read."""

from __future__ import annotations

from wms_connector.model.errors import WmsError


class EventsError(WmsError):
    """The topics could not be read."""
