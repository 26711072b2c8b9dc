"""Each table, and the room for the connector's own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from wms_connector.oracle.needs import FLASHBACK_TABLE, LOCK_TABLE, READ_TABLE
from wms_connector.oracle.preflight.amounts import bytes_shown, hours_shown
from wms_connector.oracle.preflight.check import Finding, Rule, failed, passed, warned
from wms_connector.oracle.preflight.facts import Unseen, UnseenError, number, text
from wms_connector.oracle.preflight.snapshot import estimate, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.model.table import Table
    from wms_connector.oracle.database import Row
    from wms_connector.oracle.preflight.facts import Facts
    from wms_connector.oracle.preflight.wanted import Wanted

NAME_LIMIT: Final = 30
"""Characters of a table's or column's name that LogMiner follows."""
_LOBS: Final = frozenset({"CLOB", "NCLOB", "BLOB", "XMLTYPE"})
_PLAIN: Final = frozenset(
    {"NUMBER", "FLOAT", "BINARY_FLOAT", "BINARY_DOUBLE", "VARCHAR2", "NVARCHAR2", "CHAR", "NCHAR",
     "DATE", "RAW"}
)  # fmt: skip
_TIMES: Final = ("TIMESTAMP", "INTERVAL")  # with precision and zone behind it
_NEVER: Final = frozenset({"LONG", "LONG RAW", "BFILE", "ROWID", "UROWID", "ANYDATA"})
_PLENTY: Final = 1_048_576  # bytes left: the flush table takes 64 KiB


def rules(wanted: Wanted) -> Iterator[Rule]:
    """Give those of each table for Debezium, then those of all together."""
    for table in wanted.tables:
        yield from common_rules(table, READ_TABLE)
        yield from _rules_of(table)
    yield Rule(
        "snapshot",
        "all tables",
        "the first snapshot reads every row once",
        "Plan for it: undo retention, and a quiet hour for large tables",
        _snapshot,
    )
    yield Rule(
        "flush-table",
        wanted.flush_table,
        "the connector changes its one row, so that Oracle writes its redo to disk",
        "Give the user a quota on its default tablespace: `preflight --sql` does",
        _flush_table,
    )


def common_rules(table: Table, why: str) -> Iterator[Rule]:
    """Give those that hold for every kind of connector."""
    yield Rule(
        "table",
        str(table),
        "a table that is not there, or hidden, sends nothing and says nothing",
        f"GRANT SELECT ON {table.quoted} TO the user, or mend `tables` in the pipeline file",
        partial(_exists, table),
    )
    yield Rule(
        "select",
        str(table),
        f"needed {why}",
        f"GRANT SELECT ON {table.quoted} TO the user",
        partial(_probed, f"read {table}"),
    )


def _rules_of(table: Table) -> Iterator[Rule]:
    yield Rule(
        "flashback",
        str(table),
        f"needed {FLASHBACK_TABLE}",
        f"GRANT FLASHBACK ON {table.quoted} TO the user",
        partial(_probed, f"flashback {table}"),
    )
    yield Rule(
        "lock",
        str(table),
        f"needed {LOCK_TABLE}",
        f"GRANT SELECT ON {table.quoted} TO the user: any grant but READ lets it lock",
        partial(_lockable, table),
    )
    yield Rule(
        "supplemental-all",
        str(table),
        "without it an update's key is null or 0, and its row before the change is missing",
        f"ALTER TABLE {table.quoted} ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS",
        partial(_logged, table),
    )
    yield Rule(
        "primary-key",
        str(table),
        "the key of each event; without it the events of one row are not in order",
        "Give the table a primary key, or set message.key.columns",
        partial(_keyed, table),
    )
    yield Rule(
        "columns",
        str(table),
        "some types are not in the redo as values",
        "Decide whether consumers can do without: docs/contract.md says what each type comes to",
        partial(_columns, table),
    )
    yield Rule(
        "names",
        str(table),
        f"LogMiner leaves out tables with a name, or a column's name, over {NAME_LIMIT} characters",
        "Rename it; no setting helps",
        partial(_names, table),
    )
    yield Rule(
        "size",
        str(table),
        "decides how long the first snapshot takes",
        "Gather statistics: DBMS_STATS.GATHER_TABLE_STATS",
        partial(_size, table),
    )


def of_table(rows: tuple[Row, ...], table: Table, owner: str = "OWNER") -> list[Row]:
    """Those rows that are about this table."""
    return [row for row in rows if (row[owner], row["TABLE_NAME"]) == (table.schema, table.name)]


def visible_columns(facts: Facts, table: Table) -> list[Row]:
    """The table's columns; raises UnseenError for a table that the user does not see."""
    found = of_table(facts.rows("columns"), table)
    if not found:
        raise UnseenError(Unseen(f"{table} is not visible to the user"))
    return found


