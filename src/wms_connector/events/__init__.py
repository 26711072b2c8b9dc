"""Change events: parse them, read them from topics, show them.

`reader` is not imported here: it needs confluent_kafka, and not every command does.
"""

from __future__ import annotations

from wms_connector.events.display import (
    UNAVAILABLE,
    Difference,
    differences,
    key_text,
    line,
    raw,
    readable,
    rich_line,
)
from wms_connector.events.errors import EventsError
from wms_connector.events.latency import Latency, Percentiles, percentiles
from wms_connector.events.records import (
    OPERATIONS,
    Change,
    Heartbeat,
    Parser,
    Record,
    Tombstone,
    Unreadable,
    parse,
)
from wms_connector.events.schema import Decoder, Field, Schema

__all__ = [
    "OPERATIONS",
    "UNAVAILABLE",
    "Change",
    "Decoder",
    "Difference",
    "EventsError",
    "Field",
    "Heartbeat",
    "Latency",
    "Parser",
    "Percentiles",
    "Record",
    "Schema",
    "Tombstone",
    "Unreadable",
    "differences",
    "key_text",
    "line",
    "parse",
    "percentiles",
    "raw",
    "readable",
    "rich_line",
]
