"""Compare rows and events that both come in the order of keys. Pure: iterators in, counts out."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from wms_connector.audit.chain import READS, Chain
from wms_connector.audit.store import Event, Masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


BEFORE: Final = "-"
"""Operation of the row that an update replaced, in a table without a key: one row less, and no
event of its own."""


class Example(NamedTuple):
    """A key to show; partition and offset of its last event, if it has one."""

    key: bytes
    partition: int | None = None
    offset: int | None = None


@dataclass(slots=True)
class Outcome:
    """What was found in one table; examples are the first few by key."""

    rows: int = 0
    missing: int = 0
    extra: int = 0
    different: int = 0
    events: int = 0
    in_flight: int = 0
    aborted: int = 0
    duplicates: int = 0
    duplicates_uncommitted: int = 0
    scattered: int = 0
    masked: int = 0
    gaps: int = 0
    unchained: int = 0
    missing_examples: list[Example] = field(default_factory=list)
    extra_examples: list[Example] = field(default_factory=list)
    different_examples: list[Example] = field(default_factory=list)
    duplicate_examples: list[Example] = field(default_factory=list)
    gap_examples: list[Example] = field(default_factory=list)


@dataclass(slots=True)
class _State:
    """What the events of one key say. `copies` counts rows, for a table without a key."""

    last: Event | None = None
    copies: int = 0
    partition: int | None = None
    scattered: bool = False

    def take(self, event: Event, *, keyed: bool, truncated: int) -> None:
        """Go on with the next committed event of the cut."""
        if not keyed:
            if event.place > truncated:
                self.copies += -1 if event.op in {BEFORE, "d"} else 1
            if event.op not in {BEFORE, "d"}:
                self.last = event
        elif self.last is None or _later(event, self.last):
            self.last = event


@dataclass(slots=True)
class _Repeats:
    """Tells which events repeat the one before: those of one change come one after the other."""

    change: tuple[str, int, str, bytes] | None = None
    seen: int = 0
    committed: int = 0

    def take(self, event: Event) -> tuple[bool, bool]:
        """Give whether the event repeats another, and whether both are committed."""
        change = _change(event)
        if change != self.change:
            self.change, self.seen, self.committed = change, 0, 0
        self.seen += 1
        self.committed += event.committed
        return self.seen > 1, event.committed and self.committed > 1


def compare(
    rows: Iterable[tuple[bytes, bytes]],
    events: Iterable[Event],
    *,
    keyed: bool,
    truncated: int = -1,
    examples: int = 5,
    put_aside: Callable[[Masked], None] = lambda _: None,
) -> Outcome:
    """Compare a table's rows with what its events add up to.

    Both come ordered by key; events of one key by op, place, detail and hash. `truncated` is the
    place of the last truncate in the cut: what was logged before it is gone. Rows whose last event
    lacks columns are not judged but handed to `put_aside`.
    """
    outcome = Outcome()
    judge = _judge_keyed if keyed else _judge_multiset
    for key, row, copies, found in _joined(rows, events):
        state = _follow(key, found, outcome, keyed=keyed, truncated=truncated, examples=examples)
        outcome.rows += copies
        judge(key, row, copies, state, outcome, examples, put_aside)
    return outcome


def _joined(
    rows: Iterable[tuple[bytes, bytes]], events: Iterable[Event]
) -> Iterator[tuple[bytes, bytes, int, Iterable[Event]]]:
    """Merge both streams: each key once, with a row's hash, how many rows, and its events."""
    left = groupby(rows, key=itemgetter(0))
    right = groupby(events, key=attrgetter("key"))
    row, event = next(left, None), next(right, None)
    while row is not None or event is not None:
        if event is None or (row is not None and row[0] <= event[0]):
            assert row is not None  # noqa: S101  (the loop's condition, for the type checker)
            key = row[0]
            digest, copies = b"", 0
            for _, digest in row[1]:  # noqa: B007  (a key has one row, and a copy the same)
                copies += 1
            row = next(left, None)
            if event is not None and event[0] == key:
                yield key, digest, copies, event[1]
                event = next(right, None)
            else:
                yield key, digest, copies, ()
        else:
            yield event[0], b"", 0, event[1]
            event = next(right, None)


