"""One text for one value, whichever side it comes from.

A value in a database and the same value in an event rarely look alike: a timestamp is a number of
microseconds there, a decimal a text or base64. Both sides are brought into the forms of `cells`, so
that equal values give equal texts, byte by byte, and a row can be compared by its hash.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from wms_connector.audit import numerals, times
from wms_connector.audit.cells import (
    ESCAPES,
    NULL,
    SINGLE,
    UNAVAILABLE_BYTES,
    Column,
    Form,
    UnavailableError,
    escape,
)
from wms_connector.events.display import UNAVAILABLE
from wms_connector.events.schema import Field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Converter = Callable[[Any], str]


def converter(column: Column, field: Field | None) -> Converter | None:
    """Give the function from an event's value to its cell, or nothing if they do not compare.

    `field` is the column's schema in the event; without one (a converter without schemas) the
    value is taken for what Debezium writes with its default modes. The function raises
    UnavailableError for Debezium's placeholder; any other exception means that the value is not
    what its schema says.
    """
    raw = _raw(column.form, field, column.digits, column.item)
    if raw is None:
        return None
    if raw is str and column.form is Form.TEXT:
        return _text_cell
    if column.form in {Form.PADDED, Form.ARRAY}:
        return lambda value: NULL if value is None else escape(raw(_available(value)))
    return lambda value: NULL if value is None else raw(_available(value))


def padded(value: Any) -> str:
    """Leave out the blanks that char(n) is filled up with."""
    return str(value).rstrip(" ")


# Called some twenty times an event; what looks clumsy here is what was measured to be quick.


def _text_cell(value: Any) -> str:
    if value is None:
        return NULL
    if value == UNAVAILABLE:
        raise UnavailableError
    text = str(value)
    return text if text.isprintable() and "\\" not in text else text.translate(ESCAPES)


def _available(value: Any) -> Any:
    if value == UNAVAILABLE:
        raise UnavailableError
    return value


def _raw(
    form: Form, field: Field | None, digits: int | None, item: Form | None
) -> Converter | None:
    if field is None:
        field = _assumed(form, digits)
    if form is Form.ARRAY:
        return _array(field.items, item) if field.type == "array" else None
    if form is Form.DECIMAL:
        return numerals.decimal(field, digits)
    by_name = _BY_NAME.get(form)
    if by_name is not None:
        found = by_name.get(field.name or "")
        if found is None or (digits is not None and digits > found[1]):
            return None  # unknown, or with fewer digits than the column has
        return found[0]
    return _BY_TYPE[form].get(field.type)


def _assumed(form: Form, digits: int | None) -> Field:
    """Give the field that Debezium would have written with its default modes."""
    if form in {Form.TIMESTAMP, Form.TIME} and digits is not None and digits <= _MILLI:
        return Field("int64", f"io.debezium.time.{'Time' if form is Form.TIME else 'Timestamp'}")
    if form is Form.FLOAT and digits == SINGLE:
        return Field("float")
    return _ASSUMED[form]


def _array(items: Field | None, item: Form | None) -> Converter | None:
    if item is None:
        return None
    inner = _raw(item, items, None, None)
    if inner is None:
        return None

    def convert(value: Any) -> str:
        cells = []
        for one in value:
            if one in {UNAVAILABLE, UNAVAILABLE_BYTES}:
                raise UnavailableError
            cells.append(None if one is None else inner(one))
        return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))

    return convert


_MILLI, _MICRO, _NANO, _ANY = 3, 6, 9, 99  # digits of a second's fraction that a form keeps
_BY_NAME: Final[Mapping[Form, Mapping[str, tuple[Converter, int]]]] = {
    Form.DATE: {
        "io.debezium.time.Date": (times.date, _ANY),
        "org.apache.kafka.connect.data.Date": (times.date, _ANY),
    },
    Form.TIME: {
        "io.debezium.time.Time": (lambda value: str(value * 1000), _MILLI),
        "io.debezium.time.MicroTime": (str, _MICRO),
        "io.debezium.time.NanoTime": (lambda value: str(value // 1000), _MICRO),
        "org.apache.kafka.connect.data.Time": (lambda value: str(value * 1000), _MILLI),
    },
    Form.TIME_ZONED: {"io.debezium.time.ZonedTime": (times.clock, _ANY)},
    Form.TIMESTAMP: {
        "io.debezium.time.Timestamp": (times.from_milliseconds, _MILLI),
        "io.debezium.time.MicroTimestamp": (times.from_microseconds, _MICRO),
        "io.debezium.time.NanoTimestamp": (times.from_nanoseconds, _NANO),
        "org.apache.kafka.connect.data.Timestamp": (times.from_milliseconds, _MILLI),
    },
    Form.INSTANT: {
        "io.debezium.time.ZonedTimestamp": (times.instant_text, _ANY),
        "org.apache.kafka.connect.data.Timestamp": (times.from_milliseconds, _MILLI),
    },
    Form.DURATION: {
        "io.debezium.time.MicroDuration": (str, _ANY),
        "io.debezium.time.Interval": (times.period, _ANY),
    },
}
_BY_TYPE: Final[Mapping[Form, Mapping[str, Converter]]] = {
    Form.BOOLEAN: {"boolean": numerals.boolean},
    Form.INTEGER: dict.fromkeys(numerals.INTEGERS, str) | {"string": numerals.decimal_text},
    Form.FLOAT: {"float": numerals.single, "double": numerals.double},
    Form.TEXT: {"string": str},
    Form.PADDED: {"string": padded},
    Form.BYTES: {"bytes": numerals.hexadecimal},
    Form.BITS: {"bytes": numerals.bits, "boolean": numerals.bits},
}
_ASSUMED: Final[Mapping[Form, Field]] = {
    Form.BOOLEAN: Field("boolean"),
    Form.INTEGER: Field("int64"),
    Form.DECIMAL: Field("string"),
    Form.FLOAT: Field("double"),
    Form.TEXT: Field("string"),
    Form.PADDED: Field("string"),
    Form.DATE: Field("int32", "io.debezium.time.Date"),
    Form.TIME: Field("int64", "io.debezium.time.MicroTime"),
    Form.TIME_ZONED: Field("string", "io.debezium.time.ZonedTime"),
    Form.TIMESTAMP: Field("int64", "io.debezium.time.MicroTimestamp"),
    Form.INSTANT: Field("string", "io.debezium.time.ZonedTimestamp"),
    Form.DURATION: Field("int64", "io.debezium.time.MicroDuration"),
    Form.BYTES: Field("bytes"),
    Form.BITS: Field("bytes"),
    Form.ARRAY: Field("array"),
}
