"""What PostgreSQL says of a connector's progress: bytes of its log, made seconds. Pure.

Neither log nor offset tells when an idle database was read last: Debezium's heartbeats move the
position of an offset, not its time. So it is noted when the log stood where (`Written`): who has
delivered a position has delivered all that was written by then. PostgreSQL keeps its log for a slot
as long as it has space; there are no hours to count.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from wms_connector.health.observation import Flow
from wms_connector.health.source import Told
from wms_connector.model.ages import age

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.health.source import Row

QUESTION: Final = """
    SELECT (pg_current_wal_lsn() - '0/0')::bigint AS wal, slot.slot_name AS slot,
        (slot.restart_lsn - '0/0')::bigint AS restart, slot.wal_status AS kept,
        (slot.confirmed_flush_lsn - '0/0')::bigint AS confirmed
    FROM (SELECT 1) AS one LEFT JOIN pg_replication_slots AS slot ON slot.slot_name = %(slot)s
"""
"""One row, with the slot's name as `slot`; without one, all but `wal` is null."""

BYTES: Final = "bytes"
_FRESH_S: Final = 10.0  # a change read so recently says enough of how far behind it is
_SAMPLES: Final = 1_000  # of one slot: half an hour of a look every two seconds


class Written:
    """When a log was seen to stand where; times are seconds since 1970."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque(maxlen=_SAMPLES)

    def note(self, at: float, wal: int) -> bool:
        """Remember where the log stands now; tells whether nobody has looked before."""
        self._seen.append((at, wal))
        return len(self._seen) == 1

    def until(self, row: Row, offset: Row) -> float | None:
        """Give the time by which all that was written is delivered; None if nobody has looked."""
        reached = delivered(row, offset)
        return max((at for at, wal in self._seen if wal <= reached), default=None)


def position(entries: Iterable[Row]) -> Row | None:
    """Find Debezium's offset among a connector's entries; None where it has none yet."""
    offsets = (entry.get("offset") for entry in entries)
    return next((found for found in offsets if found and "lsn" in found), None)


def delivered(row: Row, offset: Row) -> int:
    """Give the position up to which changes are delivered: the slot may know of a later one."""
    return max(int(offset["lsn"]), int(row.get("confirmed") or 0))


def flow_postgres(
    slot: str, row: Row, offset: Row | None, now: float, until: float | None = None
) -> Flow:
    """Give the flow of a slot's row (see QUESTION) and an offset; `now` is seconds since 1970.

    `until` is the time by which all that was written is known to be delivered. Without an offset
    nothing can be lost: the connector makes its slot when it begins.
    """
    wal = int(row["wal"])
    if offset is None:
        return Flow(source=str(wal), unit=BYTES)
    known = [time for time in (last_change(offset), until) if time is not None]
    return Flow(
        source=str(wal),
        behind_seconds=max(0.0, now - max(known)) if known else None,
        waiting=max(0, wal - delivered(row, offset)),
        unit=BYTES,
        lost=_lost(slot, row),
        in_snapshot=_in_snapshot(offset),
    )


def may_catch_up(row: Row, offset: Row | None, now: float) -> bool:
    """Tell whether waiting for the slot may tell more than the last change that was read."""
    read = None if offset is None else last_change(offset)
    return row.get("slot") is not None and (read is None or now - read > _FRESH_S)


def last_change(offset: Row) -> float | None:
    """Give the time of the last change that was read."""
    read = offset.get("ts_usec")
    return None if read is None else int(read) / 1e6


def told(flow: Flow, row: Row, offset: Row | None, now: float) -> Told | None:
    """Tell it; nothing without an offset. `slot_bytes` is what the slot keeps of the log."""
    if offset is None:
        return None
    restart, read, behind = row.get("restart"), last_change(offset), flow.behind_seconds
    value = {
        "lsn": offset["lsn"],
        "bytes_behind": flow.waiting,
        "seconds_behind": None if behind is None else round(behind, 1),
        "last_change_seconds": None if read is None else round(max(0.0, now - read), 1),
        "slot_bytes": None if restart is None else int(row["wal"]) - int(restart),
    }
    line = f"behind PostgreSQL: {flow.waiting or 0:,} bytes"
    if behind is not None:
        line += f", {age(behind)}"
    if read is not None:
        line += f"; the last change read is {age(now - read)} old"
    return Told(value, [line])


def _lost(slot: str, row: Row) -> str:
    if row.get("slot") is None:
        return f"the replication slot {slot} is gone"
    if row.get("kept") == "lost":
        return f"the log that the replication slot {slot} has to read next was thrown away"
    return ""


def _in_snapshot(offset: Row) -> bool:
    # A boolean in Debezium 2, the snapshot's kind since then; streaming has no such key.
    told = str(offset.get("snapshot", "false")).lower()
    ended = (str(offset.get(key)).lower() for key in ("snapshot_completed", "last_snapshot_record"))
    return told not in {"false", "none", ""} and "true" not in ended