def _follow(
    key: bytes,
    events: Iterable[Event],
    outcome: Outcome,
    *,
    keyed: bool,
    truncated: int,
    examples: int,
) -> _State:
    """Count a key's events and find the state that they lead to."""
    state, repeats, chain = _State(), _Repeats(), Chain()
    for event in events:
        again_committed = False
        if keyed:
            again, again_committed = repeats.take(event)
            outcome.duplicates_uncommitted += again
            if again_committed:
                example = Example(key, event.partition, event.offset)
                _note(outcome, "duplicate", 1, example, examples)
        counted = event.op != BEFORE
        if not event.committed:
            outcome.aborted += counted
            continue
        outcome.events += counted
        if state.partition is None:
            state.partition = event.partition
        state.scattered = state.scattered or event.partition != state.partition
        if event.in_cut:
            state.take(event, keyed=keyed, truncated=truncated)
            fresh = not again_committed or event.op in READS  # two snapshots may differ
            if keyed and fresh and event.place > truncated:
                chain.take(event)
        else:
            outcome.in_flight += counted
    outcome.scattered += state.scattered and keyed
    last = state.last
    if keyed and last is not None and (last.op == "d" or last.place < truncated):
        state.last = None
    if keyed:
        _judge_chain(key, chain, state, outcome, examples)
    return state


def _judge_chain(key: bytes, chain: Chain, state: _State, outcome: Outcome, examples: int) -> None:
    last = state.last
    is_whole = chain.is_whole(b"" if last is None else last.digest)
    outcome.unchained += is_whole is None
    if is_whole is False:
        place = () if last is None else (last.partition, last.offset)
        _note(outcome, "gap", 1, Example(key, *place), examples)


def _later(event: Event, other: Event) -> bool:
    """Tell which is the last word on a key: in one partition its order, else the source's."""
    if event.partition == other.partition:
        return event.offset > other.offset
    return event.place > other.place


def _change(event: Event) -> tuple[str, int, str, bytes]:
    """Tell one change from another. A snapshot reads a key once, wherever it stands by then."""
    if event.op == "r":
        return ("r", 0, "", b"")
    return (event.op, event.place, event.detail, event.digest)


def _judge_keyed(
    key: bytes,
    row: bytes,
    copies: int,
    state: _State,
    outcome: Outcome,
    examples: int,
    put_aside: Callable[[Masked], None],
) -> None:
    last = state.last
    if last is None:
        if copies:
            _note(outcome, "missing", copies, Example(key), examples)
        return
    example = Example(key, last.partition, last.offset)
    if not copies:
        _note(outcome, "extra", 1, example, examples)
    elif last.mask:
        outcome.masked += 1
        put_aside(Masked(key, last.digest, last.mask, last.partition, last.offset))
    elif row != last.digest:
        _note(outcome, "different", 1, example, examples)


def _judge_multiset(
    key: bytes,
    _row: bytes,
    copies: int,
    state: _State,
    outcome: Outcome,
    examples: int,
    _put_aside: Callable[[Masked], None],
) -> None:
    surplus = state.copies - copies
    if surplus:
        kind = "extra" if surplus > 0 else "missing"
        last = state.last
        place = () if last is None or surplus < 0 else (last.partition, last.offset)
        _note(outcome, kind, abs(surplus), Example(key, *place), examples)


def _note(outcome: Outcome, kind: str, count: int, example: Example, examples: int) -> None:
    name = f"{kind}s" if kind in {"duplicate", "gap"} else kind
    setattr(outcome, name, getattr(outcome, name) + count)
    told: list[Example] = getattr(outcome, f"{kind}_examples")
    if len(told) < examples:
        told.append(example)
