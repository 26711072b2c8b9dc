"""How far the connector is behind Oracle, in Oracle's own terms, and how long it may stay down.

One offset and a few light questions, each with the least rights: what the user may not see is
unknown, with the reason, and the rest is told all the same. Nothing here reads a table or a log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from wms_connector.model.ages import age
from wms_connector.oracle.errors import OracleFailure
from wms_connector.oracle.headroom import Archive, Headroom, headroom
from wms_connector.oracle.offsets import Position, position_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from wms_connector.oracle.database import Database

_STALE: Final = "ORA-08181"
# Times are in the clock of the database's host, as SCN_TO_TIMESTAMP and the V$ views give them:
# CAST takes the zone off SYSTIMESTAMP, which is that same clock.
_SCN: Final = "SELECT CURRENT_SCN AS SCN FROM V$DATABASE"
# Everybody may ask this; it is precise to some three seconds.
_ABOUT: Final = "SELECT TIMESTAMP_TO_SCN(SYSTIMESTAMP) AS SCN FROM DUAL"
_TIME: Final = """
    SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) AS NOW, SCN_TO_TIMESTAMP(:scn) AS THEN_TIME FROM DUAL
"""
_OPEN: Final = """
    SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) AS NOW, START_SCN, START_DATE,
        (SELECT COUNT(*) FROM V$TRANSACTION) AS OPEN_COUNT
    FROM V$TRANSACTION
    WHERE START_SCN = (SELECT MIN(START_SCN) FROM V$TRANSACTION WHERE START_SCN > 0)
"""
# Of online logs Debezium reads the current one only: one that is full it reads once it is archived.
_ONLINE: Final = """
    SELECT MIN(FIRST_CHANGE#) AS SCN, MIN(CASE WHEN WAITS = 1 THEN SEQ END) AS WAITING,
        MIN(CASE WHEN WAITS = 1 THEN NEXT_TIME END) AS WAITING_SINCE
    FROM (
        SELECT FIRST_CHANGE#, SEQUENCE# AS SEQ, NEXT_TIME,
            CASE WHEN STATUS <> 'CURRENT' AND ARCHIVED = 'NO' AND NEXT_CHANGE# > :scn
                THEN 1 ELSE 0 END AS WAITS
        FROM V$LOG WHERE STATUS <> 'UNUSED'
    )
"""
_ARCHIVED: Final = """
    SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) AS NOW,
        MIN(CASE WHEN KEPT = 1 THEN FIRST_SCN END) AS OLDEST_SCN,
        MIN(CASE WHEN KEPT = 1 THEN FIRST_TIME END) AS OLDEST_TIME,
        SUM(KEPT * BYTES) AS KEPT_BYTES,
        SUM(CASE WHEN NEXT_SCN > :scn THEN KEPT * BYTES ELSE 0 END) AS SINCE_BYTES,
        MIN(CASE WHEN KEPT = 1 AND FIRST_SCN <= :scn AND NEXT_SCN > :scn THEN FIRST_TIME END)
            AS RESTART_TIME,
        SUM(1 - KEPT) AS DELETED,
        SUM(CASE WHEN FIRST_TIME > SYSDATE - 1 THEN BYTES ELSE 0 END) AS DAY_BYTES,
        MIN(CASE WHEN FIRST_TIME > SYSDATE - 1 THEN FIRST_TIME END) AS DAY_START
    FROM (
        SELECT FIRST_CHANGE# AS FIRST_SCN, NEXT_CHANGE# AS NEXT_SCN, FIRST_TIME,
            BLOCKS * BLOCK_SIZE AS BYTES,
            CASE WHEN STATUS = 'A' AND NAME IS NOT NULL THEN 1 ELSE 0 END AS KEPT
        FROM V$ARCHIVED_LOG
        WHERE RESETLOGS_CHANGE# = (SELECT RESETLOGS_CHANGE# FROM V$DATABASE)
        AND DEST_ID = (SELECT MIN(DEST_ID) FROM V$ARCHIVE_DEST_STATUS
            WHERE STATUS = 'VALID' AND TYPE = 'LOCAL')
    )
