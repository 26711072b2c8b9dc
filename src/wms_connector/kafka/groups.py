"""Whether a group still has members, told by Kafka itself: it removes only a group without any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from confluent_kafka import KafkaError, KafkaException

from wms_connector.kafka.calls import LOOK_SECONDS, Calls, Polled
from wms_connector.kafka.errors import GroupInUseError

if TYPE_CHECKING:
    from concurrent.futures import Future

_POLL_SECONDS: Final = 2.0


class Client(Polled, Protocol):
    """What is needed of confluent_kafka.admin.AdminClient."""

    def delete_consumer_groups(
        self, group_ids: list[str], /, *, request_timeout: float
    ) -> dict[str, Future[Any]]:
        """Remove groups that have no members."""


class Groups(Calls[Client]):
    """Groups of one cluster, those of Kafka Connect's workers too.

    Describing does not do for those: the client refuses every group that is not of consumers, and
    its listing leaves out silently what the signed-in user may not see.
    """

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
            code = error.args[0].code()
            if code == KafkaError.GROUP_ID_NOT_FOUND:
                return False
            in_use = code == KafkaError.NON_EMPTY_GROUP
            # A broker that is just taking the group over answers so, and soon differently.
            passing = in_use or code in _MOVING
            if passing and self._clock() < deadline:
                self._sleep(_POLL_SECONDS)
                continue
            if in_use:
                raise GroupInUseError(
                    f"workers are still in the group {group}",
                    hint="Wait until they have ended, then try again",
                )
            raise self._failure(error, f"see whether anybody is in the group {group}")

    def _once(self, group: str) -> KafkaException | None:
        try:
            answers = self._client.delete_consumer_groups([group], request_timeout=LOOK_SECONDS)
            answers[group].result()
        except KafkaException as error:
            return error
        return None


_MOVING: Final = frozenset(
    {
        KafkaError.NOT_COORDINATOR,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    }
)
