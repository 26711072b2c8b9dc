"""The audit itself: fix a state, wait for the connector, read the topics, compare."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wms_connector.audit.collect import Collector, Gaps
from wms_connector.audit.compare import compare
from wms_connector.audit.errors import AuditError
from wms_connector.audit.explain import look_again
from wms_connector.audit.layout import digest, identity
from wms_connector.audit.report import Report, TableReport
from wms_connector.audit.store import EVENT_BYTES, ROW_BYTES, Masked, Store
from wms_connector.events.reader import Range, ranges, read
from wms_connector.events.records import Parser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from wms_connector.audit.compare import Outcome
    from wms_connector.audit.layout import Layout
    from wms_connector.audit.report import Delivery
    from wms_connector.audit.source import Cut, Source
    from wms_connector.events.reader import Partition
    from wms_connector.model.table import Table

    Offsets = Callable[[], Sequence[Mapping[str, Any]]]

_PAUSE: Final = 0.2  # seconds between two looks at the connector's offset
_PROGRESS_EVERY: Final = 20_000  # rows


class Step(NamedTuple):
    """Where the audit is: `rows`, `events`, `aborted`, `waiting`, `comparing`; of how many."""

    phase: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Options:
    """How to audit.

    `deadline`: seconds to wait for the connector. `settle`: seconds of quiet topics after which a
    comparison without a difference is taken for the answer at once. `examples`: keys to show of
    each kind. `folder`: where the temporary file goes. `uncommitted`: whether to read aborted
    records too.
    """

    deadline: float = 120.0
    settle: float = 5.0
    examples: int = 5
    folder: Path | None = None
    uncommitted: bool = True


@dataclass(slots=True)
class _Audit:
    source: Source
    topics: Mapping[Table, str]
    every: Any  # a consumer that reads all records, committed or not
    offsets: Offsets | None
    options: Options
    progress: Callable[[Step], None]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    collectors: dict[str, Collector] = field(default_factory=dict)
    starts: dict[Partition, Range] = field(default_factory=dict)
    ends: dict[Partition, Range] = field(default_factory=dict)
    gaps: dict[str, Gaps] = field(default_factory=dict)
    read: int = 0
    waited: float = 0.0

    def pause(self) -> None:
        """Wait a moment for the connector."""
        self.progress(Step("waiting", self.read, None))
        begun = self.clock()
        self.sleep(_PAUSE)
        self.waited += self.clock() - begun


def audit(
    source: Source,
    topics: Mapping[Table, str],
    consumer: Callable[[bool], Any],
    *,
    offsets: Offsets | None,
    delivery: Delivery = "exactly-once",
    options: Options | None = None,
    progress: Callable[[Step], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Report:
    """Compare the tables with what their topics add up to.

    `consumer(True)` gives a consumer that reads committed records, `consumer(False)` one that
    reads all (`consumer_settings` in events.reader); both are closed here. `offsets` gives the
    connectors' offsets as Kafka Connect tells them. Raises AuditError and EventsError when the
    audit cannot be made; a difference is no error but part of the report.
    """
    begun = clock()
    chosen = options or Options()
    layouts = source.describe(topics)
    with closing(consumer(True)) as client, closing(consumer(False)) as every:
        job = _Audit(source, topics, every, offsets, chosen, progress, clock, sleep)
        _wait_ready(job)
        expected = _expected_bytes(layouts, ranges(client, list(topics.values())))
        with source.cut() as cut, Store(chosen.folder, expected_bytes=expected) as store:
            _rows(job, layouts, cut, store)
            outcomes, passed = _settled(job, client, cut, store)
            if chosen.uncommitted and _aborted(job):
                outcomes = None
            outcomes = outcomes or _compare(job, store)
            tables = tuple(
                _report(job, collector, outcomes[topic], cut, store, client, delivery)
                for topic, collector in job.collectors.items()
            )
            return Report(
                tables=tables,
                delivery=delivery,
                passed=passed,
                position=cut.position,
                transactions=store.transactions,
                seconds=clock() - begun,
                waited=job.waited,
                unreadable=tuple(
                    one for c in job.collectors.values() for one in c.unreadable_records
                ),
            )


def _expected_bytes(layouts: Sequence[Layout], found: Mapping[Partition, Range]) -> int:
    rows = sum(layout.estimate for layout in layouts)
    events = sum(span.end - span.start for span in found.values())
    return rows * ROW_BYTES + events * EVENT_BYTES


def _wait_ready(job: _Audit) -> None:
    """Wait until the connector's own snapshot is over: a state before it would prove nothing."""
    if job.offsets is None:
        return
    begun = job.clock()
    while not job.source.ready(job.offsets()):
        if job.clock() - begun > job.options.deadline:
            raise AuditError(
                "the connector has not finished its snapshot within "
                f"{job.options.deadline:.0f} s, so there is nothing to compare yet",
                hint="Look at `wms-connector status`, and audit again when it streams",
            )
        job.pause()


