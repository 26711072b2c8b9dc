"""`python -m wms_connector.health` prints docs/runbook.md."""

from __future__ import annotations

import sys

from wms_connector.health.findings import KINDS
from wms_connector.health.runbook import page

sys.stdout.write(page(KINDS))
