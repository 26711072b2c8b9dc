"""Topics of a cluster by exact names: describe, apply a plan, delete. A thin client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import (  # type: ignore[attr-defined] # public, but not marked so
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from wms_connector.kafka.calls import LOOK_SECONDS, Calls, Polled
from wms_connector.kafka.errors import (
    KafkaFailure,
    SeveralFailuresError,
    TimedOutError,
    UnknownTopicError,
)
from wms_connector.kafka.topics import ActualTopic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from wms_connector.kafka.plan import Alter, TopicPlan
    from wms_connector.kafka.topics import DesiredTopic

CHANGE_SECONDS: Final = 30.0
"""For a change: creating dozens of topics on a busy cluster takes a while."""
_POLL_SECONDS: Final = 0.1


class Client(Polled, Protocol):
    """What is needed of confluent_kafka.admin.AdminClient; a fake in the tests has the same."""

    def describe_topics(self, topics: Any, /, *, request_timeout: float) -> dict[str, Future[Any]]:
        """Describe topics by name."""

    def describe_cluster(self, *, request_timeout: float) -> Future[Any]:
        """Describe the brokers."""

    def describe_configs(
        self, resources: Any, /, *, request_timeout: float
    ) -> dict[Any, Future[Any]]:
        """Give the settings in force."""

    def incremental_alter_configs(
        self, resources: Any, /, *, request_timeout: float
    ) -> dict[Any, Future[Any]]:
        """Set single settings, leaving the rest."""

    def create_topics(self, topics: Any, /, *, request_timeout: float) -> dict[str, Future[Any]]:
        """Create topics."""

    def delete_topics(self, topics: Any, /, *, request_timeout: float) -> dict[str, Future[Any]]:
        """Delete topics by name."""


@dataclass(frozen=True, slots=True)
class Applied:
    """Names of the topics that were created and altered."""

    created: tuple[str, ...]
    altered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deleted:
    """Names that were deleted, and those that were not there."""

    deleted: tuple[str, ...]
    absent: tuple[str, ...]


class TopicAdmin(Calls[Client]):
    """Topics of one cluster."""

    def broker_count(self) -> int:
        """How many brokers the cluster has: no topic can have more replicas."""
        try:
            cluster = self._client.describe_cluster(request_timeout=LOOK_SECONDS)
            return len(cluster.result().nodes)
        except KafkaException as error:
            raise self._failure(error, "ask for the brokers") from None

    def describe(self, names: Iterable[str]) -> dict[str, ActualTopic]:
        """Describe those of the topics that exist; never lists, never creates one."""
        found = self._layouts(names)
        if not found:
            return {}
        resources = [ConfigResource(ResourceType.TOPIC, name) for name in found]
        answers = self._client.describe_configs(resources, request_timeout=LOOK_SECONDS)
        settings: dict[str, Mapping[str, str]] = {}
        for resource, answer in answers.items():
            try:
                entries = answer.result()
            except KafkaException as error:
                failure = self._failure(error, f"read the settings of {resource.name}")
                if isinstance(failure, UnknownTopicError):  # deleted between the two questions
                    continue
                raise failure from None
            settings[resource.name] = {
                key: entry.value for key, entry in entries.items() if entry.value is not None
            }
        return {
            name: ActualTopic(name, *layout, settings[name])
            for name, layout in found.items()
            if name in settings
        }

    def existing(self, names: Iterable[str]) -> tuple[str, ...]:
        """Give those of the names that are topics; needs the right to describe, nothing more."""
        return tuple(self._layouts(names))

    def apply(self, plan: TopicPlan, *, progress: Callable[[str], object] = str) -> Applied:
        """Do what a plan says, then wait until every created topic can be written to.

        Raises RefusedPlanError before anything is done if the plan has a blocking difference.
        A topic that somebody else created meanwhile counts as created: plan again to compare.
        """
        plan.check()
        self._create(plan.create)
        for alter in plan.alter:
            progress(f"altering {alter.topic}")
        self._alter(plan.alter)
        self._wait_until_altered(plan.alter)
        created = tuple(topic.name for topic in plan.create)
        self.wait_until_visible(created)
        for name in created:
            progress(f"created {name}")
        return Applied(created, tuple(alter.topic for alter in plan.alter))

    def wait_until_visible(self, names: Sequence[str], *, seconds: float = CHANGE_SECONDS) -> None:
        """Wait until each topic is described with a leader for all of its partitions."""
        deadline = self._clock() + seconds
        while missing := [name for name in names if name not in self._layouts(names, led=True)]:
            if self._clock() >= deadline:
                raise TimedOutError(
                    f"{len(missing)} created topics are not ready after {seconds:.0f} s: "
                    f"{', '.join(missing)}",
                    hint="Look at the brokers' health; then run the command again",
                )
            self._sleep(_POLL_SECONDS)

    def delete(self, names: Sequence[str], *, seconds: float = CHANGE_SECONDS) -> Deleted:
        """Delete topics by exact names and wait until they are gone.

        Who calls this has decided what may be deleted: see `destroy`.
        """
        if not names:
            return Deleted((), ())
        answers = self._client.delete_topics(list(names), request_timeout=seconds)
        absent: list[str] = []
        failures: list[KafkaFailure] = []
        for name, answer in answers.items():
            try:
                answer.result()
            except KafkaException as error:
                failure = self._failure(error, f"delete the topic {name}")
                if isinstance(failure, UnknownTopicError):
                    absent.append(name)
                else:
                    failures.append(failure)
        _raise(failures)
        deleted = tuple(name for name in names if name not in absent)
        self._wait_until_gone(deleted, seconds)
        return Deleted(deleted, tuple(absent))

    def _wait_until_gone(self, names: Sequence[str], seconds: float) -> None:
        deadline = self._clock() + seconds
        while left := self._layouts(names):
            if self._clock() >= deadline:
                raise TimedOutError(
                    f"{len(left)} deleted topics are still there after {seconds:.0f} s: "
                    f"{', '.join(left)}",
                    hint="Run the command again; check that no worker of the stage still runs",
                )
            self._sleep(_POLL_SECONDS)

    def _wait_until_altered(self, alterations: Sequence[Alter]) -> None:
        """Wait until brokers show what was changed: they learn it some milliseconds later."""
        deadline = self._clock() + CHANGE_SECONDS
        pending = {alter.topic: alter for alter in alterations}
        while pending:
            for name, topic in self.describe(pending).items():
                if all(topic.settings.get(c.key) == c.after for c in pending[name].changes):
                    del pending[name]
            if pending and self._clock() >= deadline:
                raise TimedOutError(
                    f"{len(pending)} altered topics do not show it after {CHANGE_SECONDS:.0f} s: "
                    f"{', '.join(pending)}",
                    hint="Plan again; somebody else may have changed them at the same time",
                )
            if pending:
                self._sleep(_POLL_SECONDS)

    def _layouts(self, names: Iterable[str], *, led: bool = False) -> dict[str, tuple[int, int]]:
        """Partitions and replicas of those topics that exist; with `led`, of those with leaders."""
        wanted = list(dict.fromkeys(names))
        if not wanted:
            return {}
        answers = self._client.describe_topics(
            TopicCollection(wanted), request_timeout=LOOK_SECONDS
        )
        layouts: dict[str, tuple[int, int]] = {}
        for name in wanted:
            try:
                partitions = answers[name].result().partitions
            except KafkaException as error:
                failure = self._failure(error, f"look at the topic {name}")
                if isinstance(failure, UnknownTopicError):
                    continue
                raise failure from None
            if not led or (partitions and all(_has_leader(part) for part in partitions)):
                replicas = min((len(part.replicas) for part in partitions), default=0)
                layouts[name] = (len(partitions), replicas)
        return layouts

    def _create(self, topics: Sequence[DesiredTopic]) -> None:
        if not topics:
            return
        new = [
            NewTopic(
                topic.name,
                num_partitions=topic.partitions,
                replication_factor=topic.replication,
                config=dict(topic.settings),
            )
            for topic in topics
        ]
        failures = []
        answers = self._client.create_topics(new, request_timeout=CHANGE_SECONDS)
        for name, answer in answers.items():
            try:
                answer.result()
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    failures.append(self._failure(error, f"create the topic {name}"))
        _raise(failures)

    def _alter(self, alterations: Sequence[Alter]) -> None:
        if not alterations:
            return
        resources = [
            ConfigResource(
                ResourceType.TOPIC,
                alter.topic,
                incremental_configs=[
                    ConfigEntry(
                        change.key,
                        change.after,
                        incremental_operation=AlterConfigOpType.SET,
                    )
                    for change in alter.changes
                ],
            )
            for alter in alterations
        ]
        failures = []
        answers = self._client.incremental_alter_configs(resources, request_timeout=CHANGE_SECONDS)
        for resource, answer in answers.items():
            try:
                answer.result()
            except KafkaException as error:
                failures.append(self._failure(error, f"alter the topic {resource.name}"))
        _raise(failures)


def _has_leader(partition: Any) -> bool:
    # librdkafka gives no node, or the node -1, while a partition has no leader.
    return partition.leader is not None and partition.leader.id >= 0


def _raise(failures: Sequence[KafkaFailure]) -> None:
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise SeveralFailuresError(failures)
