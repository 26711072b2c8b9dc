"""PostgreSQL's side without a server: what a snapshot sees, types, and what is asked of it."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.audit.fakes import TABLE
from tests.unit.events.fakes import INT, encoded, struct, value_of

from wms_connector.audit import AuditError
from wms_connector.audit.cells import SINGLE, Column, Form
from wms_connector.audit.pgtypes import Type, compared
from wms_connector.audit.postgres import PostgresCut, PostgresSource, Visibility
from wms_connector.events import Change, parse

WRAP = 2**32


@given(st.integers(WRAP, 3 * WRAP), st.sets(st.integers(1, 1000)), st.integers(-5000, 5000))
def test_a_snapshot_sees_what_had_ended_however_often_ids_wrapped(xmax, back, xid):
    """`back`: how far below xmax the running ones are; `xid` counts from xmax."""
    visibility = Visibility(xmax, frozenset(xmax - n for n in back), after=200)
    full = xmax + xid
    assert visibility.sees(full % WRAP, 150) == (xid < 0 and -xid not in back)
    assert not visibility.sees(full % WRAP, 200)


def test_a_transaction_that_had_begun_and_not_ended_is_not_seen_wherever_it_wrote():
    # Its id is at xmax or above where none with a higher id has ended.
    visibility = Visibility(1000, frozenset({990}), after=200)
    assert not visibility.sees(1000, 1)
    assert not visibility.sees(1003, 1)
    assert not visibility.sees(990, 1)
    assert visibility.sees(999, 1)


def test_an_id_of_billions_of_transactions_ago_is_seen():
    visibility = Visibility(WRAP + 10, frozenset(), after=200)
    assert visibility.sees(WRAP // 2 + 100, 50)
    assert visibility.sees(WRAP - 5, 50)


def change(op="c", lsn=10, tx: int | None = 5, **source) -> Change:
    fields = {"ID": INT}
    row = {"ID": 1}
    value = value_of(op, row, None if op in "dt" else row, fields=fields, lsn=lsn, tx=tx, **source)
    found = parse(None, value, "t", 0, 0, 0)
    assert isinstance(found, Change)
    return found


def test_which_changes_belong_to_a_cut():
    cut = PostgresCut(FakeConnection(), Visibility(10, frozenset({7}), 200), {})
    assert cut.position == 200
    assert cut.contains(change(tx=5))
    assert not cut.contains(change(tx=7))
    assert not cut.contains(change(tx=11, lsn=150))
    assert cut.contains(change("r", lsn=200, tx=11))
    assert not cut.contains(change("r", lsn=201))
    assert cut.contains(change(tx=None))
    row = parse(None, encoded(struct({"ID": INT}), {"ID": 1}), "t", 0, 0, 0)
    assert isinstance(row, Change)
    assert cut.contains(row)


def test_when_a_connector_has_passed():
    cut = PostgresCut(FakeConnection(), Visibility(10, frozenset(), 200), {})
    assert not cut.passed([])
    assert not cut.passed([{"offset": None}])
    assert not cut.passed([{"offset": {"lsn": 199, "lsn_proc": None}}])
    assert cut.passed([{"offset": {"lsn": 100, "lsn_commit": 200}}])
    assert cut.passed([{"offset": {"lsn_proc": 200}}])
    assert not cut.passed([{"offset": {"lsn": 500, "snapshot": "INITIAL"}}])
    assert not cut.passed([{"offset": {"lsn": 500}}, {"offset": {"lsn": 1}}])


def test_when_a_connector_is_ready():
    source = PostgresSource(FakeConnection())
    assert not source.ready([])
    assert not source.ready([{"offset": {"snapshot": "INITIAL"}}])
    assert source.ready([{"offset": {"lsn": 1}}])


@pytest.mark.parametrize(
    ("type_", "form", "digits"),
    [
        (Type("int4", "b"), Form.INTEGER, None),
        (Type("numeric", "b", (12 << 16 | 3) + 4), Form.DECIMAL, 12),
        (Type("numeric", "b"), Form.DECIMAL, None),
        (Type("float4", "b"), Form.FLOAT, SINGLE),
        (Type("float8", "b"), Form.FLOAT, None),
        (Type("timestamp", "b", 3), Form.TIMESTAMP, 3),
        (Type("timestamp", "b"), Form.TIMESTAMP, 6),
        (Type("bpchar", "b", 14), Form.PADDED, None),
        (Type("mood", "e"), Form.TEXT, None),
        (Type("jsonb", "b"), Form.TEXT, None),
    ],
)
def test_types_have_forms(type_, form, digits):
    found = compared("c", type_, '"c"')
    assert not isinstance(found, str)
    assert found[0] == Column("c", form, digits)
    assert '"c"' in found[1]


@pytest.mark.parametrize(
    ("type_", "reason"),
    [
        (Type("point", "b"), "type point"),
        (Type("tstzrange", "r"), "time zone"),
        (Type("_point", "b", -1, Type("point", "b")), "arrays of the type point"),
    ],
)
def test_what_has_none_is_told(type_, reason):
    assert reason in compared("c", type_, '"c"')


def test_arrays():
    found = compared("c", Type("_int4", "b", -1, Type("int4", "b")), '"c"')
    assert not isinstance(found, str)
    assert found[0] == Column("c", Form.ARRAY, None, Form.INTEGER)
    assert "unnest" in found[1]


class FakeCursor:
    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        return iter(self.rows)

    def fetchone(self):
        return self.rows[0] if self.rows else None


class FakeConnection:
    """Answers by a word of the query."""

    def __init__(self, answers=(), copied=(), fails=None):
        self.answers = list(answers)
        self.copied = copied
        self.fails = fails
        self.copies = []

    @contextmanager
    def transaction(self, **_):
        yield

    def execute(self, query, parameters=()):
        if self.fails and self.fails in query:
            raise psycopg.OperationalError("server closed the connection\nmore")
        for word, rows in self.answers:
            if word in query:
                return FakeCursor(
                    [r for r in rows if parameters == () or _fits(word, r, parameters)]
                )
        return FakeCursor([])

    @contextmanager
    def cursor(self):
        yield self

    @contextmanager
    def copy(self, query):
        self.copies.append(query.as_string())
        if self.fails == "COPY":
            raise psycopg.OperationalError("")
        yield iter(self.copied)


def _fits(word, row, parameters):
    return word != "FROM pg_type" or row[-1] == parameters[0]


TYPES = [
    ("int4", "b", 0, -1, 0, 23),
    ("money_d", "d", 23, -1, 0, 99),
    ("_int4", "b", 0, -1, 23, 1007),
    ("point", "b", 0, -1, 0, 600),
]


def answers(columns, keys=(("ID",),), identity="f"):
    return [
        ("a.attgenerated", columns),
        ("FROM pg_index", list(keys)),
        ("FROM pg_class", [(1, 42, identity)]),
        ("FROM pg_type", TYPES),
        ("pg_snapshot_xmax", [(10, [7], 200)]),
    ]


def described(connection):
    class Source(PostgresSource):
        pass

    return Source(connection).describe([TABLE])[0]


class Connection(FakeConnection):
    def execute(self, query, parameters=()):
        found = super().execute(query, parameters)
        if "FROM pg_type" in query:
            found.rows = [row[:-1] for row in found.rows]
        return found


COLUMNS = [
    ("NOTE", 23, -1, False),
    ("ID", 99, -1, False),
    ("L", 1007, -1, False),
    ("P", 600, -1, False),
    ("G", 23, -1, True),
    ("U", 12345, -1, False),
]


def test_a_table_is_described_with_its_key_first():
    layout = described(Connection(answers(COLUMNS)))
    assert [column.name for column in layout.columns] == ["ID", "NOTE", "L"]
    assert (layout.keys, layout.estimate, layout.notes) == (1, 42, ())
    assert set(layout.not_compared) == {"P", "G", "U"}
    assert "generated" in layout.not_compared["G"]


def test_a_table_without_a_usable_key_says_so():
    layout = described(Connection(answers(COLUMNS, keys=(), identity="d")))
    assert layout.keys == 0
    assert [note.split(":")[0] for note in layout.notes] == [
        "it has no primary key",
        "without REPLICA IDENTITY FULL its updates and deletes cannot be followed",
    ]
    layout = described(Connection(answers(COLUMNS, keys=[("P",)])))
    assert layout.keys == 0
    assert "its key cannot be compared" in layout.notes[0]


def test_a_table_that_is_not_there_is_an_error():
    with pytest.raises(AuditError, match=r"no table S\.T"):
        described(Connection([]))


def test_a_cut_streams_rows():
    connection = Connection(answers(COLUMNS), copied=[memoryview(b"1\t2\n"), b"3\t\n"])
    source = PostgresSource(connection)
    (layout,) = source.describe([TABLE])
    with source.cut() as cut:
        assert cut.position == 200
        assert list(cut.rows(layout)) == [b"1\t2", b"3\t"]
    assert connection.copies[0].startswith('COPY (SELECT "ID", "NOTE", ')
    assert connection.copies[0].endswith(' FROM "S"."T") TO STDOUT')


def test_a_failing_database_is_a_sentence():
    with pytest.raises(AuditError, match="server closed the connection"):
        described(Connection(answers(COLUMNS), fails="FROM pg_class"))
    source = PostgresSource(Connection(answers(COLUMNS), fails="pg_snapshot_xmax"))
    with pytest.raises(AuditError, match="snapshot of the database failed"), source.cut():
        pass
    source = PostgresSource(Connection(answers(COLUMNS), fails="COPY"))
    (layout,) = source.describe([TABLE])
    with source.cut() as cut, pytest.raises(AuditError, match="OperationalError"):
        list(cut.rows(layout))
