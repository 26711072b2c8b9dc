"""Cells: the one text of a value, and how people read it."""

from __future__ import annotations

import binascii
import re
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wms_connector.events.display import UNAVAILABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    # Microseconds since 1970-01-01 00:00, its own clock or UTC; 1.5 with nanoseconds; infinity.
    TIMESTAMP = "timestamp"
    INSTANT = "instant"
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


ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
)
UNAVAILABLE_BYTES: Final = binascii.b2a_base64(UNAVAILABLE.encode(), newline=False).decode()
"""Debezium's placeholder, as it stands in a column of bytes."""


def escape(text: str) -> str:
    """Escape a text as PostgreSQL's COPY does, so that a tab can stand between cells."""
    if text.isprintable() and "\\" not in text:
        return text
    return text.translate(ESCAPES)


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
            whole, _, nanos = cell.partition(".")
            return when(int(whole)) + (f" and {nanos:0<3} ns" if nanos else "")
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
