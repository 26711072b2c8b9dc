"""Oracle's types: what form each has, the SQL that fetches it, and the cell of what it fetches.

`{}` stands for the column. What Debezium 3.6.1 makes of each is in its OracleValueConverters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wms_connector.audit.canonical import padded
from wms_connector.audit.cells import NULL, SINGLE, Column, Form, escape
from wms_connector.audit.numerals import decimal_text, double
from wms_connector.audit.times import local_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Fetched(NamedTuple):
    """How one column comes out of the database: its expression, and its cell."""

    column: Column
    sql: str
    cell: Callable[[Any], str]


# Fetched as text. A driver's own values lose what Debezium keeps: python-oracledb gives no
# nanoseconds, no zone and no years before 1. SYYYY has a sign, or a blank where it is positive.
_DATE: Final = "TO_CHAR({}, 'SYYYY-MM-DD HH24:MI:SS')"
_TIMESTAMP: Final = "TO_CHAR({}, 'SYYYY-MM-DD HH24:MI:SS.FF9')"
_INSTANT: Final = _TIMESTAMP.format("{} AT TIME ZONE 'UTC'")


def _moment(value: Any) -> str:
    return local_text(str(value).strip())


def _number(value: Any) -> str:
    return decimal_text(str(value))


def _text(value: Any) -> str:
    return escape(str(value))


def _padded(value: Any) -> str:
    return escape(padded(value))


def _hexadecimal(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value).lower()


_NUMBER: Final = (Form.DECIMAL, "{}", _number)
_TYPES: Final[Mapping[str, tuple[Form, str, Callable[[Any], str]]]] = {
    "NUMBER": _NUMBER,
    "FLOAT": _NUMBER,  # a NUMBER whose digits are counted in bits
    "BINARY_FLOAT": (Form.FLOAT, "{}", double),
    "BINARY_DOUBLE": (Form.FLOAT, "{}", double),
    "VARCHAR2": (Form.TEXT, "{}", _text),
    "NVARCHAR2": (Form.TEXT, "{}", _text),
    "CHAR": (Form.PADDED, "{}", _padded),
    "NCHAR": (Form.PADDED, "{}", _padded),
    "DATE": (Form.TIMESTAMP, _DATE, _moment),
    "TIMESTAMP": (Form.TIMESTAMP, _TIMESTAMP, _moment),
    "TIMESTAMP WITH TIME ZONE": (Form.INSTANT, _INSTANT, _moment),
    "TIMESTAMP WITH LOCAL TIME ZONE": (Form.INSTANT, _INSTANT, _moment),
    "RAW": (Form.BYTES, "RAWTOHEX({})", _hexadecimal),
    "ROWID": (Form.TEXT, "ROWIDTOCHAR({})", _text),
}
_LARGE: Final[Mapping[str, tuple[Form, str, Callable[[Any], str]]]] = {
    "CLOB": (Form.TEXT, "{}", _text),
    "NCLOB": (Form.TEXT, "{}", _text),
    "BLOB": (Form.BYTES, "{}", _hexadecimal),
}
_DIGITS: Final = re.compile(r"\((\d+)\)")
_DEFAULT_FRACTION: Final = 6  # digits of TIMESTAMP without a number


def compared(
    name: str, data_type: str, precision: int | None, quoted: str, *, large: bool
) -> Fetched | str:
    """Give how a column is fetched and compared, or why it is not compared.

    `data_type` and `precision` are DATA_TYPE (`TIMESTAMP(6) WITH TIME ZONE`) and DATA_PRECISION of
    ALL_TAB_COLUMNS. `large`: whether the connector streams large objects (`lob_enabled`).
    """
    plain = _DIGITS.sub("", data_type)
    if plain in _LARGE and not large:
        return "events hold no large objects while lob_enabled is off"
    found = _TYPES.get(plain) or _LARGE.get(plain)
    if found is None:
        return f"values of the type {data_type} have no form to compare"
    form, sql, cell = found
    return Fetched(
        Column(name, form, _digits(plain, data_type, precision)), sql.format(quoted), cell
    )


def cell_of(fetched: Fetched, value: Any) -> str:
    """Write one fetched value."""
    return NULL if value is None else fetched.cell(value)


def _digits(plain: str, data_type: str, precision: int | None) -> int | None:
    if plain.startswith("TIMESTAMP"):
        digits = _DIGITS.search(data_type)
        return int(digits[1]) if digits else _DEFAULT_FRACTION
    if plain == "DATE":
        return 0
    if plain == "BINARY_FLOAT":
        return SINGLE
    return precision if plain == "NUMBER" else None
