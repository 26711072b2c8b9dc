"""What consumers may rely on: the Connect schema that each record carries, as JSON Schema.

A record is `{"schema": …, "payload": …}`; the JSON Schema is that of its payload. It is open: a
table that gets a column gets a new schema, and consumers pass over fields that they do not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wms_connector.events.errors import EventsError
from wms_connector.events.schema import CONNECT_DECIMAL

if TYPE_CHECKING:
    from collections.abc import Mapping

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_SPECIAL: Final = ["NaN", "Infinity", "-Infinity"]
_TYPES: Final[Mapping[str, dict[str, Any]]] = {
    **{
        f"int{bits}": {
            "type": "integer",
            "minimum": -(2 ** (bits - 1)),
            "maximum": 2 ** (bits - 1) - 1,
        }
        for bits in (8, 16, 32)
    },
    "int64": {"type": "integer", "format": "int64"},
    # What is no number is written as a text, because JSON has no word for it.
    "float": {"anyOf": [{"type": "number"}, {"enum": _SPECIAL}]},
    "double": {"anyOf": [{"type": "number"}, {"enum": _SPECIAL}]},
    "boolean": {"type": "boolean"},
    "string": {"type": "string"},
    "bytes": {"type": "string", "contentEncoding": "base64"},
}
_MEANINGS: Final[Mapping[str, str]] = {
    CONNECT_DECIMAL: "a decimal: its unscaled number as two's complement, big endian",
    "io.debezium.data.VariableScaleDecimal": "a decimal: `value` as that, with its own `scale`",
    "io.debezium.time.Date": "days since 1970-01-01",
    "io.debezium.time.Timestamp": "milliseconds since 1970-01-01, the column's own clock",
    "io.debezium.time.MicroTimestamp": "microseconds since 1970-01-01, the column's own clock",
    "io.debezium.time.NanoTimestamp": "nanoseconds since 1970-01-01, the column's own clock",
    "io.debezium.time.ZonedTimestamp": "an ISO 8601 timestamp with its offset from UTC",
    "io.debezium.time.Interval": "an ISO 8601 duration",
    "org.apache.kafka.connect.data.Timestamp": "milliseconds since 1970-01-01 00:00 UTC",
}


def json_schema(connect: Mapping[str, Any]) -> dict[str, Any]:
    """Give the JSON Schema of what a Connect schema describes.

    `connect` is the schema as JsonConverter writes it. Structures that occur more than once (the
    row, in `before` and in `after`) stand once, under `$defs`. Raises EventsError for a type that
    Kafka Connect does not have.
    """
    names = [part["name"] for part in _structures(connect) if part.get("name")]
    shared = {name for name in names if names.count(name) > 1}
    definitions: dict[str, Any] = {}
    told = _described(connect, shared, definitions)
    told = {"$schema": DIALECT, "title": connect.get("name") or "payload", **told}
    if definitions:
        told["$defs"] = definitions
    return told


def renamed(connect: Any, old: str, new: str) -> Any:
    """Give the schema with names that begin with `old` beginning with `new`.

    A stage's names differ only in what they begin with, and its events in nothing.
    """
    if isinstance(connect, list):
        return [renamed(part, old, new) for part in connect]
    if not isinstance(connect, dict):
        return connect
    parts = {key: renamed(part, old, new) for key, part in connect.items()}
    name = parts.get("name")
    if isinstance(name, str) and name.startswith(old):
        parts["name"] = new + name.removeprefix(old)
    return parts


def _structures(connect: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = [connect] if connect.get("type") == "struct" else []
    for part in (*connect.get("fields", ()), connect.get("items"), connect.get("values")):
        if part:
            found += _structures(part)
    return found


def _described(
    connect: Mapping[str, Any], shared: set[str], definitions: dict[str, Any]
) -> dict[str, Any]:
    name = connect.get("name")
    if connect.get("type") == "struct" and name in shared:
        if name not in definitions:
            definitions[name] = None  # keeps its place, and ends a structure that holds itself
            definitions[name] = _plain(connect, shared, definitions)
        told = {"$ref": f"#/$defs/{name}"}
    else:
        told = _plain(connect, shared, definitions)
    if connect.get("optional"):
        told = _or_null(told)
    if "default" in connect:
        told["default"] = connect["default"]
    return told


def _plain(
    connect: Mapping[str, Any], shared: set[str], definitions: dict[str, Any]
) -> dict[str, Any]:
    """Describe a schema as if it were never null."""
    kind, name = str(connect.get("type")), connect.get("name")
    if kind == "struct":
        fields = {f["field"]: _described(f, shared, definitions) for f in connect["fields"]}
        told: dict[str, Any] = {"type": "object", "properties": fields, "required": [*fields]}
    elif kind == "array":
        told = {"type": "array", "items": _described(connect["items"], shared, definitions)}
    elif kind == "map":
        values = _described(connect["values"], shared, definitions)
        told = {"type": "object", "additionalProperties": values}
    elif kind in _TYPES:
        told = dict(_TYPES[kind])
    else:
        raise EventsError(f"{kind!r} is no type of Kafka Connect's")
    allowed = (connect.get("parameters") or {}).get("allowed")
    if name == "io.debezium.data.Enum" and allowed:
        told["enum"] = allowed.split(",")
    if name:
        if name in _MEANINGS:
            told["description"] = _MEANINGS[name]
        told["connect"] = {"type": kind, "name": name}
        if connect.get("version") is not None:
            told["connect"]["version"] = connect["version"]
    return told


def _or_null(told: dict[str, Any]) -> dict[str, Any]:
    if "type" not in told:
        anyof = told.pop("anyOf", None) or [told]
        rest = {} if anyof == [told] else told
        return {"anyOf": [*anyof, {"type": "null"}], **rest}
    told = {**told, "type": [told["type"], "null"]}
    if "enum" in told:
        told["enum"] = [*told["enum"], None]
    return told
