"""JSON records of Kafka Connect's converter, with and without their schema."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONNECT_DECIMAL: Final = "org.apache.kafka.connect.data.Decimal"
_OPENING: Final = b'{"schema":'
_PAYLOAD: Final = ',"payload":'
_KNOWN_LIMIT: Final = 4096  # schemas kept; a table has one until it is altered


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a Connect schema: its type, and the name that gives the type a meaning."""

    type: str
    name: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    items: Field | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> Field:
        """Read a schema as JsonConverter writes it; raises KeyError, TypeError for other things."""
        items = schema.get("items")
        return cls(
            type=schema["type"],
            name=schema.get("name"),
            parameters=schema.get("parameters") or {},
            items=cls.of(items) if items else None,
            fields={part["field"]: cls.of(part) for part in schema.get("fields") or ()},
        )

    def walk(self) -> Iterator[Field]:
        """Yield this field and every one below it."""
        yield self
        if self.items is not None:
            yield from self.items.walk()
        for part in self.fields.values():
            yield from part.walk()


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """The schema of a record's key or value. Compared by identity: one object a schema's text."""

    root: Field

    @property
    def name(self) -> str:
        """The schema's name, or nothing."""
        return self.root.name or ""

    @property
    def row(self) -> Mapping[str, Field]:
        """Fields of the table's row: those of `after` in an envelope, else all."""
        for side in ("after", "before"):
            if side in self.root.fields and "op" in self.root.fields:
                return self.root.fields[side].fields
        return self.root.fields


@dataclass(frozen=True, slots=True)
class _Known:
    prefix: bytes
    schema: Schema
    exact: bool


class Decoder:
    """Decodes records; remembers schemas by their bytes.

    A record with its schema is some 3.6 kB, of which the schema, the same in every record of a
    table, is about 2.9 kB. Whoever has parsed it once only has to compare it and can go on with
    the payload.
    """

    def __init__(self) -> None:
        self._last: dict[str, _Known] = {}
        self._known: dict[bytes, _Known] = {}

    def decode(self, raw: bytes, where: str = "") -> tuple[Any, Schema | None]:
        """Give payload and schema; `where` (a topic, say) tells which schema is likely.

        Raises ValueError if the bytes are no JSON.
        """
        known = self._last.get(where)
        if known is not None and raw.startswith(known.prefix):
            return _payload(raw, known)
        if raw.startswith(_OPENING):
            known = self._learn(raw)
            if known is not None:
                self._last[where] = known
                return _payload(raw, known)
        value = json.loads(raw, parse_float=Decimal)
        if isinstance(value, dict) and value.keys() == {"schema", "payload"}:
            # Spelled otherwise than JsonConverter does: correct, only slower.
            schema = value["schema"]
            return value["payload"], None if schema is None else _schema(schema)
        return value, None

    def _learn(self, raw: bytes) -> _Known | None:
        text = raw.decode()
        start = len(_OPENING)
        try:
            schema, end = json.JSONDecoder().raw_decode(text, start)
        except json.JSONDecodeError:
            return None  # white space, or no JSON at all: the slow way tells
        if schema is None or not text.startswith(_PAYLOAD, end):
            return None
        prefix = text[: end + len(_PAYLOAD)].encode()
        known = self._known.get(prefix)
        if known is None:
            if len(self._known) >= _KNOWN_LIMIT:
                self._known.clear()
            parsed = _schema(schema)
            # A decimal may stand there as a plain number, whose digits a float would lose.
            exact = any(part.name == CONNECT_DECIMAL for part in parsed.root.walk())
            known = self._known[prefix] = _Known(prefix, parsed, exact)
        return known


def _payload(raw: bytes, known: _Known) -> tuple[Any, Schema]:
    payload = raw[len(known.prefix) : -1]
    if known.exact:
        return json.loads(payload, parse_float=Decimal), known.schema
    return from_json(payload, cache_strings="keys"), known.schema


def _schema(schema: Any) -> Schema:
    try:
        return Schema(Field.of(schema))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"its schema is not one of Kafka Connect's ({error!r})") from None
