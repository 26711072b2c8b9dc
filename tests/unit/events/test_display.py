"""What a person sees of a change."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.events.fakes import INT, TEXT, encoded, key_of, struct, value_of

from wms_connector.events import (
    UNAVAILABLE,
    Change,
    Field,
    differences,
    key_text,
    line,
    parse,
    raw,
    readable,
    rich_line,
)
from wms_connector.events.display import decimal_of

STAMP = {"type": "int64", "name": "io.debezium.time.MicroTimestamp"}
FIELDS = {"ID": INT, "NAME": TEXT, "AT": STAMP}


def change(op, before, after, key=None) -> Change:
    value = value_of(op, before, after, fields=FIELDS)
    record = parse(key_of(key or {"ID": 1}, FIELDS), value, "w.S.T", 0, 5, 99)
    assert isinstance(record, Change)
    return record


@pytest.mark.parametrize(
    ("value", "field", "text"),
    [
        (None, None, "NULL"),
        (True, None, "true"),
        (False, None, "false"),
        ("x", None, "x"),
        ({"a": "ü"}, None, '{"a":"ü"}'),
        (UNAVAILABLE, None, "(not logged)"),
        (1, Field("int32", "io.debezium.time.Date"), "1970-01-02"),
        (10**12, Field("int32", "io.debezium.time.Date"), "1000000000000"),
        (1500, Field("int64", "io.debezium.time.Timestamp"), "1970-01-01 00:00:01.500000"),
        (-1, Field("int64", "io.debezium.time.MicroTimestamp"), "1969-12-31 23:59:59.999999"),
        (1000, Field("int64", "io.debezium.time.NanoTimestamp"), "1970-01-01 00:00:00.000001"),
        (9223372036825200000, Field("int64", "io.debezium.time.MicroTimestamp"),
         "9223372036825200000"),
        (61_000, Field("int32", "io.debezium.time.Time"), "00:01:01"),
        ("BNI=", Field("bytes", "org.apache.kafka.connect.data.Decimal", {"scale": "2"}), "12.34"),
        (Decimal("1.50"), Field("bytes", "org.apache.kafka.connect.data.Decimal"), "1.50"),
        ("§", Field("bytes", "org.apache.kafka.connect.data.Decimal", {"scale": "2"}), "§"),
        ({"scale": 1, "value": "/w=="}, Field("struct", "io.debezium.data.VariableScaleDecimal"),
         "-0.1"),
        ("x", Field("string", "io.debezium.data.Json"), "x"),
    ],
)  # fmt: skip
def test_values_are_written_as_people_read_them(value, field, text):
    assert readable(value, field) == text


@given(st.integers(), st.integers(0, 40))
def test_a_decimal_is_its_digits(unscaled, scale):
    import base64

    data = unscaled.to_bytes(unscaled.bit_length() // 8 + 1, "big", signed=True)
    found = decimal_of(base64.b64encode(data).decode(), scale)
    assert (found.as_tuple().exponent, int(str(found).replace(".", "").split("E")[0]) == 0) == (
        -scale, unscaled == 0,
    )  # fmt: skip
    sign, digits, _ = found.as_tuple()
    assert int("".join(map(str, digits))) * (-1 if sign else 1) == unscaled


def test_an_update_shows_what_changed():
    found = change("u", {"ID": 1, "NAME": "a", "AT": 0}, {"ID": 1, "NAME": "b\n", "AT": 1_000_000})
    assert [tuple(one) for one in differences(found)] == [
        ("NAME", "a", "b\n"),
        ("AT", "1970-01-01 00:00:00", "1970-01-01 00:00:01"),
    ]
    told = line(found, 12.4)
    assert told.split("  ")[0] == "S.T"
    assert "update" in told
    assert "ID=1" in told
    assert "NAME a → b·" in told
    assert told.endswith("12 ms")
    assert rich_line(found, 12.4).plain == told


def test_an_update_without_its_row_before_shows_the_row_after():
    found = change("u", None, {"ID": 1, "NAME": UNAVAILABLE, "AT": None})
    assert [tuple(one) for one in differences(found)] == [("ID", None, "1")]
    full = change("u", {"ID": 1, "NAME": "a"}, {"ID": 1, "NAME": UNAVAILABLE})
    assert differences(full) == []


def test_inserts_deletes_and_truncates_in_a_line():
    assert "insert" in line(change("c", None, {"ID": 1, "NAME": "a"}))
    deleted = line(change("d", {"ID": 1, "NAME": "a"}, None))
    assert "NAME=a" in deleted
    assert "truncate" in line(change("t", None, None))
    assert "ID=1" not in line(change("t", None, None))


def test_a_long_line_is_cut():
    many = change("c", None, {"ID": 1, "NAME": "x" * 90, "AT": 0})
    told = line(many, columns=1)
    assert "x" * 47 + "…" in told
    assert told.endswith("and 1 more")


def test_other_records_are_lines_too():
    assert "tombstone  ID=1" in line(parse(key_of({"ID": 1}, FIELDS), None, "t", 0, 1, 2))
    assert "heartbeat" in line(parse(None, b"{}", "__debezium-heartbeat.t", 0, 1, 2))
    told = line(parse(None, b"{", "t", 0, 1, 2))
    assert told.startswith("t[0]@1  unreadable")
    assert rich_line(parse(None, b"{", "t", 0, 1, 2)).plain == told


def test_keys_of_every_kind():
    row = encoded(struct({"ID": INT}, "T"), {"ID": 1})
    assert key_text(parse(None, row, "t", 0, 0, 0)) == "no key"
    assert key_text(parse(b'"k"', row, "t", 0, 0, 0)) == "k"
    at = change("c", None, {"ID": 1}, key={"ID": 3, "AT": 0})
    assert key_text(at) == "ID=3,AT=1970-01-01 00:00:00"


def test_raw_is_one_line_of_json():
    told = json.loads(raw(change("c", None, {"ID": 1, "NAME": "é", "AT": 0})))
    assert told["kind"] == "change"
    assert told["after"] == {"ID": 1, "NAME": "é", "AT": 0}
    assert "schema" not in told
    field = {"type": "bytes", "name": "org.apache.kafka.connect.data.Decimal"}
    record = parse(None, encoded(struct({"N": field}), {"N": 1.25}), "t", 0, 0, 0)
    assert json.loads(raw(record))["after"] == {"N": "1.25"}
