"""The two repairs of a Debezium connector that cannot go on from its offset, as plans. Pure.

`snapshot`: the logs from the restart point on are gone. The offset is forgotten, and the connector
takes its snapshot anew. `schema-history`: the topic that holds the tables' structures is lost. The
connector runs with `snapshot.mode=recovery` until it has written them anew, and goes on from its
offset, without reading a row again.

A repair writes down first what it is about to change (`Record`). Whoever calls it again after an
interruption gets the rest of the steps: each is made from what is seen, and may be done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict

from wms_connector.connect.models import ConnectorState, OffsetEntry
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wms_connector.connect.models import ConnectorStatus

MODE: Final = "snapshot.mode"
RECOVERY: Final = "recovery"
HISTORY: Final = "schema.history.internal.kafka.topic"
MARK: Final = "wms_connector_recover"
"""A key that is put into the offset before a recovery. Debezium does not read it, and its own
offsets do not have it: once it is gone, the connector has written an offset, which in this mode it
does at the end of the structures' snapshot (its heartbeat) and not before."""


class Repair(StrEnum):
    """What is repaired."""

    SNAPSHOT = "snapshot"
    SCHEMA_HISTORY = "schema-history"


class Act(StrEnum):
    """What one step does."""

    RECORD = "record"
    STOP = "stop"
    FORGET = "forget"
    MARK = "mark"
    CONFIGURE = "configure"
    RESUME = "resume"
    AWAIT_SNAPSHOT = "await-snapshot"
    AWAIT_HISTORY = "await-history"
    CONFIGURE_BACK = "configure-back"
    AWAIT_RUNNING = "await-running"
    FINISH = "finish"


_TOLD: Final = {
    Act.RECORD: "write the offset down, in {file}",
    Act.STOP: "stop the connector",
    Act.FORGET: "forget its offset",
    Act.MARK: "mark its offset, to see when the connector has written a new one",
    Act.CONFIGURE: f"set {MODE}={RECOVERY}",
    Act.RESUME: "start it",
    Act.AWAIT_SNAPSHOT: "wait until its snapshot is complete",
    Act.AWAIT_HISTORY: "wait until the structures are written and the offset moves",
    Act.CONFIGURE_BACK: f"set {MODE} back",
    Act.AWAIT_RUNNING: "wait until it runs",
    Act.FINISH: "keep what was written down, as finished",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and how it is told."""

    act: Act
    told: str


class Record(BaseModel):
    """What was before a repair: the offset, and the mode that is put back. No credential."""

    model_config = ConfigDict(frozen=True)

    repair: Repair
    connector: str
    stage: str
    finding: str
    started: str
    mode: str | None
    offsets: tuple[OffsetEntry, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A connector as it is now."""

    name: str
    status: ConnectorStatus | None
    config: Mapping[str, str | None]
    offsets: tuple[OffsetEntry, ...]

    @property
    def is_stopped(self) -> bool:
        """Whether it is STOPPED; PAUSED tasks hold on to what they have."""
        return self.status is not None and self.status.connector.state is ConnectorState.STOPPED

    @property
    def start(self) -> list[Act]:
        """What makes it run: what has failed is stopped first, as a restart."""
        if self.is_stopped:
            return [Act.RESUME]
        return [Act.STOP, Act.RESUME] if self.status and self.status.has_failed else []

    @property
    def in_recovery(self) -> bool:
        """Whether it is set to rebuild its schema history."""
        return (self.config.get(MODE) or "").lower() == RECOVERY


class NotNeededError(UsageError):
    """There is nothing of the kind to repair; nothing was done."""


def plan(
    repair: Repair, seen: Seen, record: Record | None, *, found: bool, file: str
) -> tuple[Step, ...]:
    """Make the steps that are left. `found`: the finding is there, or somebody has said why not.

    `record` is that of an interrupted repair of the same kind. Raises NotNeededError.
    """
    if record is None:
        _check(repair, seen, found=found)
    make = _snapshot if repair is Repair.SNAPSHOT else _history
    return tuple(Step(act, _TOLD[act].format(file=file)) for act in make(seen, record))


def marked(offsets: Iterable[OffsetEntry]) -> tuple[OffsetEntry, ...]:
    """Put the mark into every offset."""
    return tuple(
        entry.model_copy(update={"offset": {**entry.offset, MARK: "1"}}) if entry.offset else entry
        for entry in offsets
    )


def is_marked(offsets: Iterable[OffsetEntry]) -> bool:
    """Whether the connector has written no offset since it was marked."""
    return any(MARK in (entry.offset or {}) for entry in offsets)


def in_snapshot(offsets: Iterable[OffsetEntry]) -> bool:
    """Whether a snapshot is under way, as Debezium's offsets tell."""
    return any(_under_way(entry.offset or {}) for entry in offsets)


def has_offset(offsets: Iterable[OffsetEntry]) -> bool:
    """Whether there is any position at all."""
    return any(entry.offset for entry in offsets)


def _under_way(offset: Mapping[str, Any]) -> bool:
    told = str(offset.get("snapshot", "false")).lower() not in {"false", "none"}
    return told and str(offset.get("snapshot_completed", "false")).lower() != "true"


def _check(repair: Repair, seen: Seen, *, found: bool) -> None:
    if repair is Repair.SCHEMA_HISTORY and not seen.config.get(HISTORY):
        raise NotNeededError(
            f"{seen.name} keeps no schema history: its database tells the structures",
            hint="`wms-connector status` shows what it fails of",
        )
    if not has_offset(seen.offsets):
        raise NotNeededError(
            f"{seen.name} has no offset, so it takes its snapshot by itself when it starts",
            hint="`wms-connector resume`, or `wms-connector apply`",
        )
    if repair is Repair.SCHEMA_HISTORY and in_snapshot(seen.offsets):
        raise NotNeededError(
            f"{seen.name} was in its snapshot, and takes it anew with all structures",
            hint="`wms-connector restart`",
        )
    if not found:
        raise NotNeededError(
            f"{seen.name} does not fail of what `recover {repair}` repairs",
            hint='If you know better, say why: --anyway "REASON"',
        )


def _snapshot(seen: Seen, record: Record | None) -> list[Act]:
    acts = [] if record is not None else [Act.RECORD]
    # A repair of the schema history that led nowhere may be behind it.
    mode = [Act.CONFIGURE_BACK] if seen.in_recovery else []
    forgotten = record is not None and seen.offsets != record.offsets
    if not forgotten:
        acts += [] if seen.is_stopped else [Act.STOP]
        acts += [*mode, Act.FORGET, Act.RESUME]
    else:
        acts += [*mode, *seen.start]
    return [*acts, Act.AWAIT_SNAPSHOT, Act.FINISH]


def _history(seen: Seen, record: Record | None) -> list[Act]:
    acts = [] if record is not None else [Act.RECORD]
    stop = [] if seen.is_stopped else [Act.STOP]
    start = [Act.RESUME, Act.AWAIT_HISTORY]
    end = [Act.CONFIGURE_BACK, Act.AWAIT_RUNNING, Act.FINISH]
    if seen.in_recovery and record is not None:
        # The mark is set before the mode: if it is gone, the connector has done its work.
        if not is_marked(seen.offsets):
            return end
        return [*seen.start, Act.AWAIT_HISTORY, *end]
    if is_marked(seen.offsets):
        return [*acts, *stop, Act.CONFIGURE, *start, *end]
    if record is not None and seen.offsets != record.offsets:
        return [Act.AWAIT_RUNNING, Act.FINISH]  # the mode is back already
    return [*acts, *stop, Act.MARK, Act.CONFIGURE, *start, *end]
