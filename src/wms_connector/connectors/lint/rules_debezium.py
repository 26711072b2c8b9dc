"""Rules of both Debezium connectors that their plugins do not check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connectors.lint.patterns import (
    entries,
    escaped_dots,
    has_separator,
    unescaped_dots,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.connectors.lint.finding import Finding
    from wms_connector.connectors.lint.subject import Subject

_TABLE_LISTS: Final = ("table.include.list", "table.exclude.list")
_SNAPSHOTS: Final = {
    "always": "every start reads all tables again",
    "initial_only": "the connector stops after its snapshot",
    "no_data": "rows that exist already never reach the topics",
    "when_needed": "after a gap it reads all tables again, and nobody is told what was lost",
    "recovery": "it is for repairing a lost schema history, once",
}
_OPERATIONS: Final = {"c": "inserts", "u": "updates", "d": "deletes"}


def check_debezium(subject: Subject) -> Iterator[Finding]:
    """Check what holds for Debezium whatever the database."""
    yield from _tables(subject)
    yield from _events(subject)
    yield from _failures(subject)
    yield from _queue(subject)


def _tables(subject: Subject) -> Iterator[Finding]:
    tasks = subject.number("tasks.max")
    if tasks is not None and tasks > 1:
        yield subject.error("tasks.max", "Debezium runs one task, and refuses more", "Write 1")
    if not any(subject.config.get(key) for key in (*_TABLE_LISTS, "schema.include.list")):
        yield subject.error(
            "table.include.list",
            "without it every table that the user may read is captured",
            r"List the tables, for example WMS\.PLAN_BASE_WVR_TBL",
        )
    for key in _TABLE_LISTS:
        for entry in entries(subject.config.get(key, "")):
            if not has_separator(entry):
                yield subject.error(
                    key,
                    f"{entry!r} has no schema, so it matches no table",
                    rf"Write SCHEMA\.{entry}",
                )
            elif unescaped_dots(entry):
                yield subject.error(
                    key,
                    f"the dot of {entry!r} matches any character: entries are regular expressions",
                    f"Write {escaped_dots(entry)}",
                )


def _events(subject: Subject) -> Iterator[Finding]:
    mode = subject.get("decimal.handling.mode")
    if mode == "precise":
        yield subject.warning(
            "decimal.handling.mode", "JSON shows decimals as base64 bytes", "Write string"
        )
    if mode == "double":
        yield subject.warning("decimal.handling.mode", "long decimals are rounded", "Write string")
    skipped = set(subject.words("skipped.operations"))
    if lost := [words for letter, words in _OPERATIONS.items() if letter in skipped]:
        yield subject.error(
            "skipped.operations", f"{' and '.join(lost)} do not reach the topics", "Write none"
        )
    elif "t" in skipped:
        yield subject.warning(
            "skipped.operations",
            "after a TRUNCATE the topic keeps rows that the table has lost",
            "Write none",
        )
    if subject.get("tombstones.on.delete") == "false":
        yield subject.warning(
            "tombstones.on.delete", "a compacted topic keeps deleted rows for ever", "Write true"
        )
    snapshot = (subject.get("snapshot.mode") or "").lower()
    if snapshot in _SNAPSHOTS:
        yield subject.warning("snapshot.mode", _SNAPSHOTS[snapshot], "Write initial")
    if subject.is_true("provide.transaction.metadata"):
        yield subject.warning(
            "provide.transaction.metadata",
            "it writes a topic <topic.prefix>.transaction that nobody made",
            "Remove it, or make the topic first",
        )


def _failures(subject: Subject) -> Iterator[Finding]:
    retries = subject.number("errors.max.retries")
    if retries is not None and retries != -1:
        yield subject.warning(
            "errors.max.retries",
            "an outage that outlasts the retries fails the task, and nothing restarts it",
            "Write -1",
        )
    if (subject.get("event.processing.failure.handling.mode") or "fail").lower() != "fail":
        yield subject.error(
            "event.processing.failure.handling.mode",
            "changes that cannot be read are dropped",
            "Write fail",
        )


def _queue(subject: Subject) -> Iterator[Finding]:
    queue, batch = subject.number("max.queue.size"), subject.number("max.batch.size")
    if queue is not None and batch is not None and queue <= batch:
        yield subject.error(
            "max.queue.size",
            f"the queue must be larger than a batch ({batch})",
            f"Write {4 * batch}",
        )
    if subject.number("max.queue.size.in.bytes") == 0:
        yield subject.warning(
            "max.queue.size.in.bytes",
            "wide rows can fill the heap: the queue is bounded in records only",
            "Write 67108864",
        )
