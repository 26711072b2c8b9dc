"""Whether a group still has members, told by Kafka itself: it removes only a group without any."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, Protocol

from confluent_kafka import KafkaError, KafkaException

from wms_connector.kafka.errors import GroupInUseError, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

ANSWER_SECONDS: Final = 6.0
"""For one question: an unreachable broker is told after this time."""
_POLL_SECONDS: Final = 2.0


class Client(Protocol):
    """What is needed of confluent_kafka.admin.AdminClient."""

    def delete_consumer_groups(
        self, group_ids: list[str], /, *, request_timeout: float
    ) -> dict[str, Future[Any]]:
        """Remove groups that have no members."""

    def poll(self, timeout: float, /) -> int:
        """Hand over background reports."""


class Groups:
    """Groups of one cluster, those of Kafka Connect's workers too.

    Describing does not do for those: the client refuses every group that is not of consumers, and
    its listing leaves out silently what the signed-in user may not see.
    """

    def __init__(
        self,
        client: Client,
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

    def remove(self, group: str, *, seconds: float = 0.0) -> bool:
        """Wait until a group has no members, and remove it; tells whether it was there.

        Raises GroupInUseError when members are left after `seconds`, and a KafkaFailure for
        everything else. A worker that was killed is a member until its session ends, after 6 s.
        """
        deadline = self._clock() + seconds
        while True:
            error = self._once(group)
            if error is None:
                return True
            if error.code() == KafkaError.GROUP_ID_NOT_FOUND:
                return False
            in_use = error.code() == KafkaError.NON_EMPTY_GROUP
            # A broker that is just taking the group over answers so, and soon differently.
            passing = in_use or error.code() in _MOVING
            if not passing or self._clock() >= deadline:
                raise self._failure(error, group, in_use=in_use)
            self._sleep(_POLL_SECONDS)

    def _once(self, group: str) -> KafkaError | None:
        try:
            answers = self._client.delete_consumer_groups([group], request_timeout=ANSWER_SECONDS)
            answers[group].result()
        except KafkaException as error:
            found: KafkaError = error.args[0]
            return found
        return None

    def _failure(self, error: KafkaError, group: str, *, in_use: bool) -> Exception:
        if in_use:
            return GroupInUseError(
                f"workers are still in the group {group}",
                hint="Wait until they have ended, then try again",
            )
        self._client.poll(0)  # background reports are handed over only here
        doing = f"see whether anybody is in the group {group}"
        return translate(error, doing, brokers=self._brokers, causes=self._causes())


_MOVING: Final = frozenset(
    {
        KafkaError.NOT_COORDINATOR,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    }
)
