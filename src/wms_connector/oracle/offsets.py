"""Where Debezium's Oracle connector stands, read from the offset that Kafka Connect keeps.

`scn` is the restart point, held back by the oldest open transaction; `commit_scn` is how far each
redo thread has been delivered: `scn:thread:transaction-transaction`, separated by commas. (Forms
from Debezium 3.6.1's OracleOffsetContext and CommitScn, the former ones of 1.x included.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FORMS: Final = {1: None, 3: 1, 4: 3}
"""How many pieces an entry of `commit_scn` has, and which of them is the redo thread."""


@dataclass(frozen=True, slots=True)
class Commit:
    """How far one redo thread has been delivered."""

    scn: int
    thread: int


@dataclass(frozen=True, slots=True)
class Position:
    """An offset. `snapshot` is the kind of a snapshot that is under way or just done."""

    scn: int
    commits: tuple[Commit, ...] = ()
    snapshot: str | None = None
    snapshot_completed: bool = False
    snapshot_scn: int | None = None

    @property
    def in_snapshot(self) -> bool:
        """Whether a snapshot is under way: a restart would begin it anew."""
        return self.snapshot is not None and not self.snapshot_completed

    @property
    def delivered(self) -> int:
        """The highest SCN up to which changes are known to be delivered."""
        return max((self.scn, *(commit.scn for commit in self.commits)))

    @classmethod
    def parse(cls, offset: Mapping[str, Any] | None) -> Position | None:
        """Read an offset; None where it is not one of this connector, or not in a known form."""
        if offset is None or (scn := _number(offset.get("scn"))) is None:
            return None
        snapshot = offset.get("snapshot")
        return cls(
            scn=scn,
            commits=_commits(offset.get("commit_scn")),
            # Debezium 2 and before wrote a boolean.
            snapshot=str(snapshot) if snapshot not in {None, False, "false"} else None,
            snapshot_completed=str(offset.get("snapshot_completed", "")).lower() == "true",
            snapshot_scn=_number(offset.get("snapshot_scn")),
        )


def position_of(entries: Iterable[Mapping[str, Any]]) -> Position | None:
    """Find the position among a connector's offsets (`{"partition": …, "offset": …}` each)."""
    found = (Position.parse(entry.get("offset")) for entry in entries)
    return next((position for position in found if position is not None), None)


def _commits(value: Any) -> tuple[Commit, ...]:
    commits = []
    for entry in str(value if value is not None else "").split(","):
        pieces = entry.strip().split(":")
        place = _FORMS.get(len(pieces), -1)
        scn = _number(pieces[0])
        thread = 1 if place is None else _number(pieces[place])
        if scn is not None and thread is not None and place != -1:
            commits.append(Commit(scn, thread))
    return tuple(sorted(commits, key=lambda commit: commit.thread))


def _number(value: Any) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() else None
