"""One table's part of the report, out of what the comparison found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wms_connector.audit.explain import look_again
from wms_connector.audit.report import TableReport

if TYPE_CHECKING:
    from wms_connector.audit.collect import Collector
    from wms_connector.audit.compare import Outcome
    from wms_connector.audit.job import Audit
    from wms_connector.audit.report import Delivery
    from wms_connector.audit.source import Cut
    from wms_connector.audit.store import Store


def judged(
    job: Audit,
    collector: Collector,
    outcome: Outcome,
    cut: Cut,
    store: Store,
    client: Any,
    delivery: Delivery,
) -> TableReport:
    """Judge a table: what is missing where the topic has lost its beginning is not known."""
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
    chained = layout.whole and job.options.chain and not incomplete and bool(layout.keys)
    if not chained:
        examples = examples.model_copy(update={"gaps": ()})
    elif outcome.unchained:
        notes.append(
            f"{outcome.unchained} keys have events without the whole row before them, or were read "
            "by another snapshot: changes that are missing between others are not seen there"
        )
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
        gaps=outcome.gaps if chained else 0,
        chained=chained,
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
