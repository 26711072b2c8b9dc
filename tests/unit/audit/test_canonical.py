"""Equal values give equal texts, whichever side they come from."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.audit.canonical import converter
from wms_connector.audit.cells import (
    MASKED,
    NULL,
    SINGLE,
    Column,
    Form,
    UnavailableError,
    escape,
    shown,
    unescape,
)
from wms_connector.audit.numerals import decimal_text
from wms_connector.audit.times import instant_text
from wms_connector.events import UNAVAILABLE, Field

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cell(form, value, field=None, digits=None, item=None):
    convert = converter(Column("c", form, digits, item), field)
    assert convert is not None
    return convert(value)


def field(name: str, type_: str = "int64", **parameters: str) -> Field:
    return Field(type_, name, parameters)


TIME = "io.debezium.time."
CONNECT = "org.apache.kafka.connect.data."


@given(st.text(), st.text())
def test_texts_keep_what_they_are(one, two):
    assert unescape(escape(one)) == one
    assert (escape(one) == escape(two)) == (one == two)
    assert "\t" not in escape(one)
    assert "\n" not in escape(one)
    assert escape(one) not in {NULL, MASKED}
    if one != UNAVAILABLE:
        assert cell(Form.TEXT, one, Field("string")) == escape(one)


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 5))
def test_decimals_are_equal_if_their_values_are(number, zeros):
    text = f"{number:f}"
    longer = text + ("" if "." in text else ".") + "0" * zeros
    assert decimal_text(text) == decimal_text(longer.removesuffix("."))
    assert Decimal(decimal_text(text)) == number
    assert decimal_text(str(number)) == decimal_text(text)


@given(st.integers(), st.integers(0, 30))
def test_every_mode_of_decimals_gives_the_same(unscaled, scale):
    sign, digits, _ = Decimal(unscaled).as_tuple()
    expected = decimal_text(f"{Decimal((sign, digits, -scale)):f}")
    data = base64.b64encode(
        unscaled.to_bytes(unscaled.bit_length() // 8 + 1, "big", signed=True)
    ).decode()
    precise = field(f"{CONNECT}Decimal", "bytes", scale=str(scale))
    variable = field("io.debezium.data.VariableScaleDecimal", "struct")
    assert cell(Form.DECIMAL, data, precise) == expected
    assert cell(Form.DECIMAL, Decimal(expected), precise) == expected
    assert cell(Form.DECIMAL, {"scale": scale, "value": data}, variable) == expected
    assert cell(Form.DECIMAL, expected, Field("string")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.30", "12.3"), ("0.00", "0"), ("-0.000", "0"), ("100", "100"), ("1E+3", "1000"),
        ("007", "7"), (".5", "0.5"), ("+1.0", "1"), ("NAN", "NaN"), ("NaN", "NaN"),
        ("POSITIVE_INFINITY", "Infinity"), ("-Infinity", "-Infinity"), ("0", "0"), ("5.", "5"),
    ],
)  # fmt: skip
def test_numbers_in_odd_spellings(text, expected):
    assert decimal_text(text) == expected


@pytest.mark.parametrize("text", ["", "x", "1.x", "nan1", "sNaN", "inf", "١٢"])
def test_what_is_no_number_is_refused(text):
    if text == "١٢":
        assert decimal_text(text) == "12"
        return
    with pytest.raises(ValueError, match="no number"):
        decimal_text(text)


def test_a_decimal_as_a_double_is_compared_only_where_a_double_keeps_it():
    assert cell(Form.DECIMAL, 12.3, Field("double"), digits=15) == "12.3"
    assert converter(Column("c", Form.DECIMAL, 16), Field("double")) is None
    assert converter(Column("c", Form.DECIMAL), Field("double")) is None
    assert converter(Column("c", Form.DECIMAL), Field("boolean")) is None
    assert cell(Form.DECIMAL, 7, Field("int64")) == "7"


@given(st.floats(allow_nan=False))
def test_doubles_are_their_bits(number):
    assert cell(Form.FLOAT, json.loads(json.dumps(number)), Field("double")) == (
        cell(Form.FLOAT, number)
    )
    assert float(shown(Column("c", Form.FLOAT), cell(Form.FLOAT, number)) or "") == number


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_singles_come_as_their_shortest_text(number):
    text = f"{number:.9g}"
    assert cell(Form.FLOAT, float(text), Field("float")) == cell(Form.FLOAT, number)
    assert cell(Form.FLOAT, float(text), None, SINGLE) == cell(Form.FLOAT, number)


def test_floats_that_are_no_numbers():
    assert cell(Form.FLOAT, "NaN", Field("double")) == "7ff8000000000000"
    assert cell(Form.FLOAT, "-Infinity", Field("float")) == "fff0000000000000"


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))
def test_instants_are_microseconds_in_any_spelling(when, minutes):
    expected = str((when - EPOCH) // timedelta(microseconds=1))
    text = when.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert cell(Form.INSTANT, text, field(f"{TIME}ZonedTimestamp", "string")) == expected
    try:
        elsewhere = when.astimezone(timezone(timedelta(minutes=minutes)))
    except OverflowError:
        return
    assert instant_text(elsewhere.isoformat()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("infinity", "infinity"),
        ("-infinity", "-infinity"),
        ("-0043-03-15T10:00:00.000000Z", "-63517788000000000"),
        ("+12345-01-01T10:00:00.000000Z", "327403418400000000"),
        ("1970-01-01T00:00Z", "0"),
        ("1970-01-01T00:00:00.1+00", "100000"),
        ("1970-01-01T00:00:00.123456789-0130", "5400123456.789"),
    ],
)
def test_instants_outside_of_python_s_years_and_spellings(text, expected):
    assert instant_text(text) == expected


def test_an_instant_of_another_form_is_refused():
    with pytest.raises(ValueError, match="no timestamp"):
        instant_text("yesterday")


@pytest.mark.parametrize(
    ("form", "name", "value", "expected"),
    [
        (Form.DATE, f"{TIME}Date", 20778, "20778"),
        (Form.DATE, f"{CONNECT}Date", -1, "-1"),
        (Form.DATE, f"{TIME}Date", -2147472692, "infinity"),
        (Form.DATE, f"{TIME}Date", -625821272, "-infinity"),
        (Form.TIME, f"{TIME}Time", 1, "1000"),
        (Form.TIME, f"{TIME}MicroTime", 86_400_000_000, "86400000000"),
        (Form.TIME, f"{TIME}NanoTime", 1999, "1"),
        (Form.TIME, f"{CONNECT}Time", 5, "5000"),
        (Form.TIMESTAMP, f"{TIME}Timestamp", -1, "-1000"),
        (Form.TIMESTAMP, f"{TIME}Timestamp", 9223372036825200, "infinity"),
        (Form.TIMESTAMP, f"{TIME}MicroTimestamp", -1, "-1"),
        (Form.TIMESTAMP, f"{TIME}MicroTimestamp", 9223372036825200000, "infinity"),
        (Form.TIMESTAMP, f"{TIME}MicroTimestamp", -9223372036832400000, "-infinity"),
        (Form.TIMESTAMP, f"{TIME}NanoTimestamp", 1999, "1.999"),
        (Form.TIMESTAMP, f"{TIME}NanoTimestamp", -500, "-1.5"),
        (Form.TIMESTAMP, f"{TIME}NanoTimestamp", 2**63 - 1, "infinity"),
        (Form.TIMESTAMP, f"{CONNECT}Timestamp", 2, "2000"),
        (Form.INSTANT, f"{CONNECT}Timestamp", 2, "2000"),
        (Form.TIME_ZONED, f"{TIME}ZonedTime", "08:11:12.123456Z", "29472123456"),
        (Form.TIME_ZONED, f"{TIME}ZonedTime", "00:30+01:00", "84600000000"),
        (Form.TIME_ZONED, f"{TIME}ZonedTime", "23:30:00-01:00:01", "1801000000"),
        (Form.DURATION, f"{TIME}MicroDuration", -2629800000000, "-2629800000000"),
        (Form.DURATION, f"{TIME}Interval", "P1Y2M3DT4H5M6.789S", "37091106789000"),
        (Form.DURATION, f"{TIME}Interval", "P0Y0M-1DT0H0M-0.000001S", "-86400000001"),
        (Form.DURATION, f"{TIME}Interval", "P1D", "86400000000"),
    ],
)  # fmt: skip
def test_dates_and_times_of_every_mode(form, name, value, expected):
    assert cell(form, value, field(name)) == expected


def test_times_and_durations_of_another_form_are_refused():
    with pytest.raises(ValueError, match="no time"):
        cell(Form.TIME_ZONED, "noon", field(f"{TIME}ZonedTime"))
    with pytest.raises(ValueError, match="duration"):
        cell(Form.DURATION, "a while", field(f"{TIME}Interval"))


def test_a_time_with_fewer_digits_than_its_column_is_not_compared():
    assert converter(Column("c", Form.TIMESTAMP, 6), field(f"{TIME}Timestamp")) is None
    assert converter(Column("c", Form.TIMESTAMP, 3), field(f"{TIME}Timestamp")) is not None
    assert converter(Column("c", Form.TIMESTAMP, 3), Field("string")) is None
    assert converter(Column("c", Form.DATE), field("io.debezium.time.IsoDate", "string")) is None


@pytest.mark.parametrize(
    ("form", "digits", "value", "expected"),
    [
        (Form.TIMESTAMP, 3, 5, "5000"),
        (Form.TIMESTAMP, 6, 5, "5"),
        (Form.TIME, 0, 5, "5000"),
        (Form.TIME, None, 5, "5"),
        (Form.BOOLEAN, None, True, "t"),
        (Form.INTEGER, None, 5, "5"),
        (Form.DECIMAL, None, "5.0", "5"),
        (Form.PADDED, None, "a  ", "a"),
        (Form.DATE, None, 3, "3"),
        (Form.BYTES, None, "3q0=", "dead"),
    ],
)
def test_without_a_schema_debezium_s_defaults_are_taken(form, digits, value, expected):
    assert cell(form, value, None, digits) == expected


def test_flags_bits_and_bytes():
    assert [cell(Form.BOOLEAN, v, Field("boolean")) for v in (True, False)] == ["t", "f"]
    assert cell(Form.BITS, True, Field("boolean")) == "1"
    assert cell(Form.BITS, False, Field("boolean")) == ""
    assert cell(Form.BITS, "Cw==", Field("bytes")) == "1011"
    assert cell(Form.BITS, "AAE=", Field("bytes")) == "100000000"
    assert cell(Form.BITS, "AA==", Field("bytes")) == ""
    assert cell(Form.BYTES, "3q2+7w==", Field("bytes")) == "deadbeef"
    assert converter(Column("c", Form.BYTES), Field("string")) is None
    assert cell(Form.INTEGER, "007", Field("string")) == "7"


def test_arrays_are_lists_of_their_items_texts():
    items = Field("array", items=Field("string"))
    assert cell(Form.ARRAY, ["a", None, 'b"\\'], items, item=Form.TEXT) == (
        escape('["a",null,"b\\"\\\\"]')
    )
    numbers = Field("array", items=Field("string"))
    assert cell(Form.ARRAY, ["1.10"], numbers, item=Form.DECIMAL) == '["1.1"]'
    assert cell(Form.ARRAY, [1], None, item=Form.INTEGER) == '["1"]'
    assert cell(Form.ARRAY, None, items, item=Form.TEXT) == NULL
    assert converter(Column("c", Form.ARRAY, None, Form.TEXT), Field("string")) is None
    assert converter(Column("c", Form.ARRAY), items) is None
    bad = Field("array", items=Field("struct"))
    assert converter(Column("c", Form.ARRAY, None, Form.INTEGER), bad) is None


@pytest.mark.parametrize(
    ("form", "value", "schema", "item"),
    [
        (Form.TEXT, UNAVAILABLE, Field("string"), None),
        (Form.DECIMAL, UNAVAILABLE, Field("string"), None),
        (Form.PADDED, UNAVAILABLE, Field("string"), None),
        (Form.BYTES, base64.b64encode(UNAVAILABLE.encode()).decode(), Field("bytes"), None),
        (Form.ARRAY, [UNAVAILABLE], Field("array", items=Field("string")), Form.TEXT),
    ],
)
def test_debezium_s_placeholder_is_no_value(form, value, schema, item):
    with pytest.raises(UnavailableError):
        cell(form, value, schema, None, item)


def test_nothing_is_nothing_in_every_form():
    for form in Form:
        assert cell(form, None, None, None, Form.TEXT) == NULL


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        (Form.TEXT, NULL, None),
        (Form.TEXT, MASKED, "(not in the event)"),
        (Form.TEXT, "a\\tb\\\\", "a\tb\\"),
        (Form.DATE, "1", "1970-01-02"),
        (Form.DATE, "infinity", "infinity"),
        (Form.TIME, "1000000", "00:00:01"),
        (Form.TIME_ZONED, "1000000", "00:00:01Z"),
        (Form.TIMESTAMP, "1", "1970-01-01 00:00:00.000001"),
        (Form.TIMESTAMP, str(10**30), str(10**30)),
        (Form.INSTANT, "0", "1970-01-01 00:00:00Z"),
        (Form.DURATION, "1000000", "0:00:01"),
        (Form.FLOAT, "zz", "zz"),
        (Form.FLOAT, "00", "00"),
    ],
)
def test_cells_are_shown_as_people_read_them(form, text, expected):
    assert shown(Column("c", form), text) == expected
