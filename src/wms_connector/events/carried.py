"""The newest schemas that the records of a topic carry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wms_connector.events.errors import EventsError
from wms_connector.events.reader import Range, ranges, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wms_connector.events.reader import Client

_LAST: Final = 200  # offsets of a partition: transaction markers and tombstones are among them


class Carried(NamedTuple):
    """Connect schemas of a topic's key and value, as its newest record has them."""

    key: dict[str, Any] | None
    value: dict[str, Any]


def carried(client: Client, topics: Sequence[str]) -> dict[str, Carried]:
    """Read the end of each topic; a topic without a record is left out.

    Raises EventsError where records carry no schema, and when Kafka does not answer.
    """
    ends = {
        where: Range(max(span.start, span.end - _LAST), span.end)
        for where, span in ranges(client, topics).items()
    }
    newest: dict[str, tuple[int, Any]] = {}
    for messages in read(client, ends):
        for message in messages:
            if message.value() is not None:
                when = message.timestamp()[1]
                topic = message.topic()
                if topic not in newest or when >= newest[topic][0]:
                    newest[topic] = (when, message)
    return {
        topic: Carried(_schema(message.key(), topic), _schema(message.value(), topic) or {})
        for topic, (_, message) in sorted(newest.items())
    }


def _schema(raw: bytes | None, topic: str) -> dict[str, Any] | None:
    if raw is None:
        return None
    try:
        schema = json.loads(raw)["schema"]
    except (ValueError, KeyError, TypeError):
        schema = None
    if not isinstance(schema, dict):
        raise EventsError(
            f"the records of {topic} carry no schema",
            hint="Their connector has schemas.enable=false; its configuration is not of here",
        )
    return schema
