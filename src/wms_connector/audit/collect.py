"""From the records of a topic to the events in the store, for one table."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from wms_connector.audit.compare import BEFORE
from wms_connector.audit.layout import RowEncoder, digest, identity, number
from wms_connector.audit.report import UnreadableRecord
from wms_connector.audit.store import Event
from wms_connector.events.records import Change, Tombstone, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wms_connector.audit.layout import Layout
    from wms_connector.audit.source import Cut
    from wms_connector.audit.store import Store
    from wms_connector.events.records import Record

_UNREADABLE_KEPT: Final = 20
_INCREMENTAL: Final = "i"
"""Operation in the store of a row that an incremental snapshot read: it may do so again."""


class Collector:
    """Takes the records of one table's topic and keeps what the comparison needs.

    `truncated` is the place of the last truncate inside the cut, -1 without one. `furthest` is the
    highest place at which any event was committed. `blind` counts changes that a table without a
    key cannot follow, because the row before them is not known. `chained`: whether to keep what
    stood before each change.
    """

    def __init__(
        self,
        number: int,
        layout: Layout,
        topic: str,
        cut: Cut,
        store: Store,
        *,
        chained: bool = True,
    ) -> None:
        self.number = number
        self.layout = layout
        self.topic = topic
        self.encoder = RowEncoder(layout)
        self.masks: list[int] = [0]
        self.tombstones = self.truncates = self.unreadable = self.blind = 0
        self.truncates_aborted = 0
        self.truncated = self.furthest = -1
        self.unreadable_records: list[UnreadableRecord] = []
        self._cut = cut
        self._store = store
        self._chained = chained
        self._mask_numbers = {0: 0}

    def take(self, records: Iterable[Record], *, committed: bool = True) -> None:
        """Store the records' events, and which of the source's transactions they belong to."""
        events: list[Event] = []
        transactions: set[str | int] = set()
        for record in records:
            if isinstance(record, Change):
                self._change(record, events, committed=committed)
                if record.op != "r" and record.transaction is not None:
                    transactions.add(record.transaction)
            elif isinstance(record, Tombstone):
                self.tombstones += committed
            elif isinstance(record, Unreadable):
                self._unreadable(record, committed=committed)
        self._store.add_events(self.number, events)
        if committed:
            self._store.add_transactions(transactions)

    def _unreadable(self, record: Unreadable, *, committed: bool) -> None:
        self.unreadable += committed
        if committed and len(self.unreadable_records) < _UNREADABLE_KEPT:
            self.unreadable_records.append(
                UnreadableRecord(
                    topic=record.topic,
                    partition=record.partition,
                    offset=record.offset,
                    reason=record.reason,
                )
            )

    def _change(self, change: Change, events: list[Event], *, committed: bool) -> None:
        place = change.position
        if committed:
            self.furthest = max(self.furthest, change.committed_at)
        if change.op == "t":
            self.truncates += committed
            self.truncates_aborted += not committed
            if committed and self._cut.contains(change):
                self.truncated = max(self.truncated, place)
            return
        if self.layout.keys:
            self._keyed(change, events, committed=committed)
        else:
            self._keyless(change, events, committed=committed)

    def _keyed(self, change: Change, events: list[Event], *, committed: bool) -> None:
        key, unknown = self.encoder.key(change)
        if unknown:
            names = ", ".join(self.layout.key_names)
            self._unreadable(
                Unreadable(
                    change.topic, change.partition, change.offset, change.timestamp,
                    f"neither its key nor its row has the key's columns ({names})",
                ),
                committed=committed,
            )  # fmt: skip
            return
        before, mask_before = self._before(change)
        if change.after is None:
            event = self._event(change, key, "d", b"", mask_before, committed=committed)
            events.append(event._replace(before=before))
            return
        line, mask = self.encoder.row(change.after, change.schema)
        op = _INCREMENTAL if change.op == "r" and change.snapshot == "incremental" else change.op
        if mask_before != mask and change.op == "u":
            before = None  # of other columns: they do not compare
        event = self._event(change, key, op, digest(line), mask, committed=committed)
        events.append(event._replace(before=before))

    def _before(self, change: Change) -> tuple[int | None, int]:
        """Give the number of the row that was replaced, and what of it is not known."""
        if change.op in "cr":
            return 0, 0
        if change.before is None or not self._chained:
            return None, 0
        line, mask = self.encoder.row(change.before, change.schema)
        return number(digest(line)), mask

    def _keyless(self, change: Change, events: list[Event], *, committed: bool) -> None:
        if change.op in "ud":
            line, mask = self.encoder.row(change.before or {}, change.schema)
            if mask:
                self.blind += 1
            op = BEFORE if change.op == "u" else "d"
            events.append(self._event(change, line, op, b"", 0, committed=committed))
        if change.after is not None:
            line, mask = self.encoder.row(change.after, change.schema)
            if mask:
                self.blind += 1
            events.append(self._event(change, line, change.op, b"", 0, committed=committed))

    def _event(
        self, change: Change, key: bytes, op: str, hashed: bytes, mask: int, *, committed: bool
    ) -> Event:
        if mask:
            if mask not in self._mask_numbers:
                self._mask_numbers[mask] = len(self.masks)
                self.masks.append(mask)
            mask = self._mask_numbers[mask]
        return Event(
            identity(key), op, change.position, change.detail, hashed,
            change.partition, change.offset, self._cut.contains(change), committed, mask,
        )  # fmt: skip


class Gaps:
    """Offsets that a consumer of committed records was not given: aborted records and markers."""

    def __init__(self, starts: Mapping[int, int]) -> None:
        self._next = dict(starts)
        self._gaps: dict[int, array[int]] = {partition: array("q") for partition in starts}
        self._cursor = dict.fromkeys(starts, 0)

    def seen(self, partition: int, offset: int) -> None:
        """Tell that a record was read; they come in order."""
        expected = self._next[partition]
        if offset > expected:
            self._gaps[partition].extend((expected, offset))
        self._next[partition] = offset + 1

    def close(self, partition: int, end: int) -> None:
        """Tell that nothing more will be read before this offset."""
        if end > self._next[partition]:
            self._gaps[partition].extend((self._next[partition], end))
            self._next[partition] = end

    def has(self, partition: int, offset: int) -> bool:
        """Whether an offset lies in a gap; asked with rising offsets, once each."""
        gaps, cursor = self._gaps[partition], self._cursor[partition]
        while cursor < len(gaps) and gaps[cursor + 1] <= offset:
            cursor += 2
        self._cursor[partition] = cursor
        return cursor < len(gaps) and gaps[cursor] <= offset
