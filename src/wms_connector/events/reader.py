"""A thin way to read topics: ranges for the audit, or as records arrive for `tail`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from wms_connector.events.errors import EventsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_REQUEST_SECONDS: Final = 15.0
_POLL_SECONDS: Final = 0.25
_BATCH: Final = 1000  # messages a call; with their schemas some 4 MB

Partition = tuple[str, int]


class Client(Protocol):
    """What is needed of confluent_kafka's Consumer."""

    def list_topics(self, topic: str = ..., timeout: float = ...) -> Any:
        """Describe topics."""
        ...

    def get_watermark_offsets(
        self,
        partition: TopicPartition,
        timeout: float = ...,
        cached: bool = ...,  # noqa: FBT001
    ) -> Any:
        """Give a partition's first and last offset."""
        ...

    def assign(self, partitions: list[TopicPartition]) -> Any:
        """Read these partitions from these offsets."""
        ...

    def unassign(self) -> Any:
        """Read nothing any more."""
        ...

    def consume(self, num_messages: int = ..., timeout: float = ...) -> Any:
        """Give the messages that have come."""
        ...


class Range(NamedTuple):
    """Offsets of a partition: from the first one kept up to, not including, the end."""

    start: int
    end: int


def consumer_settings(client: Mapping[str, Any], *, committed: bool = True) -> dict[str, Any]:
    """Settings for a consumer of these helpers, on top of how to reach and sign in to Kafka.

    Partitions are assigned, never subscribed to: no group is joined and no offset committed.
    """
    return {
        # librdkafka wants a name for a group although none is joined.
        "group.id": "wms-connector-reader",
        **client,
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "error",
        "isolation.level": "read_committed" if committed else "read_uncommitted",
        "allow.auto.create.topics": False,
        # Records of a table compress ten to twenty times, and are fetched compressed: a megabyte
        # from each partition, the default, is some 250 MB of memory with a dozen of them.
        "max.partition.fetch.bytes": 65536,
        "queued.max.messages.kbytes": 4096,
        # A full queue is looked at again after this; with the default of a second, reading a
        # million records took 45 s instead of 9.
        "fetch.queue.backoff.ms": 5,
        "fetch.wait.max.ms": 20,
    }


def partitions(client: Client, topic: str) -> list[int]:
    """Partitions of a topic, none if there is no such topic. Raises EventsError."""
    try:
        found = client.list_topics(topic, timeout=_REQUEST_SECONDS).topics.get(topic)
    except KafkaException as error:
        raise _told(error.args[0], f"the partitions of {topic}") from None
    if found is None:
        return []
    if found.error is not None:
        if found.error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return []
        raise _told(found.error, f"the partitions of {topic}")
    return sorted(found.partitions)


def ranges(client: Client, topics: Sequence[str]) -> dict[Partition, Range]:
    """Where the topics' partitions begin and end now, for this consumer's isolation level.

    For one that reads committed records the end is the last stable offset: the start of the
    oldest open transaction, if there is one.
    """
    found: dict[Partition, Range] = {}
    for topic in topics:
        for partition in partitions(client, topic):
            where = TopicPartition(topic, partition)
            try:
                low, high = client.get_watermark_offsets(where, timeout=_REQUEST_SECONDS)
            except KafkaException as error:
                raise _told(error.args[0], f"the offsets of {topic}[{partition}]") from None
            except TypeError:  # librdkafka's answer to a timeout is None
                raise EventsError(
                    f"Kafka did not tell the offsets of {topic}[{partition}] "
                    f"within {_REQUEST_SECONDS:.0f} s",
                    hint="Check that every broker is up and reachable from here",
                ) from None
            found[topic, partition] = Range(low, high)
    return found


