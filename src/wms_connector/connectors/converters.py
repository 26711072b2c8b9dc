"""How records become bytes: JSON in which every key and value carries its schema."""

from __future__ import annotations

from typing import Final

JSON_WITH_SCHEMAS: Final[dict[str, str]] = {
    "key.converter": "org.apache.kafka.connect.json.JsonConverter",
    "key.converter.schemas.enable": "true",
    "value.converter": "org.apache.kafka.connect.json.JsonConverter",
    "value.converter.schemas.enable": "true",
}
"""Written into the worker's properties, which must have a converter, and into every connector's
configuration, so that the form of a topic does not depend on the worker that runs it."""
