"""One text for one value, whichever side it comes from.

A value in a database and the same value in an event rarely look alike: a timestamp is a number of
microseconds there, a decimal a text or base64. Both sides are brought into the forms below, so
that equal values give equal texts, byte by byte, and a row can be compared by its hash.
"""

from __future__ import annotations

import binascii
import json
import re
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from wms_connector.events.display import UNAVAILABLE, decimal_of
from wms_connector.events.schema import CONNECT_DECIMAL, Field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Converter = Callable[[Any], str]

NULL: Final = "\\N"
"""A NULL; no other value can look like it, because texts have their backslashes escaped."""

MASKED: Final = "\\M"
"""Stands for a column that is left out of one row's comparison."""


class Form(StrEnum):
    """What kind of value a column holds, and so what its canonical text is."""

    BOOLEAN = "boolean"  # t, f
    INTEGER = "integer"  # digits
    DECIMAL = "decimal"  # digits without trailing zeros after the point; NaN, Infinity
    FLOAT = "float"  # the eight bytes of the IEEE double, big endian, in hexadecimal
    TEXT = "text"  # itself
    PADDED = "padded"  # char(n): itself without the blanks at its end
    DATE = "date"  # days since 1970-01-01; infinity
    TIME = "time"  # microseconds since midnight
    TIME_ZONED = "time with zone"  # the same, in UTC
    TIMESTAMP = "timestamp"  # microseconds since 1970-01-01 00:00 of its own clock; infinity
    INSTANT = "instant"  # microseconds since 1970-01-01 00:00 UTC; infinity
    DURATION = "duration"  # microseconds; a month counts 30.4375 days, as Debezium has it
    BYTES = "bytes"  # hexadecimal
    BITS = "bits"  # 0 and 1 without leading zeros
    ARRAY = "array"  # JSON list of the items' texts


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is compared. `digits`: of a decimal all, of a time those of its fraction."""

    name: str
    form: Form
    digits: int | None = None
    item: Form | None = None


SINGLE: Final = 24
"""`digits` of a FLOAT column that holds IEEE singles: the bits of their fraction."""


class UnavailableError(Exception):
    """The event does not have the value: the database did not log it."""


_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
)
_UNAVAILABLE_BYTES: Final = binascii.b2a_base64(UNAVAILABLE.encode(), newline=False).decode()


def escape(text: str) -> str:
    """Escape a text as PostgreSQL's COPY does, so that a tab can stand between cells."""
    if text.isprintable() and "\\" not in text:
        return text
    return text.translate(_ESCAPES)


def unescape(cell: str) -> str | None:
    """Give back what a cell holds: nothing for NULL."""
    if cell == NULL:
        return None
    return re.sub(r"\\(.)", lambda found: _UNESCAPES.get(found[1], found[1]), cell, flags=re.DOTALL)


_UNESCAPES: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def shown(column: Column, cell: str) -> str | None:
    """Write a cell as people read it; nothing for NULL."""
    if cell == NULL:
        return None
    if cell == MASKED:
        return "(not in the event)"
    try:
        if column.form is Form.FLOAT:
            return repr(struct.unpack(">d", bytes.fromhex(cell))[0])
        when = _SHOWN.get(column.form)
        if when is not None:
            return when(int(cell))
    except (ValueError, OverflowError, struct.error):
        pass  # infinite, out of Python's range, or no such value: as it stands
    return unescape(cell)


_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  (a column's own clock)
_SHOWN: Final[Mapping[Form, Callable[[int], str]]] = {
    Form.DATE: lambda days: (_EPOCH + timedelta(days=days)).date().isoformat(),
    Form.TIME: lambda micros: (_EPOCH + timedelta(microseconds=micros)).time().isoformat(),
    Form.TIME_ZONED: lambda micros: f"{(_EPOCH + timedelta(microseconds=micros)).time()}Z",
    Form.TIMESTAMP: lambda micros: str(_EPOCH + timedelta(microseconds=micros)),
    Form.INSTANT: lambda micros: f"{_EPOCH + timedelta(microseconds=micros)}Z",
    Form.DURATION: lambda micros: str(timedelta(microseconds=micros)),
}


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


# Called some twenty times an event; what looks clumsy here is what was measured to be quick.


def _text_cell(value: Any) -> str:
    if value is None:
        return NULL
    if value == UNAVAILABLE:
        raise UnavailableError
    text = str(value)
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)


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
        return _decimal(field, digits)
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
            if one in {UNAVAILABLE, _UNAVAILABLE_BYTES}:
                raise UnavailableError
            cells.append(None if one is None else inner(one))
        return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))

    return convert


