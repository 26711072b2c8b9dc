"""When health speaks up and how often it may restart: the pipeline file's settings, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from wms_connector.model.pipeline import Pipeline

_HEARTBEATS: Final = 3
"""Offsets may stand for so many heartbeats: each moves them, even if no row changes."""
_IDLE_HEARTBEATS: Final = 2
"""So old is, at most, what an idle Debezium has delivered: only a heartbeat tells of it."""
_POLLS: Final = 10
"""And for so many polls of a JDBC connector, after its delay."""
MISSED: Final = 3
"""Intervals without a check after which it has fallen silent: a deployment takes a while."""
_SHORTEST_GAP_S: Final = 3600.0
"""Looks that lie further apart, and by more than so many checks, are not in a row."""
_SHORTEST_STAND_S: Final = 180.0
"""Shorter than this nothing is called standing: a rebalance may take as long."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Times in seconds. `spacing` is how far apart looks have to be to count as two in a row.

    `restarts` may be attempted in any `window`. `soft` looks in a row make a soft state a finding;
    after `gap` without a look they are counted anew.
    """

    restarts: int = 3
    window: float = 3600.0
    soft: int = 3
    spacing: float = 30.0
    gap: float = 3600.0
    stand: float = _SHORTEST_STAND_S
    lag: float = 300.0
    headroom_hours: float = 6.0
    heap_free: float = 0.1

    @classmethod
    def of(cls, pipeline: Pipeline, *, spacing: float = 30.0) -> Self:
        """Take it from the pipeline file."""
        settings, jdbc = pipeline.health, pipeline.jdbc
        if pipeline.connector == "jdbc":
            quiet = idle = (jdbc.delay_ms + _POLLS * jdbc.poll_interval_ms) / 1000
        else:
            heartbeat = pipeline.debezium.heartbeat_interval_ms / 1000
            quiet, idle = _HEARTBEATS * heartbeat, _IDLE_HEARTBEATS * heartbeat
        return cls(
            restarts=settings.restarts,
            window=settings.restart_window_minutes * 60.0,
            soft=settings.soft_observations,
            spacing=spacing,
            gap=max(_SHORTEST_GAP_S, MISSED * 60.0 * settings.check_interval_minutes),
            stand=max(_SHORTEST_STAND_S, quiet),
            lag=max(float(settings.lag_seconds), idle),
            headroom_hours=float(settings.archive_headroom_hours),
        )
