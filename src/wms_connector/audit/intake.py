"""What goes into the store: the database's rows, and the topics' records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wms_connector.audit.collect import Collector, Gaps
from wms_connector.audit.job import Step
from wms_connector.audit.layout import digest, identity
from wms_connector.events.reader import Range, ranges, read
from wms_connector.events.records import Parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wms_connector.audit.job import Audit
    from wms_connector.audit.layout import Layout
    from wms_connector.audit.source import Cut
    from wms_connector.audit.store import Store

_PROGRESS_EVERY: Final = 20_000  # rows


def take_rows(job: Audit, layouts: Sequence[Layout], cut: Cut, store: Store) -> None:
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
        job.collectors[topic] = Collector(
            number, layout, topic, cut, store, chained=job.options.chain and layout.whole
        )
        store.add_rows(number, hashed(layout))
    job.progress(Step("rows", done, done))


def read_on(job: Audit, client: Any, parser: Parser) -> int:
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


def _take(job: Audit, parser: Parser, messages: Sequence[Any], *, committed: bool) -> None:
    """Hand messages to their tables' collectors."""
    parts: dict[str, list[Any]] = {}
    for message in messages:
        topic = message.topic()
        if committed:
            job.gaps[topic].seen(message.partition(), message.offset())
        parts.setdefault(topic, []).append(message)
    for topic, part in parts.items():
        job.collectors[topic].take(map(parser.message, part), committed=committed)


def read_aborted(job: Audit) -> int:
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