"""


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """The oldest open transaction of the database, of how many there are."""

    scn: int
    seconds: float | None
    count: int
    holds: bool
    """Whether it is what keeps the restart point from moving on."""


@dataclass(frozen=True, slots=True)
class Lag:
    """Figures, None where unknown; `unknown` says why, by what is missing.

    `seconds_behind` is between the last change that is known to be delivered and now, in the
    database's clock; it grows up to the heartbeat's interval while nothing is written.
    """

    position: Position | None = None
    current_scn: int | None = None
    seconds_behind: float | None = None
    restart_seconds: float | None = None
    oldest: OpenTransaction | None = None
    archive: Headroom | None = None
    unknown: Mapping[str, str] = field(default_factory=dict)

    @property
    def scn_behind(self) -> int | None:
        """SCNs between what is delivered and now; many pass in a second."""
        if self.position is None or self.current_scn is None:
            return None
        return max(0, self.current_scn - self.position.delivered)

    def as_json(self) -> dict[str, Any]:
        """The figures for programs."""
        position, oldest = self.position, self.oldest
        return {
            "restart_scn": position and position.scn,
            "delivered_scn": position and position.delivered,
            "in_snapshot": position and position.in_snapshot,
            "current_scn": self.current_scn,
            "scn_behind": self.scn_behind,
            "seconds_behind": self.seconds_behind,
            "restart_point_seconds": self.restart_seconds,
            "oldest_transaction": oldest
            and {
                "scn": oldest.scn,
                "seconds": oldest.seconds,
                "open": oldest.count,
                "holds_restart_point": oldest.holds,
            },
            "archive": self.archive and self.archive.as_json(),
            "unknown": dict(self.unknown),
        }

    def lines(self) -> list[str]:
        """The figures for people, a line each."""
        if self.position is None:
            return [f"lag unknown: {self.unknown.get('offset', 'there is no offset yet')}"]
        return [
            self._behind(),
            self._restart(),
            *self._transaction(),
            *self._archiver(),
            *self._headroom(),
        ]

    def _behind(self) -> str:
        if self.position and self.position.in_snapshot:
            return "a snapshot is under way; a restart begins it anew"
        seconds = _ago(self.seconds_behind) or f"seconds {self._why('time')}"
        scns = f"{self.scn_behind:,} SCN" if self.scn_behind is not None else "SCN unknown"
        return f"behind Oracle: {seconds}, {scns}"

    def _restart(self) -> str:
        old = _ago(self.restart_seconds)
        told = f", {old} old" if old else ""
        return f"restart point: SCN {self.position.scn if self.position else '?'}{told}"

    def _transaction(self) -> list[str]:
        if self.oldest is None:
            why = self.unknown.get("transactions")
            return [f"oldest open transaction: unknown ({why})"] if why else []
        since = _ago(self.oldest.seconds) or "?"
        holds = ", and holds the restart point" if self.oldest.holds else ""
        return [f"oldest open transaction: open for {since}{holds} (of {self.oldest.count})"]

    def _archiver(self) -> list[str]:
        if self.archive is None or self.archive.waiting is None:
            return []
        since = _ago(self.archive.waiting_seconds) or "?"
        return [f"waits for the archiver: log {self.archive.waiting} is full since {since}"]

    def _headroom(self) -> list[str]:
        found = self.archive
        if found is None:
            return [f"archive log left: {self._why('archive')}"]
        if found.purged:
            begins = f"the oldest log kept begins at SCN {found.oldest_scn}"
            return [f"archive log left: none, the restart point is purged ({begins})"]
        if found.hours_left is None:
            kept = "" if found.hours_kept is None else f"; {found.hours_kept:.1f} h are kept"
            return [f"archive log left: no log has been deleted yet{kept}"]
        return [f"archive log left: {found.hours_left:.1f} h before the restart point is purged"]

    def _why(self, what: str) -> str:
        why = self.unknown.get(what)
        return f"unknown ({why})" if why else "unknown"


def observe_lag(database: Database, offsets: Iterable[Mapping[str, Any]]) -> Lag:
    """Ask the database, and work out the lag of a connector's offsets; raises nothing of Oracle's.

    `offsets` are the entries of `GET /connectors/<name>/offsets`, each with `partition` and
    `offset`.
    """
    position = position_of(offsets)
    look = _Look(database)
    current = look.number("scn", _SCN) or look.number("scn", _ABOUT)
    if current is not None:
        look.unknown.pop("scn", None)
    if position is None:
        return Lag(current_scn=current, unknown=look.unknown | {"offset": "no offset of Oracle's"})
    behind = look.age("time", position.delivered)
    restart = behind if position.scn == position.delivered else look.age("restart", position.scn)
    return Lag(
        position=position,
        current_scn=current,
        seconds_behind=behind,
        restart_seconds=restart,
        oldest=look.part("transactions", lambda: look.oldest(position.scn)),
        archive=look.part("archive", lambda: look.archive(position.scn)),
        unknown=look.unknown,
    )


class _Look:
    """Questions, and what could not be answered."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.unknown: dict[str, str] = {}

    def part(self, what: str, ask: Callable[[], Any]) -> Any:
        """Ask, or note why there is no answer."""
        try:
            return ask()
        except OracleFailure as error:
            stale = error.code == _STALE
            self.unknown[what] = "too long ago for Oracle to tell" if stale else _reason(error)
            return None

    def number(self, what: str, sql: str) -> int | None:
        value = self.part(what, lambda: self._database.scalar(sql))
        return None if value is None else int(value)

    def age(self, what: str, scn: int) -> float | None:
        """Seconds since an SCN was current."""

        def ask() -> float | None:
            row = self._database.one(_TIME, scn=scn) or {}
            return _seconds(row.get("NOW"), row.get("THEN_TIME"))

        found: float | None = self.part(what, ask)
        return found

    def oldest(self, restart: int) -> OpenTransaction | None:
        row = self._database.one(_OPEN)
        if row is None:
            return None
        scn = int(row["START_SCN"])
        # Debezium restarts one SCN before the oldest transaction that it still waits for.
        holds = scn - 1 <= restart
        seconds = _seconds(row["NOW"], row["START_DATE"])
        return OpenTransaction(scn, seconds, int(row["OPEN_COUNT"]), holds)

    def archive(self, restart: int) -> Headroom:
        row = self._database.one(_ARCHIVED, scn=restart) or {}
        online = self._database.one(_ONLINE, scn=restart) or {}
        return headroom(
            restart,
            Archive(
                now=row["NOW"],
                online_scn=_whole(online.get("SCN")),
                waiting=_whole(online.get("WAITING")),
                waiting_since=_time(online.get("WAITING_SINCE")),
                oldest_scn=_whole(row["OLDEST_SCN"]),
                oldest_time=_time(row["OLDEST_TIME"]),
                kept_bytes=_whole(row["KEPT_BYTES"]) or 0,
                since_bytes=_whole(row["SINCE_BYTES"]) or 0,
                restart_time=_time(row["RESTART_TIME"]),
                deleted=_whole(row["DELETED"]) or 0,
                day_bytes=_whole(row["DAY_BYTES"]) or 0,
                day_start=_time(row["DAY_START"]),
            ),
        )


def _reason(error: OracleFailure) -> str:
    return error.code or "the database does not answer"


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _time(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _seconds(now: Any, then: Any) -> float | None:
    if not isinstance(now, datetime) or not isinstance(then, datetime):
        return None
    return max(0.0, round((now - then).total_seconds(), 1))


def _ago(seconds: float | None) -> str:
    return "" if seconds is None else age(seconds)