def read(
    client: Client,
    wanted: Mapping[Partition, Range],
    *,
    stop: Callable[[], bool] = lambda: False,
    patience: int = 240,
    batch: int = _BATCH,
) -> Iterator[list[Any]]:
    """Yield batches of messages of these ranges, until each has been read to its end.

    `patience` is how many empty polls in a row (of 0.25 s) are borne before EventsError.
    """
    open_ = {where: span for where, span in wanted.items() if span.start < span.end}
    if not open_:
        return
    client.assign([TopicPartition(*where, span.start) for where, span in open_.items()])
    empty = 0
    try:
        while open_ and not stop():
            messages = client.consume(batch, timeout=_POLL_SECONDS)
            empty = 0 if messages else empty + 1
            if empty > patience:
                (topic, partition), span = next(iter(open_.items()))
                raise EventsError(
                    f"Kafka sent nothing more of {topic}[{partition}] although its end, "
                    f"offset {span.end}, is not reached",
                    hint="Check that the broker that leads the partition is up",
                )
            yield _within(messages, open_)
    finally:
        client.unassign()


def follow(
    client: Client,
    topics: Sequence[str],
    *,
    from_beginning: bool = False,
    until: Mapping[Partition, Range] | None = None,
    stop: Callable[[], bool] = lambda: False,
    batch: int = 500,
) -> Iterator[list[Any]]:
    """Yield batches as they arrive, empty ones too, until `stop` says so or `until` is reached.

    From now on unless `from_beginning`. An empty batch comes at least every quarter of a second,
    so that the caller can look at a clock or a signal. Raises EventsError if a topic is missing.
    """
    found = ranges(client, topics) if until is None else dict(until)
    for topic in topics:
        if not any(where[0] == topic for where in found):
            raise EventsError(
                f"there is no topic {topic}",
                hint="Make the topics with `wms-connector topics apply`, or start the runtime "
                "with `wms-connector local up`",
            )
    if until is not None:
        yield from read(client, found, stop=stop, batch=batch)
        return
    client.assign(
        [
            TopicPartition(*where, span.start if from_beginning else span.end)
            for where, span in found.items()
        ]
    )
    try:
        while not stop():
            messages = client.consume(batch, timeout=_POLL_SECONDS)
            yield [message for message in messages if not _is_end(message)]
    finally:
        client.unassign()


def _within(messages: list[Any], open_: dict[Partition, Range]) -> list[Any]:
    """Messages inside their ranges; removes the ranges that are done."""
    kept = []
    for message in messages:
        error = message.error()
        if error is None:
            where = (message.topic(), message.partition())
            span = open_.get(where)
            if span is None:
                continue  # past an end that was reached before
            offset = message.offset()
            if offset < span.end:
                kept.append(message)
            if offset >= span.end - 1:
                del open_[where]
        elif _is_end(message):
            # Control records at the end are not delivered: only this tells that they are passed.
            where = (message.topic(), message.partition())
            span = open_.get(where)
            if span is not None and message.offset() >= span.end:
                del open_[where]
    return kept


def _is_end(message: Any) -> bool:
    """Whether it says that a partition's end was reached; raises EventsError for an error."""
    error = message.error()
    if error is None:
        return False
    if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001  (librdkafka's own name)
        return True
    if error.retriable() or error.code() in _PASSING:
        return True  # librdkafka goes on by itself; silence is what `read` does not bear for long
    raise _told(error, f"{message.topic()}[{message.partition()}]")


_PASSING: Final = frozenset(
    {
        KafkaError._TRANSPORT,  # noqa: SLF001
        KafkaError._ALL_BROKERS_DOWN,  # noqa: SLF001
        KafkaError._TIMED_OUT,  # noqa: SLF001
    }
)


def _told(error: Any, what: str) -> EventsError:
    hint = "Check that Kafka is up and that its address is right"
    code = error.code()
    if code in {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED}:
        hint = "Give this user the right to read and describe the topic"
    elif code == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001
        hint = "Records were removed while they were read: read again"
    return EventsError(f"{what} could not be read: {error.str()}", hint=hint)
