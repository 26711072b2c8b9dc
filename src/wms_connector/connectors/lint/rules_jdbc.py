"""Rules of JDBC source connectors: all of it was seen to run, and to deliver less than meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wms_connector.connectors.lint.definitions import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.connectors.lint.finding import Finding
    from wms_connector.connectors.lint.subject import Subject

_OF_UPDATES: Final = re.compile(r"UPD|MOD|CHG|CHANGE|LAST|EDIT|REVIS", re.IGNORECASE)
_FEW_ATTEMPTS: Final = 100
_SLOW_LINGER_MS: Final = 1_000


def check_jdbc(subject: Subject) -> Iterator[Finding]:
    """Check what such a connector would silently miss, and how it takes an outage."""
    yield from _mode(subject)
    yield from _tables(subject)
    yield from _values(subject)
    yield from _outages(subject)
    if subject.get("exactly.once.support") == "required" and not _can_exactly_once(subject):
        yield subject.error(
            "exactly.once.support", "this plugin is at-least-once in this mode", "Write requested"
        )


def _can_exactly_once(subject: Subject) -> bool:
    return subject.kind is Kind.JDBC_AIVEN and "incrementing" in (subject.get("mode") or "")


def _mode(subject: Subject) -> Iterator[Finding]:
    mode, columns = subject.get("mode") or "", subject.words("timestamp.column.name")
    if mode == "bulk":
        yield subject.error(
            "mode", "every poll writes every row again", "Write timestamp or timestamp+incrementing"
        )
    if mode == "incrementing":
        yield subject.warning("mode", "updates are not seen", "Write timestamp+incrementing")
    if "incrementing" in mode and not subject.get("incrementing.column.name"):
        yield subject.error(
            "incrementing.column.name",
            f"mode {mode} needs it; the task would run and deliver nothing",
            "Name a NOT NULL column that only grows",
        )
    if mode.startswith("timestamp"):
        yield from _timestamps(subject, columns)


def _timestamps(subject: Subject, columns: list[str]) -> Iterator[Finding]:
    if not columns:
        yield subject.error(
            "timestamp.column.name",
            "the mode needs it; the task would run and deliver nothing",
            "Name the columns, the one of updates first",
        )
        return
    of_updates = [bool(_OF_UPDATES.search(column)) for column in columns]
    if not any(of_updates):
        yield subject.warning(
            "timestamp.column.name",
            "no column of it tells when a row was updated: updates are lost",
            f"Put the update timestamp first, for example SYS_UPD_TS,{columns[0]}",
        )
    elif not of_updates[0]:
        yield subject.warning(
            "timestamp.column.name",
            "the first column that is not NULL counts, so updates are lost",
            f"Write {','.join(sorted(columns, key=lambda c: not _OF_UPDATES.search(c)))}",
        )
    elif "transforms" not in subject.config:
        yield subject.warning(
            "transforms",
            "records have no key, so that versions of a row spread over partitions, unordered",
            "Make keys with ValueToKey",
        )
    if not subject.number("timestamp.delay.interval.ms"):
        yield subject.warning(
            "timestamp.delay.interval.ms",
            "rows that commit after a later timestamp was read are lost",
            "Write more than the longest transaction lasts, for example 8000",
        )
    if not subject.is_true("validate.non.null"):
        yield subject.warning(
            "validate.non.null", "rows without a timestamp are skipped in silence", "Write true"
        )
    if "db.timezone" not in subject.config:
        yield subject.warning(
            "db.timezone",
            "UTC is assumed: with local times new rows are withheld, or the delay is void",
            "Write the database's zone",
        )


def _tables(subject: Subject) -> Iterator[Finding]:
    key = next(
        (k for k in ("table.whitelist", "table.include.list") if subject.config.get(k)), None
    )
    if key is None:
        if not subject.get("query"):
            yield subject.error(
                "table.whitelist", "every table that the user may read is polled", "List the tables"
            )
        return
    tables = subject.words(key)
    schemas = {table.rpartition(".")[0] for table in tables}
    if len(schemas) > 1:
        yield subject.error(
            key,
            "topics do not carry the schema: tables of the same name share one, or the task fails",
            "Make one connector a schema",
        )
    tasks = subject.number("tasks.max")
    if tasks is not None and tasks > len(tables):
        yield subject.warning("tasks.max", "a table is a task at most", f"Write {len(tables)}")


def _values(subject: Subject) -> Iterator[Finding]:
    mapping = subject.get("numeric.mapping") or "none"
    if mapping != "none":
        yield subject.warning(
            "numeric.mapping",
            "1.5 was seen to become 1 where a column has no precision; decimals become doubles",
            "Write none, with value.converter.decimal.format=NUMERIC",
        )
    elif subject.get("value.converter.decimal.format") != "NUMERIC":
        yield subject.warning(
            "value.converter.decimal.format", "JSON shows decimals as base64", "Write NUMERIC"
        )


def _outages(subject: Subject) -> Iterator[Finding]:
    attempts = subject.number("connection.attempts")
    if attempts is not None and attempts < _FEW_ATTEMPTS:
        yield subject.warning(
            "connection.attempts",
            "an outage of the database fails the task for good after that many attempts",
            "Write 1000000",
        )
    retries = subject.number("query.retry.attempts")
    if retries is not None and retries >= 0:
        yield subject.warning(
            "query.retry.attempts", "an outage fails the task for good", "Write -1"
        )
    if (subject.number("poll.linger.ms") or 0) >= _SLOW_LINGER_MS:
        yield subject.warning(
            "poll.linger.ms", "each empty poll waits that long: latency", "Write 0"
        )
