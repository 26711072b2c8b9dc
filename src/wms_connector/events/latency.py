"""From the source's commit to a consumer: percentiles of the time between."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.events.records import Change

_KEPT: Final = 1_000_000  # values; 4 MB


class Percentiles(NamedTuple):
    """Milliseconds from commit to arrival, and of how many events."""

    events: int
    p50: float
    p99: float
    longest: float


class Latency:
    """Collects latencies of live changes. Snapshot rows have none and are left out."""

    def __init__(self) -> None:
        self._ms = array("f")
        self._seen = 0

    def add(self, change: Change, arrived_ms: float) -> float | None:
        """Take one change that arrived then (milliseconds since 1970); gives its latency.

        A clock that is behind the database's gives 0, not less.
        """
        if change.op == "r" or change.snapshot != "false":
            return None
        committed: float | None = change.committed_ms
        fine = change.source.get("ts_us")
        if fine is not None and change.source.get("commit_ts_ms") is None:
            committed = fine / 1000
        if committed is None:
            return None
        latency = max(0.0, arrived_ms - committed)
        if len(self._ms) < _KEPT:
            self._ms.append(latency)
        else:
            # The newest million: enough for a percentile, and bounded.
            self._ms[self._seen % _KEPT] = latency
        self._seen += 1
        return latency

    def percentiles(self) -> Percentiles | None:
        """Give p50 and p99, by the nearest rank; nothing if there was no live change."""
        return percentiles(self._ms)


def percentiles(values: Iterable[float]) -> Percentiles | None:
    """Give the percentiles of any milliseconds."""
    ordered = sorted(values)
    if not ordered:
        return None

    def rank(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    return Percentiles(len(ordered), rank(0.50), rank(0.99), ordered[-1])
