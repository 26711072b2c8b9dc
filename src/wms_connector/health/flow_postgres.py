"""What PostgreSQL says of a connector's progress. Pure, but for the question, which is a text.

PostgreSQL keeps its log for a slot as long as it has space; there are no hours to count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.health.observation import Flow
from wms_connector.health.source import Told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.health.source import Row

QUESTION: Final = """
    SELECT (pg_current_wal_lsn() - '0/0')::bigint AS wal, slot.slot_name AS slot,
        (slot.restart_lsn - '0/0')::bigint AS restart, slot.wal_status AS kept
    FROM (SELECT 1) AS one LEFT JOIN pg_replication_slots AS slot ON slot.slot_name = %(slot)s
"""
"""One row, with the slot's name as `slot`; without one, all but `wal` is null."""

BYTES: Final = "bytes"


def position(entries: Iterable[Row]) -> Row | None:
    """Find Debezium's offset among a connector's entries; None where it has none yet."""
    offsets = (entry.get("offset") for entry in entries)
    return next((found for found in offsets if found and "lsn" in found), None)


def flow_postgres(slot: str, row: Row, offset: Row | None, now: float) -> Flow:
    """Give the flow of a slot's row (see QUESTION) and an offset; `now` is seconds since 1970.

    Without an offset nothing can be lost: the connector makes its slot when it begins.
    """
    wal = int(row["wal"])
    if offset is None:
        return Flow(source=str(wal), unit=BYTES)
    read = offset.get("ts_usec")
    return Flow(
        source=str(wal),
        behind_seconds=None if read is None else max(0.0, now - int(read) / 1e6),
        waiting=max(0, wal - int(offset["lsn"])),
        unit=BYTES,
        lost=_lost(slot, row),
        in_snapshot=_in_snapshot(offset),
    )


def told(flow: Flow, row: Row, offset: Row | None) -> Told | None:
    """Tell it; nothing without an offset. `slot_bytes` is what the slot keeps of the log."""
    if offset is None:
        return None
    restart = row.get("restart")
    behind = flow.behind_seconds
    value = {
        "lsn": offset["lsn"],
        "bytes_behind": flow.waiting,
        "last_change_seconds": None if behind is None else round(behind, 1),
        "slot_bytes": None if restart is None else int(row["wal"]) - int(restart),
    }
    line = f"behind PostgreSQL: {flow.waiting or 0:,} bytes"
    if behind is not None:
        line += f"; the last change read is {behind:.0f} s old"
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
