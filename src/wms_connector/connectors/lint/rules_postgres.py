"""Rules of Debezium's PostgreSQL connector that the plugin does not check."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.connectors.lint.finding import Finding
    from wms_connector.connectors.lint.subject import Subject


def check_postgres(subject: Subject) -> Iterator[Finding]:
    """Check the slot, the publication and the heartbeat."""
    yield from _slot(subject)
    yield from _heartbeat(subject)


def _slot(subject: Subject) -> Iterator[Finding]:
    if subject.get("plugin.name") != "pgoutput":
        yield subject.warning(
            "plugin.name",
            "it needs an extension on the server; pgoutput is built in",
            "Write pgoutput",
        )
    for key in ("slot.name", "publication.name"):
        if key not in subject.config:
            yield subject.warning(
                key,
                "two connectors on one database must not share the default",
                "Name one of the stage's own",
            )
    if subject.is_true("slot.drop.on.stop"):
        yield subject.error(
            "slot.drop.on.stop", "changes made while it is stopped are lost", "Write false"
        )
    if subject.get("publication.autocreate.mode") == "all_tables":
        yield subject.warning(
            "publication.autocreate.mode",
            "the server decodes and sends the changes of all tables, and it takes a superuser",
            "Write filtered",
        )
    if subject.config.get("offset.mismatch.strategy", "no_validation") != "trust_offset":
        yield subject.warning(
            "offset.mismatch.strategy",
            "a slot that was made anew leaves a gap that nobody notices",
            "Write trust_offset",
        )


def _heartbeat(subject: Subject) -> Iterator[Finding]:
    if not subject.number("heartbeat.interval.ms"):
        yield subject.warning(
            "heartbeat.interval.ms",
            "while the tables are quiet the slot keeps the write-ahead log of all others",
            "Write 10000, with a heartbeat.action.query",
        )
    if subject.config.get("message.prefix.exclude.list") != ".*":
        yield subject.error(
            "message.prefix.exclude.list",
            "messages belong to the whole database, other connectors' heartbeats among them; each "
            "becomes a record of the topic <topic.prefix>.message, and where that is missing the "
            "task goes on RUNNING and writes nothing more",
            "Write .*",
        )
