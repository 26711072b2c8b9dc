"""How records become bytes: JSON in which every key and value carries its schema."""

from __future__ import annotations

from typing import Final

JSON_CONVERTER: Final = "org.apache.kafka.connect.json.JsonConverter"
JSON_WITH_SCHEMAS: Final[dict[str, str]] = {
    "key.converter": JSON_CONVERTER,
    "key.converter.schemas.enable": "true",
    "key.converter.replace.null.with.default": "false",
    "value.converter": JSON_CONVERTER,
    "value.converter.schemas.enable": "true",
    # Kafka's default writes a column's default where the row has NULL. Seen: an audit that differs.
    "value.converter.replace.null.with.default": "false",
}
"""Written into the worker's properties, which must have a converter, and into every connector's
configuration, so that the form of a topic does not depend on the worker that runs it."""
