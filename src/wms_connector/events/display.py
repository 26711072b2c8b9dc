"""Changes for people: what changed, in one line."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wms_connector.events.records import OPERATIONS, Change, Heartbeat, Tombstone, Unreadable
from wms_connector.events.schema import CONNECT_DECIMAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.text import Text

    from wms_connector.events.records import Record
    from wms_connector.events.schema import Field

UNAVAILABLE: Final = "__debezium_unavailable_value"
"""What Debezium writes for a large value that the database did not log."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017  (datetime.UTC is the same)
_WIDEST: Final = 48  # characters of a value in a line
_MICROS: Final[Mapping[str, float]] = {
    "io.debezium.time.Timestamp": 1000,
    "io.debezium.time.MicroTimestamp": 1,
    "io.debezium.time.NanoTimestamp": 0.001,
    "org.apache.kafka.connect.data.Timestamp": 1000,
}
_DAY_MICROS: Final[Mapping[str, float]] = {
    "io.debezium.time.Time": 1000,
    "io.debezium.time.MicroTime": 1,
    "io.debezium.time.NanoTime": 0.001,
    "org.apache.kafka.connect.data.Time": 1000,
}
_DATES: Final = frozenset({"io.debezium.time.Date", "org.apache.kafka.connect.data.Date"})
_COLOURS: Final[Mapping[str, str]] = {
    "c": "green", "u": "yellow", "d": "red", "r": "blue", "t": "bold red", "w": "cyan",
}  # fmt: skip


class Difference(NamedTuple):
    """One column whose value a change touched; values are as people read them."""

    column: str
    old: str | None
    new: str | None


def readable(value: Any, field: Field | None = None) -> str:
    """Write a value as people read it: dates and times in ISO form, decimals in digits."""
    if value is None:
        return "NULL"
    if value == UNAVAILABLE:
        return "(not logged)"
    name = None if field is None else field.name
    if name is not None:
        try:
            told = _by_name(value, name, field.parameters if field else {})
        except (ValueError, TypeError, KeyError, OverflowError):
            told = None  # out of Python's range, or not what the schema says: as it stands
        if told is not None:
            return told
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
    return str(value)


def differences(change: Change) -> list[Difference]:
    """Columns that changed; of an insert or a delete, every column that is not NULL.

    Without a whole row before an update (no full replica identity) it is every column after it.
    """
    fields = {} if change.schema is None else change.schema.row
    before, after = change.before, change.after
    if before is not None and after is not None:
        return [
            Difference(name, readable(before.get(name), fields.get(name)),
                       readable(value, fields.get(name)))
            for name, value in after.items()
            if before.get(name) != value and value != UNAVAILABLE
        ]  # fmt: skip
    row = change.row or {}
    told = [
        (name, readable(value, fields.get(name)))
        for name, value in row.items()
        if value is not None and value != UNAVAILABLE
    ]
    if after is None:
        return [Difference(name, value, None) for name, value in told]
    return [Difference(name, None, value) for name, value in told]


def key_text(change: Change | Tombstone) -> str:
    """Write the key: `ID=7` or `A=1,B=2`; `no key` where the record has none."""
    key = change.key
    if key is None:
        return "no key"
    if not isinstance(key, dict):
        return _short(readable(key))
    schema = change.key_schema if isinstance(change, Change) else None
    fields = {} if schema is None else schema.row
    return ",".join(f"{name}={_short(readable(v, fields.get(name)))}" for name, v in key.items())


def line(record: Record, latency_ms: float | None = None, *, columns: int = 6) -> str:
    """Give one plain line: table, operation, key, what changed, latency."""
    return "  ".join(part for part, _ in _parts(record, latency_ms, columns) if part)


def rich_line(record: Record, latency_ms: float | None = None, *, columns: int = 6) -> Text:
    """Give the same line with colours, for a terminal."""
    from rich.text import Text

    text = Text(no_wrap=True, overflow="ellipsis")
    for part, style in _parts(record, latency_ms, columns):
        if part:
            text.append(part, style=style)
            text.append("  ")
    text.rstrip()
    return text


def raw(record: Record) -> str:
    """Give one line of JSON with everything that the record holds."""
    fields = record._asdict()
    fields.pop("schema", None)
    fields.pop("key_schema", None)
    fields["kind"] = type(record).__name__.lower()
    return json.dumps(fields, ensure_ascii=False, default=_number)


def _number(value: Any) -> Any:
    # Decimals came as numbers and leave as text, so that no digit is lost on the way.
    return str(value)


def _parts(record: Record, latency_ms: float | None, columns: int) -> list[tuple[str, str]]:
    place = f"{record.topic}[{record.partition}]@{record.offset}"
    if isinstance(record, Unreadable):
        return [(place, "bold"), ("unreadable", "bold red"), (record.reason, "")]
    if isinstance(record, Heartbeat):
        return [(place, "dim"), ("heartbeat", "dim")]
    if isinstance(record, Tombstone):
        return [(place, "dim"), ("tombstone", "dim"), (key_text(record), "dim")]
    keys = record.key if isinstance(record.key, dict) else {}
    # The key stands before it; only a key that changed is worth saying again.
    found = [d for d in differences(record) if d.column not in keys or (d.old and d.new)]
    told = [_change(one, record.op) for one in found[:columns]]
    if len(found) > columns:
        told.append(f"and {len(found) - columns} more")
    latency = "" if latency_ms is None else f"{latency_ms:.0f} ms"
    return [
        (record.table, "bold"),
        (f"{OPERATIONS[record.op]:<8}", _COLOURS[record.op]),
        ("" if record.op == "t" else key_text(record), "cyan"),
        (", ".join(told), ""),
        (latency, "dim"),
    ]


def _change(one: Difference, op: str) -> str:
    if op == "u" and one.old is not None and one.new is not None:
        return f"{one.column} {_short(one.old)} → {_short(one.new)}"
    return f"{one.column}={_short(one.new if one.new is not None else one.old or '')}"


def _short(text: str) -> str:
    flat = "".join(c if c.isprintable() else "·" for c in text[: _WIDEST + 1])
    return flat if len(flat) <= _WIDEST else f"{flat[: _WIDEST - 1]}…"


def _by_name(value: Any, name: str, parameters: Mapping[str, str]) -> str | None:
    if name in _MICROS:
        when = _EPOCH + timedelta(microseconds=int(value) * _MICROS[name])
        return when.replace(tzinfo=None).isoformat(sep=" ")
    if name in _DATES:
        return (_EPOCH + timedelta(days=value)).date().isoformat()
    if name in _DAY_MICROS:
        return (_EPOCH + timedelta(microseconds=int(value) * _DAY_MICROS[name])).time().isoformat()
    if name == CONNECT_DECIMAL and isinstance(value, str):
        return f"{decimal_of(value, int(parameters['scale'])):f}"
    if name == "io.debezium.data.VariableScaleDecimal":
        return f"{decimal_of(value['value'], value['scale']):f}"
    return None


def decimal_of(text: str, scale: int) -> Decimal:
    """Read Connect's decimal: an unscaled two's-complement integer in base64.

    Raises ValueError if the text is no base64.
    """
    unscaled = int.from_bytes(base64.b64decode(text, validate=True), "big", signed=True)
    # Made of its digits: arithmetic would round to the context's precision.
    sign, digits, _ = Decimal(unscaled).as_tuple()
    return Decimal((sign, digits, -scale))