def _rows(job: _Audit, layouts: Sequence[Layout], cut: Cut, store: Store) -> None:
    """Put every row's key and hash into the store."""
    total = sum(layout.estimate for layout in layouts) or None
    done = 0

    def hashed(layout: Layout) -> Iterator[tuple[bytes, bytes]]:
        nonlocal done
        key_of = layout.key_of
        keyed = bool(layout.keys)
        for line in cut.rows(layout):
            done += 1
            if done % _PROGRESS_EVERY == 0:
                job.progress(Step("rows", done, max(done, total or 0)))
            yield identity(key_of(line)), digest(line) if keyed else b""

    for number, layout in enumerate(layouts):
        topic = job.topics[layout.table]
        store.add_table(number)
        job.collectors[topic] = Collector(number, layout, topic, cut, store)
        store.add_rows(number, hashed(layout))
    job.progress(Step("rows", done, done))


def _settled(
    job: _Audit, client: Any, cut: Cut, store: Store
) -> tuple[dict[str, Outcome] | None, bool]:
    """Read until everything of the cut is there.

    Gives whether the connector was seen to pass the cut; and, where it was not, a comparison
    without a difference, which is an answer all the same: the connector's offset may stand still
    on a quiet database.
    """
    parser = Parser()
    begun = quiet_since = job.clock()
    tried = -1
    goal: dict[Partition, Range] | None = None
    while True:
        if goal is None and _passed(job, cut):
            # In this order: what was delivered before the offset was looked at is before this.
            # Not the last stable offset, to which a transaction's end comes a little later than
            # to the connector's offset, because each partition has its own marker.
            goal = ranges(job.every, list(job.collectors))
        fresh = _read_on(job, client, parser)
        now = job.clock()
        if fresh:
            quiet_since = now
        passed = goal is not None and all(job.ends[w].end >= goal[w].end for w in goal)
        if passed or now - begun > job.options.deadline:
            return None, passed
        if now - quiet_since >= job.options.settle and tried != job.read:
            tried = job.read
            outcomes = _compare(job, store)
            if not any(o.missing or o.extra or o.different for o in outcomes.values()):
                return outcomes, False
        job.pause()


def _passed(job: _Audit, cut: Cut) -> bool:
    if job.offsets is not None:
        return cut.passed(job.offsets())
    # Without Kafka Connect to ask: changes come in the order of the source's log, so that a later
    # one tells that all before it are there.
    return any(c.furthest >= cut.position for c in job.collectors.values())


def _read_on(job: _Audit, client: Any, parser: Parser) -> int:
    """Read the topics from where the last round ended to their ends of now."""
    found = ranges(client, list(job.collectors))
    wanted = {}
    for where, span in found.items():
        if where not in job.ends:
            job.starts[where] = job.ends[where] = Range(span.start, span.start)
        wanted[where] = Range(job.ends[where].end, span.end)
    for topic in job.collectors:
        if topic not in job.gaps:
            starts = {p: span.start for (name, p), span in job.starts.items() if name == topic}
            job.gaps[topic] = Gaps(starts)
    total = job.read + sum(max(0, span.end - span.start) for span in wanted.values())
    fresh = 0
    for messages in read(client, wanted):
        fresh += len(messages)
        _take(job, parser, messages, committed=True)
        if messages:
            job.progress(Step("events", job.read + fresh, total))
    for where, span in wanted.items():
        job.ends[where] = span
        job.gaps[where[0]].close(where[1], span.end)
    job.read += fresh
    return fresh


