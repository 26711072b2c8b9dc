"""One text for one value: what deployments are compared by, and configurations told apart by."""

from __future__ import annotations

import json
from typing import Any


def canonical(value: Any) -> str:
    """Write JSON with sorted keys, no spaces and ASCII only: equal values give equal texts.

    Raises TypeError for what JSON cannot hold.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
