"""What every kind of question to a cluster has in common: whom it goes to, and how it fails."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from wms_connector.kafka.errors import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from confluent_kafka import KafkaError, KafkaException

    from wms_connector.kafka.errors import KafkaFailure

LOOK_SECONDS: Final = 6.0
"""For a question: an unreachable broker is told after this time."""


class Polled(Protocol):
    """What is needed of any confluent_kafka.admin.AdminClient."""

    def poll(self, timeout: float, /) -> int:
        """Hand over background reports."""


ClientT = TypeVar("ClientT", bound=Polled)


class Calls(Generic[ClientT]):
    """Calls to one cluster. Those that fail raise a KafkaFailure that says what to do next.

    `brokers` is what messages call the cluster; `causes` gives what the client reported in the
    background since the last call. Waiting uses `clock` and `sleep`, in seconds.
    """

    def __init__(
        self,
        client: ClientT,
        brokers: str,
        *,
        causes: Callable[[], Sequence[KafkaError]] = tuple,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._brokers = brokers
        self._causes = causes
        self._clock = clock
        self._sleep = sleep

    def _failure(self, error: KafkaException, doing: str) -> KafkaFailure:
        self._client.poll(0)  # background reports are handed over only here
        return translate(error.args[0], doing, brokers=self._brokers, causes=self._causes())
