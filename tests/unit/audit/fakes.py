"""A database in memory whose every change reaches the topics, as an audit's source."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.unit.events.fakes import INT, TEXT, FakeLog, key_of, value_of

from wms_connector.audit.cells import NULL, Column, Form, escape
from wms_connector.audit.errors import AuditError
from wms_connector.audit.layout import Layout
from wms_connector.model.table import Table

TABLE = Table("S", "T")
TOPIC = "w.S.T"
FIELDS = {"ID": INT, "NAME": TEXT, "NOTE": TEXT}


def layout_of(keys: int = 1, **more: Any) -> Layout:
    columns = (
        Column("ID", Form.INTEGER),
        Column("NAME", Form.TEXT),
        Column("NOTE", Form.TEXT),
    )
    return Layout(TABLE, columns, keys, **more)


def line_of(row: dict[str, Any]) -> bytes:
    cells = (NULL if row[n] is None else escape(str(row[n])) for n in FIELDS)
    return "\t".join(cells).encode()


@dataclass
class FakeCut:
    tables: dict[Table, list[bytes]]
    position: int
    visible: set[int] | None = None

    def rows(self, layout):
        yield from self.tables[layout.table]

    def contains(self, change):
        if self.visible is None:
            return change.position < self.position
        return change.op == "r" or change.transaction in self.visible

    def passed(self, offsets):
        return any(entry["offset"]["lsn"] >= self.position for entry in offsets)


@dataclass
class FakeSource:
    rows: list[dict[str, Any]] = field(default_factory=list)
    layout: Layout = field(default_factory=layout_of)
    position: int = 10**6
    visible: set[int] | None = None
    cuts: int = 0

    def describe(self, tables):
        unknown = [t for t in tables if t != TABLE]
        if unknown:
            raise AuditError(f"no {unknown}")
        return [self.layout for _ in tables]

    def ready(self, offsets):
        return bool(offsets) and not offsets[0]["offset"].get("snapshot")

    @contextmanager
    def cut(self):
        self.cuts += 1
        yield FakeCut({TABLE: [line_of(row) for row in self.rows]}, self.position, self.visible)


@dataclass
class Database:
    """Applies changes to rows and writes their events to the log."""

    log: FakeLog = field(default_factory=FakeLog)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    lsn: int = 10
    partitions: int = 1
    full: bool = True
    keyed: bool = True

    def __post_init__(self) -> None:
        for partition in range(self.partitions):
            self.log.partitions[TOPIC, partition] = []

    def put(self, ident: int, name: str | None = "a", note: str | None = None, **how: Any) -> int:
        before = self.rows.get(ident)
        after = {"ID": ident, "NAME": name, "NOTE": note}
        self.rows[ident] = after
        return self.event(how.pop("op", "c" if before is None else "u"), before, after, **how)

    def drop(self, ident: int, **how: Any) -> int:
        before = self.rows.pop(ident)
        offset = self.event("d", before, None, **how)
        self.log.add(TOPIC, key_of({"ID": ident}, FIELDS), None, partition=ident % self.partitions)
        return offset

    def truncate(self, **how: Any) -> int:
        self.rows.clear()
        return self.event("t", None, None, **how)

    def event(self, op, before, after, *, state="committed", lsn=None, partition=None, **source):
        if lsn is None:
            self.lsn += 1
            lsn = self.lsn
        row = after or before
        key = key_of({"ID": row["ID"]}, FIELDS) if row and self.keyed else None
        value = value_of(op, before if self.full else None, after, fields=FIELDS, lsn=lsn, **source)
        if partition is None:
            partition = row["ID"] % self.partitions if row else 0
        return self.log.add(TOPIC, key, value, state, partition)

    def again(self, offset: int, state: str = "committed", partition: int = 0) -> int:
        key, value, _ = self.log.partitions[TOPIC, partition][offset]
        return self.log.add(TOPIC, key, value, state, partition)

    def source(self, **more: Any) -> FakeSource:
        return FakeSource(list(self.rows.values()), **more)
