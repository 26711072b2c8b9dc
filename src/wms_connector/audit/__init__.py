"""The audit: source rows against the topics' state, so that nothing is lost and nothing twice.

`postgres` is not imported here: it needs a driver that only the laptop has.
"""

from __future__ import annotations

from wms_connector.audit.errors import AuditError
from wms_connector.audit.report import Report, TableReport, Totals
from wms_connector.audit.run import Options, Step, audit
from wms_connector.audit.source import Cut, Source

__all__ = [
    "AuditError",
    "Cut",
    "Options",
    "Report",
    "Source",
    "Step",
    "TableReport",
    "Totals",
    "audit",
]
