"""Rules of Debezium's Oracle connector that the plugin does not check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connectors.lint.patterns import entries, is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.connectors.lint.finding import Finding
    from wms_connector.connectors.lint.subject import Subject

_BOUNDARY: Final = "internal.log.mining.transaction.snapshot.boundary.mode"
_FILTER: Final = "log.mining.query.filter.mode"
_HISTORY: Final = "schema.history.internal"
_DISCARDING: Final = (
    "log.mining.buffer.transaction.events.threshold",
    "log.mining.transaction.retention.ms",
)


_SELECTING: Final = tuple(
    f"log.mining.{what}.{how}.list"
    for what in ("username", "clientid")
    for how in ("exclude", "include")
)


def check_oracle(subject: Subject) -> Iterator[Finding]:
    """Check what can lose changes, or stop the connector later."""
    yield from _losses(subject)
    yield from _gaps(subject)
    yield from _filters(subject)
    yield from _offsets(subject)
    yield from _database(subject)
    yield from _history(subject)


def _losses(subject: Subject) -> Iterator[Finding]:
    boundary = (subject.get(_BOUNDARY) or "").strip().lower()
    if boundary == "skip":
        yield subject.error(
            _BOUNDARY,
            "changes of transactions that are open when the snapshot starts are lost",
            "Write all",
        )
    elif boundary == "transaction_view_only":
        yield subject.warning(
            _BOUNDARY,
            "transactions that committed just before the snapshot's position can be missed",
            "Write all",
        )
    for key in _DISCARDING:
        if (subject.number(key) or 0) > 0:
            yield subject.error(
                key, "transactions over this limit are discarded, not delayed", "Remove it"
            )
    for key in _SELECTING:
        if subject.words(key):
            yield subject.error(
                key, "changes by the users or clients that it leaves out never arrive", "Remove it"
            )
    if (subject.number("log.mining.window.max.ms") or 0) > 0:
        yield subject.warning(
            "log.mining.window.max.ms",
            "mining moves on past transactions that stay open longer",
            "Remove it",
        )
    if subject.is_true("log.mining.buffer.deferred.transaction.start"):
        yield subject.warning(
            "log.mining.buffer.deferred.transaction.start",
            "transactions are forgotten after log.mining.buffer.deferred.transaction.retention.ms",
            "Remove it",
        )


def _gaps(subject: Subject) -> Iterator[Finding]:
    """Settings by which a gap is not noticed, or rows never arrive."""
    if not subject.is_true("internal.log.position.check.enable"):
        yield subject.error(
            "internal.log.position.check.enable",
            "a restart point whose logs are gone is not noticed at the start",
            "Remove it",
        )
    if (subject.number("archive.log.hours") or 0) > 0:
        yield subject.warning(
            "archive.log.hours",
            "archived logs older than this are not read: an outage that lasts longer is a gap",
            "Remove it",
        )
    if subject.words("snapshot.include.collection.list"):
        yield subject.warning(
            "snapshot.include.collection.list",
            "rows that the other tables have already never reach the topics",
            "Remove it",
        )
    if (subject.get("snapshot.locking.mode") or "").lower() == "none":
        yield subject.warning(
            "snapshot.locking.mode",
            "a table that is changed during the snapshot is read with the wrong columns",
            "Write shared",
        )


def _filters(subject: Subject) -> Iterator[Finding]:
    mode = subject.get(_FILTER)
    if mode == "none":
        yield subject.warning(
            _FILTER,
            "LogMiner hands over the changes of all tables, to be thrown away here",
            "Write in, where every entry is a plain name, else regex",
        )
    if mode == "in":
        for key in ("table.include.list", "table.exclude.list"):
            for entry in entries(subject.config.get(key, "")):
                if not is_plain(entry):
                    yield subject.error(
                        _FILTER,
                        f"{entry!r} of {key} is a pattern, and 'in' compares names: "
                        "its changes are missed without a word",
                        "Write regex, or list the tables",
                    )
        if any("\\" in entry for entry in entries(subject.config.get("schema.include.list", ""))):
            yield subject.error(
                _FILTER,
                "'in' compares schemas with the backslash in schema.include.list, so none matches",
                "Write regex",
            )
    if "schema.include.list" not in subject.config:
        yield subject.warning(
            "schema.include.list",
            "without it the connector looks through the tables of every schema at its start",
            "List the schemas",
        )
    strategy = subject.get("log.mining.strategy")
    if strategy == "hybrid" and subject.is_true("lob.enabled"):
        yield subject.error(
            "log.mining.strategy", "hybrid does not go with lob.enabled", "Write online_catalog"
        )
    if strategy == "redo_log_catalog":
        yield subject.warning(
            "log.mining.strategy", "it is deprecated", "Write hybrid or online_catalog"
        )


def _offsets(subject: Subject) -> Iterator[Finding]:
    if not subject.number("heartbeat.interval.ms"):
        yield subject.error(
            "heartbeat.interval.ms",
            "while the tables are quiet the offset stands still, until its archived logs are gone",
            "Write 60000",
        )
    read_only = subject.is_true("log.mining.read.only")
    pdb = "database.pdb.name" in subject.config
    if read_only and pdb and "heartbeat.action.query" not in subject.config:
        yield subject.warning(
            "heartbeat.action.query",
            "nothing commits in a quiet pluggable database: the flush table is off",
            "Write an UPDATE of a table of the connector's own user",
        )
    if not read_only and "log.mining.flush.table.name" not in subject.config:
        yield subject.warning(
            "log.mining.flush.table.name",
            "two connectors on one database must not share the default table",
            "Name one of the stage's own",
        )


def _database(subject: Subject) -> Iterator[Finding]:
    config = subject.config
    if "database.url" not in config and "database.hostname" not in config:
        yield subject.error(
            "database.hostname", "no address of the database is given", "Add it, or database.url"
        )
    if "database.hostname" in config and not {"database.port", "database.url"} & set(config):
        yield subject.warning(
            "database.port", "the plugin's default is 1528, Oracle's is 1521", "Write 1521"
        )
    if (subject.get("include.schema.changes") or "true").lower() == "true":
        yield subject.warning(
            "include.schema.changes",
            "it writes a topic named as topic.prefix that nobody made",
            "Write false",
        )


def _history(subject: Subject) -> Iterator[Finding]:
    captured = subject.config.get(f"{_HISTORY}.store.only.captured.tables.ddl", "false")
    if captured.lower() != "true":
        yield subject.warning(
            f"{_HISTORY}.store.only.captured.tables.ddl",
            "the DDL of all tables is kept and parsed: slow starts, failures on foreign DDL",
            "Write true",
        )
    if subject.config.get(f"{_HISTORY}.skip.unparseable.ddl", "false").lower() == "true":
        yield subject.error(
            f"{_HISTORY}.skip.unparseable.ddl",
            "after skipped DDL a table's rows are read with the wrong columns",
            "Write false",
        )
    producer, consumer = (_signing_in(subject, client) for client in ("producer", "consumer"))
    if producer != consumer:
        missing = "consumer" if len(consumer) < len(producer) else "producer"
        yield subject.error(
            f"{_HISTORY}.{missing}.security.protocol",
            "the schema history's producer and consumer sign in differently",
            "Give both the same security settings",
        )


def _signing_in(subject: Subject, client: str) -> dict[str, str]:
    prefix = f"{_HISTORY}.{client}."
    return {
        key.removeprefix(prefix): value
        for key, value in subject.config.items()
        if key.startswith((f"{prefix}security.", f"{prefix}sasl.", f"{prefix}ssl."))
    }
