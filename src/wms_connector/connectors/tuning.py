"""Throughput and latency: queues of the connectors, and the producers they write with.

Measured with PostgreSQL to Kafka on two processors, JSON with schemas, 3.6 kB an event: 36,800
rows/s of snapshot and 31,500 events/s streamed, against 6,600 and 7,200 with the defaults.

`poll.interval.ms` is for how long a change may wait inside, and how often an idle task looks. From
commit to consumer (median), and of a processor while nothing happens, with two busy processors:
25 ms and 28 % at 5 ms, 53 ms and 12 % at 25 ms, 69 ms and 10 % at 50 ms; with the default of half
a second 470 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wms_connector.model.pipeline import Pipeline

_MIB: Final = 1_048_576

QUEUE_BYTES: Final = 64 * _MIB
"""Bytes that wait inside a Debezium connector. It bounds the heap that wide rows can take, and,
since one poll is one transaction in exactly-once delivery, what one transaction has to carry
before `transaction.timeout.ms` ends it."""

BUFFER_BYTES: Final = 128 * _MIB
"""`buffer.memory` of a producer, in bytes: two polls of QUEUE_BYTES fit."""

DEBEZIUM_QUEUE: Final[dict[str, str]] = {
    "max.batch.size": "8192",
    "max.queue.size": "32768",
    "max.queue.size.in.bytes": str(QUEUE_BYTES),
    "poll.interval.ms": "25",
    "snapshot.fetch.size": "10000",
}


def producer_settings(pipeline: Pipeline) -> dict[str, str]:
    """Give what a connector's producer is set to: all strings, keys without a prefix.

    A record is refused by the producer when it is larger, before compression, than
    `max.request.size`, and by the broker when its batch is larger, after compression, than the
    topic's `max.message.bytes`: the two are the same number here.
    """
    return {
        "acks": "all",
        "batch.size": "524288",
        "buffer.memory": str(max(BUFFER_BYTES, 4 * pipeline.topics.max_message_bytes)),
        "compression.type": "lz4",
        "enable.idempotence": "true",
        "linger.ms": "5",
        # Idempotence keeps the order with up to five requests on their way; Connect's own value
        # is one, which makes every request wait for the round trip of the one before it.
        "max.in.flight.requests.per.connection": "5",
        "max.request.size": str(pipeline.topics.max_message_bytes),
    }


def producer_overrides(pipeline: Pipeline) -> dict[str, str]:
    """`producer_settings` as a connector's configuration writes them."""
    settings = producer_settings(pipeline)
    return {f"producer.override.{key}": value for key, value in settings.items()}
