"""Rows and keys, written the same way for both sides."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.audit.fakes import TABLE, layout_of, line_of
from tests.unit.events.fakes import INT, TEXT, encoded, struct

from wms_connector.audit.cells import Column, Form
from wms_connector.audit.layout import Layout, RowEncoder, identity
from wms_connector.events import UNAVAILABLE, Change, parse

ROWS = st.fixed_dictionaries(
    {"ID": st.integers(), "NAME": st.none() | st.text(), "NOTE": st.none() | st.text()}
)


def change(value: bytes, key: bytes | None = None) -> Change:
    found = parse(key, value, "t", 0, 0, 0)
    assert isinstance(found, Change)
    return found


@given(ROWS)
def test_an_event_s_row_is_the_database_s_row(row):
    schema = struct({"ID": INT, "NAME": TEXT, "NOTE": TEXT})
    found = change(encoded(schema, row))
    encoder = RowEncoder(layout_of())
    expected = (line_of(row), 0) if UNAVAILABLE not in row.values() else None
    assert expected is None or encoder.row(found.after or {}, found.schema) == expected
    assert encoder.key(found) == (str(row["ID"]).encode(), 0)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_keys_are_told_apart_short_or_long(one, two):
    assert (identity(one) == identity(two)) == (one == two)
    assert len(identity(one)) <= 16


def test_keys_of_several_columns():
    layout = layout_of(2)
    assert layout.key_of(b"1\ta\tnote") == b"1\ta"
    assert layout.key_names == ("ID", "NAME")
    assert layout.key_text(b"1\t\\N") == "ID=1,NAME=NULL"
    assert layout_of(0).key_of(b"1\ta\tnote") == b"1\ta\tnote"


def test_masks_leave_columns_out():
    layout = layout_of()
    assert layout.mask(b"1\ta\tnote", 0b110) == b"1\t\\M\t\\M"
    assert layout.masked(0b110) == ("NAME", "NOTE")
    encoder = RowEncoder(layout)
    schema = change(encoded(struct({"ID": INT, "NAME": TEXT}), {"ID": 1, "NAME": "a"})).schema
    assert encoder.row({"ID": 1, "NAME": UNAVAILABLE}, schema) == (b"1\t\\M\t\\M", 0b110)


def test_a_value_that_is_not_what_its_schema_says_is_a_difference():
    layout = Layout(
        TABLE, (Column("ID", Form.INTEGER), Column("N", Form.DECIMAL), Column("B", Form.BOOLEAN)), 1
    )
    schema = struct({"ID": INT, "N": TEXT, "B": {"type": "boolean"}})
    found = change(encoded(schema, {"ID": 1, "N": "x\t\\", "B": "maybe"}))
    line, mask = RowEncoder(layout).row(found.after or {}, found.schema)
    assert mask == 0
    assert line.split(b"\t") == [b"1", b"\\?'x?t??'", b"\\?'maybe'"]


def test_a_key_that_is_not_known_is_told():
    found = change(encoded(struct({"NAME": TEXT}), {"NAME": "a"}))
    assert RowEncoder(layout_of()).key(found)[1] == 1
