"""A cluster in memory that answers as confluent_kafka's AdminClient does."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from confluent_kafka import KafkaError, KafkaException

if TYPE_CHECKING:
    from collections.abc import Callable


def failed(code: int, text: str = "said the broker") -> KafkaException:
    return KafkaException(KafkaError(code, text))


def _answer(result: Any = None, error: Exception | None = None) -> Future[Any]:
    future: Future[Any] = Future()
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
    return future


@dataclass
class FakeTopic:
    partitions: int
    replicas: int
    settings: dict[str, str | None]
    leaderless_looks: int = 0  # looks for which the topic has no leader yet
    stale_looks: int = 0  # looks for which changed settings are not shown yet
    shown: dict[str, str | None] = field(default_factory=dict)


class FakeCluster:
    """`errors` maps (call, name) to the exception that the call gives for that name."""

    def __init__(self, *, brokers: int = 3) -> None:
        self.brokers = brokers
        self.topics: dict[str, FakeTopic] = {}
        self.errors: dict[tuple[str, str], Exception] = {}
        self.calls: list[tuple[str, tuple[str, ...]]] = []
        self.new_are_leaderless_for = 0
        self.changes_show_after = 0
        self.deletions_show_after = 0
        self._dying: dict[str, int] = {}
        self.polled = 0
        self.members: dict[str, int] = {}  # looks for which a group has members; then it is empty
        self.newest: dict[tuple[str, int], int] = {}
        self.ends: dict[tuple[str, int], int] = {}
        self.before_create: Callable[[], None] | None = None

    def delete_consumer_groups(self, group_ids: list[str], **_: Any) -> dict[str, Future[Any]]:
        self.calls.append(("delete_groups", tuple(group_ids)))
        return {group: self._group_deleted(group) for group in group_ids}

    def list_offsets(self, partitions: Any, **_: Any) -> dict[Any, Future[Any]]:
        self.calls.append(("list_offsets", tuple(f"{p.topic}-{p.partition}" for p in partitions)))
        return {
            place: _answer(
                SimpleNamespace(
                    timestamp=self.newest.get((place.topic, place.partition), -1),
                    offset=self.ends.get((place.topic, place.partition), 0),
                ),
                self.errors.get(("list_offsets", place.topic)),
            )
            for place in partitions
        }

    def describe_cluster(self, **_: Any) -> Future[Any]:
        self.calls.append(("describe_cluster", ()))
        if error := self.errors.get(("describe_cluster", "")):
            return _answer(error=error)
        return _answer(SimpleNamespace(nodes=[object()] * self.brokers))

    def describe_topics(self, topics: Any, **_: Any) -> dict[str, Future[Any]]:
        names = tuple(topics.topic_names)
        self.calls.append(("describe_topics", names))
        return {name: self._described(name) for name in names}

    def describe_configs(self, resources: Any, **_: Any) -> dict[Any, Future[Any]]:
        self.calls.append(("describe_configs", tuple(r.name for r in resources)))
        return {resource: self._settings(resource.name) for resource in resources}

    def incremental_alter_configs(self, resources: Any, **_: Any) -> dict[Any, Future[Any]]:
        self.calls.append(("alter", tuple(r.name for r in resources)))
        answers = {}
        for resource in resources:
            error = self.errors.get(("alter", resource.name))
            if error is None:
                topic = self.topics[resource.name]
                topic.shown, topic.stale_looks = dict(topic.settings), self.changes_show_after
                for entry in resource.incremental_configs:
                    topic.settings[entry.name] = entry.value
            answers[resource] = _answer(error=error)
        return answers

    def create_topics(self, topics: Any, **_: Any) -> dict[str, Future[Any]]:
        self.calls.append(("create", tuple(t.topic for t in topics)))
        if self.before_create is not None:
            self.before_create()
        return {topic.topic: self._created(topic) for topic in topics}

    def delete_topics(self, topics: Any, **_: Any) -> dict[str, Future[Any]]:
        self.calls.append(("delete", tuple(topics)))
        answers = {}
        for name in topics:
            error = self.errors.get(("delete", name))
            if error is None and name not in self.topics:
                error = failed(KafkaError.UNKNOWN_TOPIC_OR_PART)
            if error is None:
                self._dying[name] = self.deletions_show_after
                if not self.deletions_show_after:
                    del self.topics[name]
            answers[name] = _answer(error=error)
        return answers

    def _group_deleted(self, group: str) -> Future[Any]:
        if error := self.errors.get(("delete_groups", group)):
            return _answer(error=error)
        left = self.members.get(group)
        if left is None:
            return _answer(error=failed(KafkaError.GROUP_ID_NOT_FOUND))
        if left > 0:
            self.members[group] = left - 1
            return _answer(error=failed(KafkaError.NON_EMPTY_GROUP))
        del self.members[group]
        return _answer()

    def poll(self, timeout: float) -> int:
        self.polled += 1
        return 0

    def _described(self, name: str) -> Future[Any]:
        if error := self.errors.get(("describe", name)):
            return _answer(error=error)
        if name in self._dying and name in self.topics:
            self._dying[name] -= 1
            if self._dying[name] <= 0:
                del self.topics[name]
        topic = self.topics.get(name)
        if topic is None:
            return _answer(error=failed(KafkaError.UNKNOWN_TOPIC_OR_PART))
        leader = SimpleNamespace(id=1) if topic.leaderless_looks <= 0 else SimpleNamespace(id=-1)
        topic.leaderless_looks -= 1
        part = SimpleNamespace(leader=leader, replicas=[object()] * topic.replicas)
        return _answer(SimpleNamespace(partitions=[part] * topic.partitions))

    def _settings(self, name: str) -> Future[Any]:
        if error := self.errors.get(("configs", name)):
            return _answer(error=error)
        topic = self.topics[name]
        topic.stale_looks -= 1
        settings = topic.shown if topic.stale_looks >= 0 else topic.settings
        return _answer({key: SimpleNamespace(value=value) for key, value in settings.items()})

    def _created(self, topic: Any) -> Future[Any]:
        error = self.errors.get(("create", topic.topic))
        for name in self.topics:
            if name.replace(".", "_") == topic.topic.replace(".", "_"):
                if name == topic.topic:
                    error = failed(KafkaError.TOPIC_ALREADY_EXISTS)
                else:
                    text = f"Topic '{topic.topic}' collides with existing topic: {name}"
                    error = failed(KafkaError.TOPIC_EXCEPTION, text)
        if topic.replication_factor > self.brokers:
            error = failed(KafkaError.INVALID_REPLICATION_FACTOR, "only 1 broker(s)")
        if error is None:
            self._dying.pop(topic.topic, None)
            self.topics[topic.topic] = FakeTopic(
                topic.num_partitions,
                topic.replication_factor,
                {**topic.config, "unset": None},
                leaderless_looks=self.new_are_leaderless_for,
            )
        return _answer(error=error)
