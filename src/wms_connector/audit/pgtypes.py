"""PostgreSQL's types: what form each has, and the SQL that writes it canonically.

`{}` stands for the column. Seen against Debezium 3.6 and PostgreSQL 18.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from wms_connector.audit.cells import SINGLE, Column, Form

if TYPE_CHECKING:
    from collections.abc import Mapping


class Type(NamedTuple):
    """A type after its domains are resolved. `modifier` is atttypmod; `item` an array's type."""

    name: str
    kind: str
    modifier: int = -1
    item: Type | None = None


_MICROS: Final = "(extract(epoch FROM {}) * 1000000)::bigint"
_INSTANT: Final = (
    "CASE WHEN isfinite({0}) THEN (extract(epoch FROM {0}) * 1000000)::bigint::text "
    "ELSE {0}::text END"
)
_SQL: Final[Mapping[str, tuple[Form, str]]] = {
    "bool": (Form.BOOLEAN, "left({}::text, 1)"),
    "int2": (Form.INTEGER, "{}"),
    "int4": (Form.INTEGER, "{}"),
    "int8": (Form.INTEGER, "{}"),
    "oid": (Form.INTEGER, "{}"),
    "numeric": (Form.DECIMAL, "trim_scale({})"),
    "money": (Form.DECIMAL, "trim_scale({}::numeric)"),
    "float4": (Form.FLOAT, "encode(float8send({}::float8), 'hex')"),
    "float8": (Form.FLOAT, "encode(float8send({}), 'hex')"),
    # The cast drops the blanks that char(n) is filled up with.
    "bpchar": (Form.PADDED, "{}::text"),
    "date": (
        Form.DATE,
        "CASE WHEN isfinite({0}) THEN ({0} - date '1970-01-01')::text ELSE {0}::text END",
    ),
    "time": (Form.TIME, _MICROS),
    "timetz": (Form.TIME_ZONED, f"mod({_MICROS} + 86400000000, 86400000000)"),
    "timestamp": (Form.TIMESTAMP, _INSTANT),
    "timestamptz": (Form.INSTANT, _INSTANT),
    "interval": (
        Form.DURATION,
        (
            "((extract(year FROM {0}) * 12 + extract(month FROM {0})) * 2629800000000"
            " + extract(day FROM {0}) * 86400000000 + extract(hour FROM {0}) * 3600000000"
            " + extract(minute FROM {0}) * 60000000 + extract(microseconds FROM {0}))::bigint"
        ),
    ),
    "bytea": (Form.BYTES, "encode({}, 'hex')"),
    "bit": (Form.BITS, "ltrim({}::text, '0')"),
    "varbit": (Form.BITS, "ltrim({}::text, '0')"),
}
_TEXTS: Final = frozenset(
    {
        "text", "varchar", "name", "char", "citext", "uuid", "json", "jsonb", "xml", "ltree",
        "inet", "cidr", "macaddr", "macaddr8", "tsvector",
        "int4range", "int8range", "numrange", "daterange", "tsrange",
    }
)  # fmt: skip
_REASONS: Final[Mapping[str, str]] = {
    "tstzrange": "its text depends on the session's time zone",
    "hstore": "its order of keys is not fixed",
}
_PRECISE: Final = frozenset({"time", "timestamp"})
_MOST_DIGITS: Final = 6  # of a second's fraction, where the type names none


def compared(name: str, type_: Type, quoted: str) -> tuple[Column, str] | str:
    """Give the column and the SQL of its canonical text, or why it cannot be compared."""
    if type_.item is not None:
        return _array(name, type_.item, quoted)
    found = _scalar(type_)
    if found is None:
        return _REASONS.get(type_.name, f"values of the type {type_.name} have no form to compare")
    form, sql = found
    return Column(name, form, _digits(type_)), sql.format(quoted)


def _scalar(type_: Type) -> tuple[Form, str] | None:
    if type_.kind == "e":
        return Form.TEXT, "{}"
    if type_.name in _TEXTS:
        # format() writes what the type itself writes; a cast to text changes some (inet).
        return Form.TEXT, "{}"
    return _SQL.get(type_.name)


def _array(name: str, item: Type, quoted: str) -> tuple[Column, str] | str:
    found = _scalar(item)
    if item.item is not None or found is None:
        return f"arrays of the type {item.name} have no form to compare"
    form, sql = found
    one = (sql if sql != "{}" else "format('%s', {})").format("u.e")
    # format() makes '' of NULL.
    one = f"CASE WHEN u.e IS NULL THEN NULL ELSE ({one})::text END"
    every = f"SELECT {one} FROM unnest({quoted}) WITH ORDINALITY AS u(e, i) ORDER BY u.i"  # noqa: S608
    text = f"CASE WHEN {quoted} IS NULL THEN NULL ELSE array_to_json(ARRAY({every}))::text END"
    return Column(name, Form.ARRAY, None, form), text


def _digits(type_: Type) -> int | None:
    modifier = type_.modifier
    if type_.name in _PRECISE:
        return _MOST_DIGITS if modifier < 0 else modifier
    if type_.name == "numeric" and modifier >= 0:
        return (modifier - 4) >> 16 & 0xFFFF
    return SINGLE if type_.name == "float4" else None