def _exists(table: Table, facts: Facts, wanted: Wanted) -> Finding:
    question = "tables" if wanted.kind == "debezium" else "columns"
    if of_table(facts.rows(question), table):
        return passed("there")
    views = of_table(facts.rows("columns"), table)
    return failed(
        "a view: LogMiner follows tables only" if views else "not there, or hidden from the user"
    )


def _probed(question: str, facts: Facts, _: Wanted) -> Finding:
    answer = facts.answer(question)
    if isinstance(answer, Unseen):
        if answer.is_denied:
            return failed(f"denied: {answer.reason}")
        raise UnseenError(answer)
    return passed("tried, and allowed")


def _lockable(table: Table, facts: Facts, wanted: Wanted) -> Finding:
    grants = {
        text(row, "PRIVILEGE") for row in of_table(facts.rows("grants"), table, "TABLE_SCHEMA")
    }
    if grants - {"READ"}:
        return passed(f"allowed by {', '.join(sorted(grants - {'READ'}))}")
    held = {text(row, "PRIVILEGE") for row in facts.rows(f"privileges@{wanted.home}")}
    if "LOCK ANY TABLE" in held:
        return passed("allowed by LOCK ANY TABLE")
    return failed("no grant allows it")


def _logged(table: Table, facts: Facts, _: Wanted) -> Finding:
    visible_columns(facts, table)
    groups = of_table(facts.rows("log groups"), table)
    if any(text(row, "LOG_GROUP_TYPE") == "ALL COLUMN LOGGING" for row in groups):
        return passed("all columns")
    if text(facts.row("database@main"), "SUPPLEMENTAL_LOG_DATA_ALL") == "YES":
        return passed("all columns of the whole database")
    return failed("not all columns")


def _keyed(table: Table, facts: Facts, _: Wanted) -> Finding:
    visible_columns(facts, table)
    columns = of_table(facts.rows("keys"), table)
    if not columns:
        return warned("none")
    ordered = sorted(columns, key=lambda row: number(row, "POSITION"))
    return passed(", ".join(text(row, "COLUMN_NAME") for row in ordered))


def _columns(table: Table, facts: Facts, wanted: Wanted) -> Finding:
    columns = visible_columns(facts, table)
    kinds = {text(row, "COLUMN_NAME"): text(row, "DATA_TYPE") for row in columns}
    never = _listed(kinds, _NEVER)
    lobs = _listed(kinds, _LOBS)
    if never:
        return warned(f"{never}: LogMiner has no values of it; changes to it do not arrive")
    others = {
        name: kind
        for name, kind in kinds.items()
        if kind not in _PLAIN | _LOBS and not kind.startswith(_TIMES)
    }
    if others:
        told = ", ".join(f"{name} {kind}" for name, kind in others.items())
        return warned(f"{told}: not known to be in the redo as a value")
    if lobs and not wanted.lob_enabled:
        return warned(f"{lobs}: do not arrive while lob_enabled is false; an insert shows null")
    return passed(f"{len(kinds)} columns" + (f", {lobs} with lob_enabled" if lobs else ""))


def _listed(kinds: dict[str, str], wanted: frozenset[str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in kinds.items() if kind in wanted)


def _names(table: Table, facts: Facts, _: Wanted) -> Finding:
    names = [table.name, *(text(row, "COLUMN_NAME") for row in visible_columns(facts, table))]
    long = [name for name in names if len(name) > NAME_LIMIT]
    return failed(", ".join(long)) if long else passed(f"{NAME_LIMIT} characters or less")


def _size(table: Table, facts: Facts, _: Wanted) -> Finding:
    size = size_of(facts, table)
    amount = "" if size.size is None else f", {bytes_shown(size.size)}"
    source = "counted" if size.counted else "by the statistics"
    return passed(f"{size.rows:,} rows{amount}, {source}")


def _snapshot(facts: Facts, wanted: Wanted) -> Finding:
    total = estimate(facts, wanted)
    amount = "" if total.size is None else f", {bytes_shown(total.size)}"
    return passed(f"{total.rows:,} rows{amount}: about {hours_shown(total.duration)}")


def _flush_table(facts: Facts, wanted: Wanted) -> Finding:
    if facts.rows("flush table"):
        return passed("there already")
    place = wanted.home
    space = text(facts.row(f"account@{place}"), "DEFAULT_TABLESPACE")
    held = {text(row, "PRIVILEGE") for row in facts.rows(f"privileges@{place}")}
    if "UNLIMITED TABLESPACE" in held:
        return passed("not there yet; no quota limits it")
    for row in facts.rows(f"quotas@{place}"):
        if text(row, "TABLESPACE_NAME") != space:
            continue
        limit = number(row, "MAX_BYTES")
        if limit < 0:
            return passed(f"not there yet; no limit on {space}")
        left = limit - number(row, "BYTES")
        found = f"not there yet; {bytes_shown(max(left, 0))} of quota left on {space}"
        return passed(found) if left >= _PLENTY else failed(found)
    return failed(f"not there yet, and no quota on {space}, the default tablespace")
