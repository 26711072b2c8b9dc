"""What Oracle says of a connector's progress, in the terms of every source. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.health.observation import Flow
from wms_connector.model.ages import age

if TYPE_CHECKING:
    from wms_connector.oracle.headroom import Headroom
    from wms_connector.oracle.lag import Lag

SCNS: Final = "SCNs"
_SWITCHING_S: Final = 60.0
"""For less than this a full log is just being archived: every switch of logs is that."""


def flow_oracle(lag: Lag) -> Flow:
    """Give the flow of a lag. Without an offset of Oracle's only the database's SCN is known.

    The source is the current SCN, which moves always: a connector's heartbeat moves its offset
    too, so the one must not move for long without the other.
    """
    archive, position = lag.archive, lag.position
    return Flow(
        source=None if lag.current_scn is None else str(lag.current_scn),
        behind_seconds=lag.seconds_behind,
        waiting=lag.scn_behind,
        unit=SCNS,
        headroom_hours=archive and archive.hours_left,
        lost=_lost(position.scn, archive) if position and archive else "",
        held_up=_held_up(archive) if archive else "",
        in_snapshot=position is not None and position.in_snapshot,
        unknown={what: why for what, why in lag.unknown.items() if what != "offset"},
    )


def _lost(restart: int, archive: Headroom) -> str:
    if not archive.purged:
        return ""
    begins = f"the oldest log that is kept begins at SCN {archive.oldest_scn}"
    return f"the restart point, SCN {restart}, is purged: {begins}"


def _held_up(archive: Headroom) -> str:
    seconds = archive.waiting_seconds
    if archive.waiting is None or seconds is None or seconds < _SWITCHING_S:
        return ""
    return f"log {archive.waiting} is full and not archived, for {age(seconds)}"
