"""Oracle's side without a server: what an SCN sees, types, and what is asked of the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.unit.audit.fakes import TABLE
from tests.unit.events.fakes import TEXT, encoded, key_of, struct

from wms_connector.audit import AuditError
from wms_connector.audit.cells import MASKED, NULL, SINGLE, Column, Form, shown
from wms_connector.audit.layout import RowEncoder
from wms_connector.audit.oracle import OracleCut, OracleSource
from wms_connector.audit.oratypes import Fetched, cell_of, compared
from wms_connector.events import UNAVAILABLE, Change, parse
from wms_connector.oracle.database import Database
from wms_connector.oracle.errors import OracleFailure

TIME = "io.debezium.time."


def change(op="c", *, scn="90", commit_scn: str | None = "95", **source) -> Change:
    row = {"ID": "1"}
    payload = {
        "before": row if op in "ud" else None,
        "after": None if op in "dt" else row,
        "source": {"schema": "S", "table": "T", "scn": scn, "commit_scn": commit_scn, **source},
        "op": op,
    }
    found = parse(key_of(row, {"ID": TEXT}), encoded(None, payload), "t", 0, 0, 0)
    assert isinstance(found, Change)
    return found


def cut(scn=100) -> OracleCut:
    return OracleCut(Database(Connection()), scn, {})


def test_a_change_belongs_to_the_cut_if_its_transaction_was_committed_by_then():
    assert cut().contains(change(scn="90", commit_scn="100"))
    assert not cut().contains(change(scn="90", commit_scn="101"))
    assert not cut().contains(change(scn="101", commit_scn="102"))
    assert cut().position == 101


def test_a_row_of_a_snapshot_is_as_of_its_scn_whatever_was_committed_last():
    assert cut().contains(change("r", scn="100", commit_scn=None, snapshot="true"))
    assert cut().contains(change("r", scn="100", commit_scn="500", snapshot="incremental"))
    assert not cut().contains(change("r", scn="101", commit_scn=None))
    row = parse(None, encoded(struct({"ID": TEXT}), {"ID": "1"}), "t", 0, 0, 0)
    assert isinstance(row, Change)
    assert cut().contains(row)


@pytest.mark.parametrize(
    ("offset", "passed"),
    [
        (None, False),
        ({"scn": "100", "commit_scn": None}, False),
        ({"scn": "101", "commit_scn": None}, True),
        ({"scn": "50", "commit_scn": "100:1:0a"}, False),
        ({"scn": "50", "commit_scn": "101:1:0a-0b"}, True),
        ({"scn": "50", "commit_scn": "40:1:,101:2:0a"}, True),
        ({"scn": "null", "commit_scn": ""}, False),
        ({"scn": 101}, True),
        ({"scn": "500", "snapshot": "INITIAL", "snapshot_completed": False}, False),
        ({"scn": "500", "snapshot": "INITIAL", "snapshot_completed": True}, True),
    ],
)
def test_when_a_connector_has_passed(offset, passed):
    assert cut().passed([{"offset": offset}]) == passed
    assert not cut().passed([{"offset": offset}, {"offset": {"scn": "1"}}])
    assert not cut().passed([])


def test_when_a_connector_is_ready():
    source = OracleSource(Database(Connection()))
    assert not source.ready([])
    assert not source.ready([{"offset": None}])
    assert not source.ready([{"offset": {"scn": "1", "snapshot": "INITIAL"}}])
    assert source.ready(
        [{"offset": {"scn": "1", "snapshot": "INITIAL", "snapshot_completed": True}}]
    )
    assert source.ready([{"offset": {"scn": "1", "commit_scn": "1:1:"}}])
    assert source.ready([{"offset": {"incrementing": 7}}])  # a polling connector's
    assert not source.ready([{"offset": {"scn": "null"}}])


@pytest.mark.parametrize(
    ("data_type", "precision", "form", "digits"),
    [
        ("NUMBER", 12, Form.DECIMAL, 12),
        ("NUMBER", None, Form.DECIMAL, None),
        ("FLOAT", 126, Form.DECIMAL, None),
        ("BINARY_FLOAT", None, Form.FLOAT, SINGLE),
        ("BINARY_DOUBLE", None, Form.FLOAT, None),
        ("VARCHAR2", None, Form.TEXT, None),
        ("NCHAR", None, Form.PADDED, None),
        ("DATE", None, Form.TIMESTAMP, 0),
        ("TIMESTAMP(9)", None, Form.TIMESTAMP, 9),
        ("TIMESTAMP", None, Form.TIMESTAMP, 6),
        ("TIMESTAMP(3) WITH TIME ZONE", None, Form.INSTANT, 3),
        ("TIMESTAMP(6) WITH LOCAL TIME ZONE", None, Form.INSTANT, 6),
        ("RAW", None, Form.BYTES, None),
        ("CLOB", None, Form.TEXT, None),
    ],
)
def test_types_have_forms(data_type, precision, form, digits):
    found = compared("c", data_type, precision, '"c"', large=True)
    assert isinstance(found, Fetched)
    assert found.column == Column("c", form, digits)
    assert '"c"' in found.sql


def test_what_has_none_is_told():
    assert "type LONG" in str(compared("c", "LONG", None, '"c"', large=True))
    assert "type SDO_GEOMETRY" in str(compared("c", "SDO_GEOMETRY", None, '"c"', large=True))
    assert "lob_enabled is off" in str(compared("c", "CLOB", None, '"c"', large=False))


@pytest.mark.parametrize(
    ("data_type", "precision", "fetched", "field", "event"),
    [
        ("NUMBER", 12, "12.50", {"type": "string"}, "12.5"),
        ("NUMBER", 10, "0.5", {"type": "string"}, "0.50"),
        ("NUMBER", None, "1E+3", {"type": "string"}, "1000"),
        ("NUMBER", 4, 7, {"type": "int16"}, 7),
        ("FLOAT", 126, "-0.1", {"type": "string"}, "-0.1"),
        ("BINARY_DOUBLE", None, 1.1, {"type": "double"}, 1.1),
        ("BINARY_FLOAT", None, 0.10000000149011612, {"type": "float"}, 0.1),
        ("CHAR", None, "ab   ", {"type": "string"}, "ab"),
        ("VARCHAR2", None, "a\tb ", {"type": "string"}, "a\tb "),
        ("NVARCHAR2", None, "漢", {"type": "string"}, "漢"),
        ("RAW", None, "DEAD", {"type": "bytes"}, "3q0="),
        ("RAW", None, b"\xde\xad", {"type": "bytes"}, "3q0="),
        ("DATE", None, " 2026-11-21 10:11:12", {"type": "int64", "name": f"{TIME}Timestamp"},
         1795255872000),
        ("DATE", None, "-0043-03-15 00:00:00", {"type": "int64", "name": f"{TIME}Timestamp"},
         -63517824000000),
        ("TIMESTAMP(6)", None, " 2026-11-21 10:11:12.123456000",
         {"type": "int64", "name": f"{TIME}MicroTimestamp"}, 1795255872123456),
        ("TIMESTAMP(9)", None, "1969-12-31 23:59:59.999999999",
         {"type": "int64", "name": f"{TIME}NanoTimestamp"}, -1),
        ("TIMESTAMP(6) WITH TIME ZONE", None, "2026-11-21 08:11:12.123456000",
         {"type": "string", "name": f"{TIME}ZonedTimestamp"}, "2026-11-21T10:11:12.123456+02:00"),
        ("TIMESTAMP(9) WITH LOCAL TIME ZONE", None, "2026-11-21 08:11:12.123456789",
         {"type": "string", "name": f"{TIME}ZonedTimestamp"}, "2026-11-21T08:11:12.123456789Z"),
    ],
)  # fmt: skip
def test_a_value_is_the_same_on_both_sides(data_type, precision, fetched, field, event):
    found = compared("c", data_type, precision, '"c"', large=False)
    assert isinstance(found, Fetched)
    payload = {"before": None, "after": {"c": event}, "source": {"scn": "1"}, "op": "c"}
    row = struct({"c": field})
    schema = struct({"after": row, "op": TEXT, "source": struct({"scn": TEXT})})
    record = parse(None, encoded(schema, payload), "t", 0, 0, 0)
    assert isinstance(record, Change)
    layout = source_layout((found.column,))
    assert RowEncoder(layout).row(record.after or {}, record.schema) == (
        cell_of(found, fetched).encode(), 0,
    )  # fmt: skip
    assert cell_of(found, None) == NULL
    absent = {"c": UNAVAILABLE}
    assert RowEncoder(layout).row(absent, record.schema) == (MASKED.encode(), 1)


def test_a_moment_that_is_none_is_refused():
    found = compared("c", "DATE", None, '"c"', large=False)
    assert isinstance(found, Fetched)
    with pytest.raises(ValueError, match="no date and time"):
        cell_of(found, "yesterday")


def test_nanoseconds_are_shown():
    assert shown(Column("c", Form.TIMESTAMP, 9), "1.5") == "1970-01-01 00:00:00.000001 and 500 ns"


def source_layout(columns):
    from wms_connector.audit.layout import Layout

    return Layout(TABLE, columns, 0)


@dataclass
class Connection:
    """A DB-API connection that answers by a word of the statement."""

    answers: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = field(default_factory=dict)
    fails: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def cursor(self):
        return Cursor(self)

    def close(self):
        pass


@dataclass
class Cursor:
    connection: Connection
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    rowcount: int = -1

    @property
    def description(self):
        return [(name,) for name in self.names]

    def execute(self, sql, binds):
        self.connection.asked.append((sql, binds))
        for word, text in self.connection.fails.items():
            if word in sql:
                raise RuntimeError(text)
        for word, (names, rows) in self.connection.answers.items():
            if word in sql:
                self.names, self.rows = names, list(rows)
                return

    def fetchall(self):
        return self.rows

    def fetchmany(self, size):
        taken, self.rows = self.rows[:size], self.rows[size:]
        return taken

    def close(self):
        pass


COLUMNS = [
    ("NOTE", "VARCHAR2", None),
    ("ID", "NUMBER", "12"),
    ("BODY", "CLOB", None),
    ("PICTURE", "BFILE", None),
]


def connection(*, keys=(("ID",),), groups=1, columns=COLUMNS, rows=(), **fails) -> Connection:
    return Connection(
        {
            "V$DATABASE": (["CURRENT_SCN"], [("101",)]),
            "FROM ALL_TABLES": (["NUM_ROWS"], [("42",)]),
            "FROM ALL_TAB_COLUMNS": (["COLUMN_NAME", "DATA_TYPE", "DATA_PRECISION"], columns),
            "FROM ALL_CONS_COLUMNS": (["COLUMN_NAME"], list(keys)),
            "FROM ALL_LOG_GROUPS": (["N"], [(groups,)]),
            "AS OF SCN": (["ID", "NOTE"], list(rows)),
        },
        fails,
    )


def described(connection: Connection, **how: Any):
    return OracleSource(Database(connection), **how).describe([TABLE])[0]


def test_a_table_is_described_with_its_key_first():
    layout = described(connection())
    assert [column.name for column in layout.columns] == ["ID", "NOTE"]
    assert (layout.keys, layout.estimate, layout.notes, layout.whole) == (1, 42, (), True)
    assert set(layout.not_compared) == {"BODY", "PICTURE"}
    layout = described(connection(), large=True)
    assert [column.name for column in layout.columns] == ["ID", "NOTE", "BODY"]


def test_a_table_without_a_usable_key_or_whole_rows_says_so():
    layout = described(connection(keys=(), groups=0))
    assert (layout.keys, layout.whole) == (0, False)
    assert [note.split(":")[0] for note in layout.notes] == [
        "it has no primary key",
        (
            "without supplemental logging of ALL columns its updates and deletes "
            "do not hold the whole row"
        ),
    ]
    layout = described(connection(keys=(("PICTURE",),)))
    assert layout.keys == 0
    assert "its key cannot be compared" in layout.notes[0]


def test_a_cut_streams_rows_as_of_its_scn():
    asked = connection(rows=[("1", "a\n"), ("2.0", None)])
    source = OracleSource(Database(asked))
    (layout,) = source.describe([TABLE])
    with source.cut() as cut:
        assert cut.scn == 100
        assert list(cut.rows(layout)) == [b"1\ta\\n", b"2\t\\N"]
        assert list(cut.rows(layout)) == [b"1\ta\\n", b"2\t\\N"]
    sql, binds = asked.asked[-1]
    assert sql == 'SELECT "ID", "NOTE" FROM "S"."T" AS OF SCN :scn'
    assert binds == {"scn": 100}


def test_a_table_that_is_not_there_is_an_error():
    with pytest.raises(AuditError, match=r"no table S\.T"):
        described(Connection())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("ORA-01031: insufficient privileges", "FLASHBACK"),
        ("ORA-01555: snapshot too old", "UNDO_RETENTION"),
        ("ORA-01466: unable to read data - table definition has changed", "audit again"),
        ("ORA-00942: table or view does not exist", "SELECT"),
        ("DPY-4011: the database or network closed the connection", "is up"),
    ],
)
def test_what_oracle_refuses_is_told_with_the_way_out(answer, hint):
    source = OracleSource(Database(connection(**{"AS OF SCN": answer})))
    (layout,) = source.describe([TABLE])
    with source.cut() as cut, pytest.raises(AuditError) as told:
        list(cut.rows(layout))
    assert "S.T could not be read as of SCN 100" in told.value.what
    assert answer in told.value.what
    assert hint in (told.value.hint or "")
    assert isinstance(told.value.__cause__, OracleFailure)


def test_a_user_who_may_not_see_the_scn_or_the_dictionary_is_told():
    source = OracleSource(Database(connection(**{"V$DATABASE": "ORA-00942: not there"})))
    with pytest.raises(AuditError) as told, source.cut():
        pass
    assert "V_$DATABASE" in (told.value.hint or "")
    with pytest.raises(AuditError, match="columns could not be read"):
        described(connection(ALL_TAB_COLUMNS="ORA-12541: no listener"))
