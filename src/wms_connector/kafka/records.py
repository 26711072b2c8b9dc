"""When the newest record of a topic was written, asked of the brokers: no record is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined] # not marked so

from wms_connector.kafka.calls import LOOK_SECONDS, Calls, Polled
from wms_connector.kafka.errors import UnknownTopicError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

_NEWEST: Final = OffsetSpec.max_timestamp()  # type: ignore[no-untyped-call]


class Client(Polled, Protocol):
    """What is needed of confluent_kafka.admin.AdminClient."""

    def list_offsets(
        self, partitions: dict[TopicPartition, Any], /, *, request_timeout: float
    ) -> dict[TopicPartition, Future[Any]]:
        """Give offsets of partitions."""


class Records(Calls[Client]):
    """What is known of topics' records without reading one."""

    def newest(self, partitions: Mapping[str, int]) -> dict[str, int | None]:
        """Give each topic's newest timestamp in milliseconds since 1970; None without a record.

        `partitions` is how many each topic has. The right to describe is enough. A transaction's
        marker counts as a record: it comes with the records that it commits. A topic that was
        deleted meanwhile holds none. Raises a KafkaFailure.
        """
        asked = {
            TopicPartition(topic, number): _NEWEST
            for topic, count in partitions.items()
            for number in range(count)
        }
        found: dict[str, int | None] = dict.fromkeys(partitions)
        if not asked:
            return found
        answers = self._client.list_offsets(asked, request_timeout=LOOK_SECONDS)
        for place, answer in answers.items():
            try:
                timestamp = int(answer.result().timestamp)
            except KafkaException as error:
                failure = self._failure(error, f"look at the newest record of {place.topic}")
                if isinstance(failure, UnknownTopicError):
                    continue
                raise failure from None
            if timestamp >= 0:
                found[place.topic] = max(timestamp, found[place.topic] or 0)
        return found