# Decimals


def decimal_text(text: str) -> str:
    """Write a number without an exponent and without zeros that say nothing."""
    if text in _SPECIAL:
        return _SPECIAL[text]
    whole, _, fraction = text.partition(".")
    if whole.isdecimal() and text.isascii() and (whole[0] != "0" or whole == "0"):
        if not fraction:
            return whole
        if fraction.isdecimal():
            fraction = fraction.rstrip("0")
            return f"{whole}.{fraction}" if fraction else whole
    # Signs, exponents, leading zeros or points: rarer, and left to the library.
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is no number")
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    return "0" if text == "-0" else text


_SPECIAL: Final[Mapping[str, str]] = {
    "NaN": "NaN",
    "NAN": "NaN",
    "Infinity": "Infinity",
    "POSITIVE_INFINITY": "Infinity",
    "-Infinity": "-Infinity",
    "NEGATIVE_INFINITY": "-Infinity",
}
_EXACT_DIGITS: Final = 15  # decimal digits that every IEEE double keeps


def _decimal(field: Field, digits: int | None) -> Converter | None:
    if field.name == CONNECT_DECIMAL:
        scale = int(field.parameters["scale"])

        def precise(value: Any) -> str:
            if not isinstance(value, str):
                return decimal_text(str(value))
            return decimal_text(str(decimal_of(value, scale)))

        return precise
    if field.name == "io.debezium.data.VariableScaleDecimal":
        return lambda value: decimal_text(str(decimal_of(value["value"], value["scale"])))
    if field.type in {"float", "double"} and (digits is None or digits > _EXACT_DIGITS):
        return None
    if field.type in {"string", "float", "double", *_INTEGERS}:
        return lambda value: decimal_text(str(value))
    return None


# Floating point


def _double(value: Any) -> str:
    return struct.pack(">d", float(value)).hex()


def _single(value: Any) -> str:
    # What stands in the JSON is the shortest text of the single, which is not the same double.
    return _double(struct.unpack(">f", struct.pack(">f", float(value)))[0])


# Dates and times

# Debezium 3.6 turns an infinite date into days that do not fit its 32 bits: these are what is left,
# in the stream and in a snapshot (seen with PostgreSQL 18).
_INFINITE_DAYS: Final = {
    -2147472692: "infinity",
    -622191234: "infinity",
    -2147472691: "-infinity",
    -625821272: "-infinity",
}
# org.postgresql.PGStatement's DATE_POSITIVE_INFINITY and DATE_NEGATIVE_INFINITY in milliseconds.
_INFINITE_MS: Final = {9223372036825200: "infinity", -9223372036832400: "-infinity"}
_INFINITE_US: Final = {value * 1000: text for value, text in _INFINITE_MS.items()}
_INFINITE_TEXT: Final = frozenset({"infinity", "-infinity"})
_DAY: Final = 86_400_000_000
_EPOCH_ORDINAL: Final = 719_163  # datetime.date(1970, 1, 1).toordinal()
_MONTH: Final = 2_629_800_000_000  # 365.25 / 12 days
_ZONED: Final = re.compile(
    r"([+-]?\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d(?::?\d\d)?)"
)
_CLOCK: Final = re.compile(
    r"(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)"
)
_PERIOD: Final = re.compile(
    r"P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)D)?"
    r"(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?)(\d+)(?:\.(\d{1,9}))?S)?)?"
)


def _date(value: Any) -> str:
    return _INFINITE_DAYS.get(value) or str(value)


def _from_milliseconds(value: Any) -> str:
    return _INFINITE_MS.get(value) or str(value * 1000)


def _from_microseconds(value: Any) -> str:
    return _INFINITE_US.get(value) or str(value)


