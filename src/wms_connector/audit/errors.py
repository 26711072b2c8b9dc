"""What can go wrong in an audit, other than a difference, which is its answer."""

from __future__ import annotations

from wms_connector.model.errors import WmsError


class AuditError(WmsError):
    """The audit could not be made."""