def _take(job: _Audit, parser: Parser, messages: Sequence[Any], *, committed: bool) -> None:
    """Hand messages to their tables' collectors."""
    parts: dict[str, list[Any]] = {}
    for message in messages:
        topic = message.topic()
        if committed:
            job.gaps[topic].seen(message.partition(), message.offset())
        parts.setdefault(topic, []).append(message)
    for topic, part in parts.items():
        job.collectors[topic].take(map(parser.message, part), committed=committed)


def _aborted(job: _Audit) -> int:
    """Read everything once more, with what was aborted, and take what was not seen before."""
    wanted = {where: Range(job.starts[where].start, span.end) for where, span in job.ends.items()}
    total = sum(span.end - span.start for span in wanted.values())
    parser = Parser()
    done = taken = 0
    for messages in read(job.every, wanted):
        done += len(messages)
        fresh = [m for m in messages if job.gaps[m.topic()].has(m.partition(), m.offset())]
        _take(job, parser, fresh, committed=False)
        taken += len(fresh)
        if messages:
            job.progress(Step("aborted", done, total))
    return taken


def _compare(job: _Audit, store: Store) -> dict[str, Outcome]:
    outcomes = {}
    for index, (topic, collector) in enumerate(job.collectors.items()):
        job.progress(Step("comparing", index, len(job.collectors)))
        number = collector.number
        store.clear_masked(number)
        aside: list[Masked] = []
        outcomes[topic] = compare(
            store.rows(number),
            store.events(number),
            keyed=bool(collector.layout.keys),
            truncated=collector.truncated,
            examples=job.options.examples,
            put_aside=_Batched(aside, partial(store.add_masked, number)),
        )
        store.add_masked(number, aside)
    return outcomes


@dataclass(slots=True)
class _Batched:
    """Collects keys and writes them by the thousand."""

    waiting: list[Masked]
    write: Callable[[list[Masked]], None]

    def __call__(self, key: Masked) -> None:
        self.waiting.append(key)
        if len(self.waiting) >= 1000:  # noqa: PLR2004
            self.write(self.waiting)
            self.waiting.clear()


def _report(
    job: _Audit,
    collector: Collector,
    outcome: Outcome,
    cut: Cut,
    store: Store,
    client: Any,
    delivery: Delivery,
) -> TableReport:
    layout, topic = collector.layout, collector.topic
    starts = {where[1]: span.start for where, span in job.starts.items() if where[0] == topic}
    incomplete = any(starts.values())
    problem = None
    if not starts:
        problem = f"there is no topic {topic}"
    elif collector.blind:
        problem = (
            f"{collector.blind} changes do not hold the whole row, and without a key it takes "
            "that to follow them; give the table a primary key or REPLICA IDENTITY FULL"
        )
    examples, unavailable = look_again(
        collector, outcome, cut, store, client, limit=job.options.examples
    )
    unjudged = 0
    missing, extra = outcome.missing, outcome.extra
    if incomplete:
        unjudged, missing = missing, 0
        examples = examples.model_copy(update={"missing": ()})
        if not layout.keys:
            unjudged, extra = outcome.rows, 0
            examples = examples.model_copy(update={"extra": ()})
    notes = list(layout.notes)
    if outcome.scattered:
        notes.append(f"{outcome.scattered} keys have events in more than one partition")
    if not layout.keys:
        notes.append(
            "without a key a duplicate cannot be told from a second row: it counts as extra"
        )
    events = outcome.events + collector.truncates
    uncommitted = job.options.uncommitted
    return TableReport(
        table=str(layout.table),
        topic=topic,
        rows=outcome.rows,
        missing=missing,
        extra=extra,
        different=outcome.different,
        duplicates=outcome.duplicates,
        duplicates_uncommitted=outcome.duplicates_uncommitted if uncommitted else None,
        events=events,
        events_uncommitted=(
            events + outcome.aborted + collector.truncates_aborted if uncommitted else None
        ),
        in_flight=outcome.in_flight,
        tombstones=collector.tombstones,
        truncates=collector.truncates,
        unreadable=collector.unreadable,
        incomplete=incomplete,
        unjudged=unjudged,
        not_compared=dict(layout.not_compared),
        unavailable=unavailable,
        notes=tuple(notes),
        problem=problem,
        examples=examples,
        duplicates_allowed=delivery == "at-least-once",
    )
