"""When the newest record of a topic was written, asked of the brokers: no record is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined] # not marked so

from wms_connector.kafka.errors import UnknownTopicError, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

ANSWER_SECONDS: Final = 6.0
"""For one question: an unreachable broker is told after this time."""


_NEWEST: Final = OffsetSpec.max_timestamp()  # type: ignore[no-untyped-call]


class Client(Protocol):
    """What is needed of confluent_kafka.admin.AdminClient."""

    def list_offsets(
        self, partitions: dict[TopicPartition, Any], /, *, request_timeout: float
    ) -> dict[TopicPartition, Future[Any]]:
        """Give offsets of partitions."""

    def poll(self, timeout: float, /) -> int:
        """Hand over background reports."""


def newest(
    client: Client,
    partitions: Mapping[str, int],
    brokers: str,
    *,
    causes: Callable[[], Sequence[KafkaError]] = tuple,
) -> dict[str, int | None]:
    """Give each topic's newest timestamp in milliseconds since 1970; None if it holds no record.

    `partitions` is how many each topic has. The right to describe is enough. A transaction's
    marker counts as a record: it comes with the records that it commits. A topic that was deleted
    meanwhile holds none. Raises a KafkaFailure.
    """
    asked = {
        TopicPartition(topic, number): _NEWEST
        for topic, count in partitions.items()
        for number in range(count)
    }
    found: dict[str, int | None] = dict.fromkeys(partitions)
    if not asked:
        return found
    answers = client.list_offsets(asked, request_timeout=ANSWER_SECONDS)
    for place, answer in answers.items():
        try:
            timestamp = int(answer.result().timestamp)
        except KafkaException as error:
            client.poll(0)  # background reports are handed over only here
            doing = f"look at the newest record of {place.topic}"
            failure = translate(error.args[0], doing, brokers=brokers, causes=causes())
            if isinstance(failure, UnknownTopicError):
                continue
            raise failure from None
        if timestamp >= 0:
            found[place.topic] = max(timestamp, found[place.topic] or 0)
    return found
