"""Binds by name, as Oracle has them, turned into the positions that JDBC has; values as texts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Wire = tuple[str, str | None]
"""A value on its way: its type's name and its text."""

_PIECES: Final = re.compile(
    r"""(?P<quiet>
        [nN]?[qQ]'(?:\[.*?\]|\{.*?\}|\(.*?\)|<.*?>|(?P<mark>[^\s\[{(<]).*?(?P=mark))'
      | '(?:[^']|'')*'
      | "[^"]*"
      | --[^\n]*
      | /\*.*?\*/
      | :=
      | ::
    ) | :(?P<name>[A-Za-z][\w$\#]*|\d+)""",
    re.VERBOSE | re.DOTALL,
)
_FRACTION: Final = re.compile(r"(\.\d{6})\d+")


@lru_cache(maxsize=512)
def positions(sql: str) -> tuple[str, tuple[str, ...]]:
    """Write `:name` as `?` and give the names in order, in lower case; texts stay as they are."""
    names: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        if found["name"] is None:
            return found[0]
        names.append(found["name"].lower())
        return "?"

    return _PIECES.sub(replaced, sql), tuple(names)


def ordered(names: Sequence[str], binds: Mapping[str, Any] | Sequence[Any]) -> list[Wire]:
    """Put binds into the order of the places; raises KeyError with a name that has no value.

    A sequence fills the names in the order in which they first appear.
    """
    if isinstance(binds, dict):
        values = {name.lower(): value for name, value in binds.items()}
    else:
        firsts = dict.fromkeys(names)
        if len(firsts) != len(binds):
            raise KeyError(f"{len(firsts)} binds wanted, {len(binds)} given")
        values = dict(zip(firsts, binds, strict=True))
    return [wire(values[name]) for name in names]


def wire(value: Any) -> Wire:
    """Write a value as the door takes it; raises TypeError for what Oracle has no type for."""
    found: Wire
    match value:
        case None:
            found = "NULL", None
        case bool():
            found = "NUMBER", str(int(value))
        case Decimal():
            found = "NUMBER", f"{value:f}"
        case int() | float():
            found = "NUMBER", repr(value)
        case str():
            found = "VARCHAR2", value
        case bytes() | bytearray():
            found = "RAW", value.hex()
        case datetime():
            kind = "TIMESTAMP" if value.tzinfo is None else "TIMESTAMP_TZ"
            found = kind, value.isoformat()
        case date():
            found = "TIMESTAMP", f"{value.isoformat()}T00:00:00"
        case _:
            raise TypeError(f"{type(value).__name__} cannot be bound")
    return found


def reader(kind: str) -> Callable[[str], Any]:
    """Give the function that reads a column's texts."""
    return _READERS.get(kind, str)


def _moment(text: str) -> datetime:
    # Python knows microseconds; python-oracledb cuts nanoseconds off just so.
    found = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
    return found if found.utcoffset() != timedelta(0) else found.replace(tzinfo=UTC)


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "NUMBER": Decimal,
    "TIMESTAMP": _moment,
    "TIMESTAMP_TZ": _moment,
    "RAW": bytes.fromhex,
}
