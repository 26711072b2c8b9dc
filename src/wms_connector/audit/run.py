"""The audit itself: fix a state, wait for the connector, read the topics, compare."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from wms_connector.audit.compare import compare
from wms_connector.audit.errors import AuditError
from wms_connector.audit.intake import read_aborted, read_on, take_rows
from wms_connector.audit.job import Audit, Options, Step
from wms_connector.audit.report import Report
from wms_connector.audit.store import EVENT_BYTES, ROW_BYTES, Masked, Store
from wms_connector.audit.verdict import judged
from wms_connector.events.reader import ranges
from wms_connector.events.records import Parser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wms_connector.audit.compare import Outcome
    from wms_connector.audit.job import Offsets
    from wms_connector.audit.layout import Layout
    from wms_connector.audit.report import Delivery
    from wms_connector.audit.source import Cut, Source
    from wms_connector.events.reader import Partition, Range
    from wms_connector.model.table import Table

__all__ = ["Options", "Step", "audit"]


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
        job = Audit(source, topics, every, offsets, chosen, progress, clock, sleep)
        _wait_ready(job)
        expected = _expected_bytes(layouts, ranges(client, list(topics.values())))
        with source.cut() as cut, Store(chosen.folder, expected_bytes=expected) as store:
            take_rows(job, layouts, cut, store)
            outcomes, passed = _settled(job, client, cut, store)
            if chosen.uncommitted and read_aborted(job):
                outcomes = None
            outcomes = outcomes or _compare(job, store)
            tables = tuple(
                judged(job, collector, outcomes[topic], cut, store, client, delivery)
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


def _wait_ready(job: Audit) -> None:
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


def _settled(
    job: Audit, client: Any, cut: Cut, store: Store
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
        fresh = read_on(job, client, parser)
        now = job.clock()
        if fresh:
            quiet_since = now
        passed = goal is not None and all(job.ends[w].end >= goal[w].end for w in goal)
        if passed or now - begun > job.options.deadline:
            return None, passed
        if now - quiet_since >= job.options.settle and tried != job.read:
            tried = job.read
            outcomes = _compare(job, store)
            if not any(o.missing or o.extra or o.different or o.gaps for o in outcomes.values()):
                return outcomes, False
        job.pause()


def _passed(job: Audit, cut: Cut) -> bool:
    if job.offsets is not None:
        return cut.passed(job.offsets())
    # Without Kafka Connect to ask: changes come in the order of the source's log, so that a later
    # one tells that all before it are there.
    return any(c.furthest >= cut.position for c in job.collectors.values())


def _compare(job: Audit, store: Store) -> dict[str, Outcome]:
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
