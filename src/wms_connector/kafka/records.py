"""When the newest record of a topic was written, and where topics end: no record is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined] # not marked so

from wms_connector.kafka.calls import LOOK_SECONDS, Calls, Polled
from wms_connector.kafka.errors import UnknownTopicError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future

_NEWEST: Final = OffsetSpec.max_timestamp()  # type: ignore[no-untyped-call]
_END: Final = OffsetSpec.latest()  # type: ignore[no-untyped-call]
_ALL: Final = IsolationLevel.READ_UNCOMMITTED
_COMMITTED: Final = IsolationLevel.READ_COMMITTED


class Client(Polled, Protocol):
    """What is needed of confluent_kafka.admin.AdminClient."""

    def list_offsets(
        self,
        partitions: dict[TopicPartition, Any],
        /,
        *,
        request_timeout: float,
        isolation_level: IsolationLevel,
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
        found: dict[str, int | None] = dict.fromkeys(partitions)
        for topic, answer in self._asked(partitions, _NEWEST, _ALL, "look at the newest record"):
            if answer.timestamp >= 0:
                found[topic] = max(int(answer.timestamp), found[topic] or 0)
        return found

    def ends(self, partitions: Mapping[str, int]) -> dict[str, int]:
        """Give the sum of the ends of each topic's partitions: it grows with each record.

        Only what is committed counts; the end of a transaction counts as a record. A topic that
        was deleted meanwhile ends at 0. Raises a KafkaFailure.
        """
        found = dict.fromkeys(partitions, 0)
        for topic, answer in self._asked(partitions, _END, _COMMITTED, "look at the end"):
            found[topic] += int(answer.offset)
        return found

    def _asked(
        self, partitions: Mapping[str, int], what: Any, level: IsolationLevel, doing: str
    ) -> Iterator[tuple[str, Any]]:
        """Ask for an offset of each partition; gives topics with the answers of those that are."""
        asked = {
            TopicPartition(topic, number): what
            for topic, count in partitions.items()
            for number in range(count)
        }
        if not asked:
            return
        answers = self._client.list_offsets(
            asked, request_timeout=LOOK_SECONDS, isolation_level=level
        )
        for place, answer in answers.items():
            try:
                yield place.topic, answer.result()
            except KafkaException as error:
                failure = self._failure(error, f"{doing} of {place.topic}")
                if not isinstance(failure, UnknownTopicError):
                    raise failure from None