def _from_nanoseconds(value: Any) -> str:
    limits = {2**63 - 1: "infinity", -(2**63): "-infinity"}
    return limits.get(value) or str(value // 1000)


def instant_text(text: str) -> str:
    """Give the microseconds since 1970 UTC of a timestamp in ISO form with its offset."""
    if text in _INFINITE_TEXT:
        return text
    if len(text) == 27 and text[-1] == "Z":  # noqa: PLR2004  (2026-01-01T00:00:00.000000Z)
        when = datetime.fromisoformat(text)
        seconds = (when.hour * 60 + when.minute) * 60 + when.second
        days = when.toordinal() - _EPOCH_ORDINAL
        return str(days * _DAY + seconds * 1_000_000 + when.microsecond)
    found = _ZONED.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no timestamp with its offset")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    days = _days(int(year), int(month), int(day))
    return str(days * _DAY + _micros(hour, minute, second, fraction) - _offset(zone))


def _clock(text: str) -> str:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no time with its offset")
    hour, minute, second, fraction, zone = found.groups()
    return str((_micros(hour, minute, second, fraction) - _offset(zone)) % _DAY)


def _period(text: str) -> str:
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no ISO 8601 duration")
    years, months, days, hours, minutes = (int(found[group] or 0) for group in range(1, 6))
    sign = -1 if found[6] else 1
    seconds = sign * (int(found[7] or 0) * 1_000_000 + int(f"{found[8] or '':0<6}"[:6]))
    whole = (years * 12 + months) * _MONTH + days * _DAY
    return str(whole + hours * 3_600_000_000 + minutes * 60_000_000 + seconds)


def _micros(hour: str, minute: str, second: str | None, fraction: str | None) -> int:
    seconds = (int(hour) * 60 + int(minute)) * 60 + int(second or 0)
    return seconds * 1_000_000 + int(f"{(fraction or '.')[1:]:0<6}"[:6])


def _offset(zone: str) -> int:
    if zone == "Z":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes, seconds = (int(digits[i : i + 2] or 0) for i in (0, 2, 4))
    sign = -1 if zone[0] == "-" else 1
    return sign * ((hours * 60 + minutes) * 60 + seconds) * 1_000_000


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar, of any year.

    Howard Hinnant's days_from_civil; Python's own date ends at the years 1 and 9999.
    """
    year -= month <= 2  # noqa: PLR2004  (January and February belong to the year before)
    era, of_era = divmod(year, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1  # noqa: PLR2004
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


# Bytes and bits


def _bytes(value: Any) -> str:
    if value == _UNAVAILABLE_BYTES:
        raise UnavailableError
    return binascii.a2b_base64(value, strict_mode=True).hex()


def _bits(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    number = int.from_bytes(binascii.a2b_base64(value, strict_mode=True), "little")
    return f"{number:b}" if number else ""


def _boolean(value: Any) -> str:
    return {True: "t", False: "f"}[value]


def _padded(value: Any) -> str:
    return str(value).rstrip(" ")


_INTEGERS: Final = ("int8", "int16", "int32", "int64")
_MILLI, _MICRO, _ANY = 3, 6, 99  # digits of a second's fraction that a form keeps
_BY_NAME: Final[Mapping[Form, Mapping[str, tuple[Converter, int]]]] = {
    Form.DATE: {
        "io.debezium.time.Date": (_date, _ANY),
        "org.apache.kafka.connect.data.Date": (_date, _ANY),
    },
    Form.TIME: {
        "io.debezium.time.Time": (lambda value: str(value * 1000), _MILLI),
        "io.debezium.time.MicroTime": (str, _MICRO),
        "io.debezium.time.NanoTime": (lambda value: str(value // 1000), _MICRO),
        "org.apache.kafka.connect.data.Time": (lambda value: str(value * 1000), _MILLI),
    },
    Form.TIME_ZONED: {"io.debezium.time.ZonedTime": (_clock, _ANY)},
    Form.TIMESTAMP: {
        "io.debezium.time.Timestamp": (_from_milliseconds, _MILLI),
        "io.debezium.time.MicroTimestamp": (_from_microseconds, _MICRO),
        "io.debezium.time.NanoTimestamp": (_from_nanoseconds, _MICRO),
        "org.apache.kafka.connect.data.Timestamp": (_from_milliseconds, _MILLI),
    },
    Form.INSTANT: {
        "io.debezium.time.ZonedTimestamp": (instant_text, _ANY),
        "org.apache.kafka.connect.data.Timestamp": (_from_milliseconds, _MILLI),
    },
    Form.DURATION: {
        "io.debezium.time.MicroDuration": (str, _ANY),
        "io.debezium.time.Interval": (_period, _ANY),
    },
}
_BY_TYPE: Final[Mapping[Form, Mapping[str, Converter]]] = {
    Form.BOOLEAN: {"boolean": _boolean},
    Form.INTEGER: dict.fromkeys(_INTEGERS, str) | {"string": decimal_text},
    Form.FLOAT: {"float": _single, "double": _double},
    Form.TEXT: {"string": str},
    Form.PADDED: {"string": _padded},
    Form.BYTES: {"bytes": _bytes},
    Form.BITS: {"bytes": _bits, "boolean": _bits},
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
