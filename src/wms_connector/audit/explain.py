"""The second look, at the few keys that need one: examples, and events that lack columns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wms_connector.audit.cells import shown
from wms_connector.audit.compare import Example
from wms_connector.audit.layout import digest, identity
from wms_connector.audit.report import DifferentExample, Examples, KeyExample
from wms_connector.events.reader import Range, read
from wms_connector.events.records import Change, Parser

if TYPE_CHECKING:
    from wms_connector.audit.collect import Collector
    from wms_connector.audit.compare import Outcome
    from wms_connector.audit.source import Cut
    from wms_connector.audit.store import Store


@dataclass(slots=True)
class _Found:
    """What the second look at the database found; examples by key."""

    lines: dict[bytes, bytes] = field(default_factory=dict)
    unavailable: Counter[str] = field(default_factory=Counter)


def look_again(
    collector: Collector, outcome: Outcome, cut: Cut, store: Store, client: Any, *, limit: int
) -> tuple[Examples, dict[str, int]]:
    """Judge the rows that were put aside, and give examples that people can read.

    Reads the table once more if that is needed, and of the topic the examples' records. Adds to
    `outcome.different`. Gives the examples, and how many rows' last event lacks which column.
    """
    found = _scan(collector, outcome, cut, store, limit)
    events = _Events(collector, client)

    def told(examples: list[Example]) -> tuple[KeyExample, ...]:
        return tuple(
            KeyExample(
                key=_key(collector, one, found, events.row(one)), event=_place(collector, one)
            )
            for one in examples
        )

    examples = Examples(
        missing=told(outcome.missing_examples),
        extra=told(outcome.extra_examples),
        duplicates=told(outcome.duplicate_examples),
        gaps=told(outcome.gap_examples),
        different=tuple(
            DifferentExample(
                key=_key(collector, one, found, events.row(one)),
                event=_place(collector, one),
                columns=_columns(collector, found.lines.get(one.key), events.row(one)),
            )
            for one in outcome.different_examples
        ),
    )
    return examples, dict(found.unavailable)


def _scan(
    collector: Collector, outcome: Outcome, cut: Cut, store: Store, limit: int
) -> _Found:  # fmt: skip
    found = _Found()
    layout = collector.layout
    wanted = {one.key for one in (*outcome.missing_examples, *outcome.different_examples)}
    aside = outcome.masked
    if not wanted and not aside:
        return found
    rows = cut.rows(layout)
    for line in rows:
        key = identity(layout.key_of(line))
        if key in wanted:
            found.lines[key] = line
        if aside:
            masked = store.masked(collector.number, key)
            if masked is not None:
                aside -= 1
                mask = collector.masks[masked.mask]
                found.unavailable.update(layout.masked(mask))
                if digest(layout.mask(line, mask)) != masked.digest:
                    outcome.different += 1
                    if len(outcome.different_examples) < limit:
                        example = Example(key, masked.partition, masked.offset)
                        outcome.different_examples.append(example)
                        found.lines[key] = line
        elif found.lines.keys() >= wanted:
            break
    close = getattr(rows, "close", None)
    if close is not None:
        close()
    return found


class _Events:
    """Reads single records of the topic again, each once."""

    def __init__(self, collector: Collector, client: Any) -> None:
        self._collector = collector
        self._client = client
        self._rows: dict[tuple[int, int], tuple[bytes, bytes] | None] = {}
        self._parser = Parser()

    def row(self, example: Example) -> tuple[bytes, bytes] | None:
        """Give key and row of the example's event, or nothing if it cannot be had."""
        if example.partition is None or example.offset is None:
            return None
        place = (example.partition, example.offset)
        if place not in self._rows:
            self._rows[place] = self._read(*place)
        return self._rows[place]

    def _read(self, partition: int, offset: int) -> tuple[bytes, bytes] | None:
        where = {(self._collector.topic, partition): Range(offset, offset + 1)}
        for messages in read(self._client, where):
            for message in messages:
                record = self._parser.message(message)
                if isinstance(record, Change):
                    encoder = self._collector.encoder
                    line, _ = encoder.row(record.row or {}, record.schema)
                    key = encoder.key(record)[0] if self._collector.layout.keys else line
                    return key, line
        return None


def _key(
    collector: Collector, example: Example, found: _Found, event: tuple[bytes, bytes] | None
) -> str:
    layout = collector.layout
    if example.key in found.lines:
        return layout.key_text(layout.key_of(found.lines[example.key]))
    if event is not None:
        return layout.key_text(event[0])
    if len(example.key) < len(digest(b"")):
        return layout.key_text(example.key)
    return f"(key with the hash {example.key.hex()})"


def _place(collector: Collector, example: Example) -> str | None:
    if example.partition is None:
        return None
    return f"{collector.topic}[{example.partition}]@{example.offset}"


def _columns(
    collector: Collector, line: bytes | None, event: tuple[bytes, bytes] | None
) -> dict[str, tuple[str | None, str | None]]:
    if line is None or event is None:
        return {}
    layout = collector.layout
    cells = zip(
        layout.columns, line.decode().split("\t"), event[1].decode().split("\t"), strict=True
    )
    return {
        column.name: (shown(column, source), shown(column, topic))
        for column, source, topic in cells
        if source != topic
    }
