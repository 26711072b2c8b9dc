"""How long the connector may stay down before changes are lost: arithmetic on archived logs.

Archived logs are thrown away by age or by space, by rules that only the DBA knows (RMAN, the
recovery area, RDS's retention). What can be seen is what is kept now: logs younger than the ones
that were deleted last. So two figures are made and the smaller one counts: by age, the time between
now and the oldest log kept, less the age of the log that holds the restart point; by space, the
bytes kept less the bytes since the restart point, at the redo rate of the last 24 hours.
As long as no log has ever been deleted, nobody can tell when the first one will be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import datetime

_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Archive:
    """The archived logs of one local destination, and the online ones.

    Times are in the database's clock. `restart_time` is when the log that holds the restart point
    begins, None if it is still online or gone; `since_bytes` is what was archived from that log on.
    `day_bytes` were archived in the last 24 hours, the first of them at `day_start`. `waiting` is
    the first log from the restart point on that is full and not archived, full `waiting_since`.
    """

    now: datetime
    online_scn: int | None = None
    oldest_scn: int | None = None
    oldest_time: datetime | None = None
    kept_bytes: int = 0
    since_bytes: int = 0
    restart_time: datetime | None = None
    deleted: int = 0
    day_bytes: int = 0
    day_start: datetime | None = None
    waiting: int | None = None
    waiting_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Headroom:
    """What is left. `hours_left` is None as long as no log has been deleted yet, 0 when purged."""

    purged: bool
    hours_left: float | None
    hours_kept: float | None
    oldest_scn: int | None
    bytes_an_hour: float | None
    waiting: int | None = None
    """The sequence of a log that has to be archived before the connector can go on."""
    waiting_seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The figures for programs."""
        return {
            "restart_point_purged": self.purged,
            "hours_left": _rounded(self.hours_left),
            "hours_kept": _rounded(self.hours_kept),
            "oldest_scn": self.oldest_scn,
            "redo_bytes_an_hour": _rounded(self.bytes_an_hour, 0),
            "not_archived": self.waiting
            and {"sequence": self.waiting, "seconds": _rounded(self.waiting_seconds)},
        }


def headroom(restart: int, archive: Archive) -> Headroom:
    """Work out what is left for a restart point.

    Debezium finds a position if the first SCN of any log, online or archived, is not above it.
    """
    firsts = [scn for scn in (archive.online_scn, archive.oldest_scn) if scn is not None]
    oldest = min(firsts) if firsts else None
    kept = _hours(archive, archive.oldest_time)
    rate = _rate(archive)
    purged = oldest is not None and restart < oldest
    left: float | None = None
    if purged:
        left = 0.0
    elif archive.deleted and kept is not None:
        left = max(0.0, min(_by_age(archive, kept), _by_space(archive, rate)))
    waits = _hours(archive, archive.waiting_since)
    seconds = None if waits is None else waits * _HOUR
    return Headroom(purged, left, kept, oldest, rate, archive.waiting, seconds)


def _by_age(archive: Archive, kept: float) -> float:
    return kept - (_hours(archive, archive.restart_time) or 0.0)


def _by_space(archive: Archive, rate: float | None) -> float:
    if not rate:
        return float("inf")  # nothing is written, so nothing is thrown away for its sake
    return (archive.kept_bytes - archive.since_bytes) / rate


def _rate(archive: Archive) -> float | None:
    """Bytes an hour of the last 24 hours, or of as many as there are (at least one)."""
    hours = _hours(archive, archive.day_start)
    return None if hours is None else archive.day_bytes / min(max(hours, 1.0), 24.0)


def _hours(archive: Archive, since: datetime | None) -> float | None:
    return None if since is None else max(0.0, (archive.now - since).total_seconds() / _HOUR)


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)
