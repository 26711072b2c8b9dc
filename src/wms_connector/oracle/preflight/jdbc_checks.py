"""The smaller list of a JDBC connector: it polls by a timestamp, so all hangs on that column."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from wms_connector.oracle.needs import JDBC_READ
from wms_connector.oracle.preflight.amounts import hours_shown
from wms_connector.oracle.preflight.check import Finding, Rule, failed, passed, undecided, warned
from wms_connector.oracle.preflight.facts import UnseenError, moment, text
from wms_connector.oracle.preflight.table_checks import (
    common_rules,
    of_table,
    visible_columns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.model.table import Table
    from wms_connector.oracle.database import Row
    from wms_connector.oracle.preflight.facts import Facts
    from wms_connector.oracle.preflight.wanted import Wanted

SKEW: Final = timedelta(seconds=1)
"""Clocks that are closer than this make no difference: the delay is in seconds."""


def rules(wanted: Wanted) -> Iterator[Rule]:
    """Give those of each table and each of its timestamp columns."""
    yield Rule(
        "clock-skew",
        "database",
        "rows are read once they are older than the delay, by the worker's clock",
        "Set both clocks by NTP, and delay_ms well over what is left",
        _skew,
    )
    for table in wanted.tables:
        yield from common_rules(table, JDBC_READ)
        for column in wanted.jdbc.timestamp_columns:
            yield from _rules_of(table, column)


def _rules_of(table: Table, column: str) -> Iterator[Rule]:
    subject = f"{table}.{column}"
    yield Rule(
        "timestamp",
        subject,
        "rows are found by it alone",
        "Mend timestamp_columns under [jdbc]",
        partial(_timestamp, table, column),
    )
    yield Rule(
        "not-null",
        subject,
        "a row without a time is never read",
        f'ALTER TABLE {table.quoted} MODIFY ("{column}" NOT NULL)',
        partial(_not_null, table, column),
    )
    yield Rule(
        "indexed",
        subject,
        "every poll reads the whole table otherwise",
        f'CREATE INDEX on {table.quoted} ("{column}")',
        partial(_indexed, table, column),
    )
    yield Rule(
        "updated",
        subject,
        "an update that leaves the time as it was is never seen",
        "Take a column that every update sets, or the kind debezium",
        partial(_updated, table, column),
    )


def _skew(facts: Facts, wanted: Wanted) -> Finding:
    shown = text(facts.row("clock@main"), "UTC")
    database = datetime.strptime(shown, "%Y-%m-%d %H:%M:%S.%f")  # noqa: DTZ007 - both are UTC
    skew = abs(database - moment(facts.row("own clock"), "UTC"))
    delay = timedelta(milliseconds=wanted.jdbc.delay_ms)
    found = f"{skew.total_seconds():.1f} s between the database and this machine"
    if skew <= SKEW:
        return passed(found)
    if skew < delay:
        return warned(f"{found}, of a delay of {hours_shown(delay)}")
    return failed(f"{found}, more than the delay of {hours_shown(delay)}")


def _column(facts: Facts, table: Table, column: str) -> Row | None:
    found = visible_columns(facts, table)
    return next((row for row in found if text(row, "COLUMN_NAME") == column), None)


def _timestamp(table: Table, column: str, facts: Facts, _: Wanted) -> Finding:
    row = _column(facts, table, column)
    if row is None:
        return failed("there is no such column")
    kind = text(row, "DATA_TYPE")
    right = kind == "DATE" or kind.startswith("TIMESTAMP")
    if kind == "DATE":
        return warned("DATE: whole seconds; rows of one second may be split between two polls")
    return passed(kind) if right else failed(f"{kind} is no time")


def _not_null(table: Table, column: str, facts: Facts, wanted: Wanted) -> Finding:
    row = _column(facts, table, column)
    if row is None:
        return failed("there is no such column")
    if text(row, "NULLABLE") == "N":
        return passed("NOT NULL")
    # The first of several that is not NULL counts, so that one that never is will do.
    others = (_column(facts, table, name) for name in wanted.jdbc.timestamp_columns)
    if any(other is not None and text(other, "NULLABLE") == "N" for other in others):
        return passed("may be NULL; another of the timestamp columns may not")
    return failed("may be NULL")


def _indexed(table: Table, column: str, facts: Facts, _: Wanted) -> Finding:
    visible_columns(facts, table)
    found = of_table(facts.rows("indexes"), table, "TABLE_OWNER")
    first = any(
        text(row, "COLUMN_NAME") == column and int(row["COLUMN_POSITION"]) == 1 for row in found
    )
    return passed("first in an index") if first else warned("no index begins with it")


def _updated(table: Table, column: str, facts: Facts, _: Wanted) -> Finding:
    row = _column(facts, table, column)
    if row is None:
        return failed("there is no such column")
    default = "a default fills it on insert" if row["DEFAULT_LENGTH"] else "it has no default"
    hidden = f"{default}; no trigger that sets it on update is visible to this user"
    try:
        triggers = of_table(facts.rows("triggers"), table, "TABLE_OWNER")
    except UnseenError as unseen:
        return undecided(f"{default}; triggers cannot be seen: {unseen.reason}")
    for trigger in triggers:
        name = text(trigger, "TRIGGER_NAME")
        sets = trigger["COLUMN_NAME"] == column and "NEW" in str(trigger["COLUMN_USAGE"])
        writes = "OUT" in str(trigger["COLUMN_USAGE"])
        if not (sets and writes):
            continue
        if text(trigger, "STATUS") != "ENABLED":
            return warned(f"the trigger {name} sets it, and is disabled")
        if "UPDATE" in text(trigger, "TRIGGERING_EVENT"):
            return passed(f"the trigger {name} sets it")
        return warned(f"the trigger {name} sets it on insert only")
    # Triggers of others are shown to few, so that none visible does not mean none there.
    return undecided(hidden, "Ask the owner of the table who sets it, and when")
