"""`python -m wms_connector.oracle.catalogue` prints docs/errors.md."""

from __future__ import annotations

import sys

from wms_connector.oracle.catalogue import ENTRIES
from wms_connector.oracle.catalogue.page import page

sys.stdout.write(page(ENTRIES))
