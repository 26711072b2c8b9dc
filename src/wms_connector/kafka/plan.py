"""From desired and actual topics to a plan that can be read before it is applied. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wms_connector.kafka.errors import RefusedPlanError
from wms_connector.kafka.topics import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wms_connector.kafka.topics import ActualTopic, DesiredTopic

_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Change:
    """One setting of a topic that will be changed; `before` is None when the broker has none."""

    key: str
    before: str | None
    after: str

    @property
    def drops_records(self) -> bool:
        """Whether records that are there now may go sooner: expired, or compacted away."""
        if self.key == "cleanup.policy":
            policies = (self.before or "delete").split(",")
            return any(policy not in policies for policy in self.after.split(","))
        if not self.key.startswith("retention."):
            return False
        before, after = int(self.before or -1), int(self.after)
        return after >= 0 and (before < 0 or after < before)


@dataclass(frozen=True, slots=True)
class Alter:
    """A topic that exists and gets other settings."""

    topic: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something about a topic that differs and is left as it is; `blocking` ones stop a plan."""

    topic: str
    what: str
    actual: int
    desired: int
    why: str
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """What has to be done, in order: create, alter; and what is only reported."""

    create: tuple[DesiredTopic, ...] = ()
    alter: tuple[Alter, ...] = ()
    differences: tuple[Difference, ...] = ()
    unchanged: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether applying it would change nothing."""
        return not self.create and not self.alter

    def check(self) -> None:
        """Raise RefusedPlanError for what would break a worker or a connector later."""
        blocking = [difference for difference in self.differences if difference.blocking]
        if blocking:
            raise RefusedPlanError(
                "; ".join(
                    f"the topic {found.topic} has {found.actual} {found.what} and must have "
                    f"{found.desired}: {found.why}"
                    for found in blocking
                ),
                hint="Nothing was changed. Find out who made the topic before you touch it",
            )

    def lines(self) -> list[str]:
        """Give the plan for people, one thing a line: `+` create, `~` alter, `!` differs."""
        lines = [f"+ {_described(topic)}" for topic in self.create]
        for alter in self.alter:
            for change in alter.changes:
                before = "unset" if change.before is None else _readable(change.key, change.before)
                after = _readable(change.key, change.after)
                warning = "  (older records may go)" if change.drops_records else ""
                lines.append(f"~ {alter.topic}: {change.key} {before} -> {after}{warning}")
        lines += [
            f"! {found.topic}: {found.actual} {found.what}, desired {found.desired}; "
            f"left as it is: {found.why}"
            for found in self.differences
        ]
        lines.append(
            f"{len(self.create)} to create, {len(self.alter)} to alter, "
            f"{len(self.unchanged)} as desired, {len(self.differences)} left different"
        )
        return lines

    def as_json(self) -> dict[str, Any]:
        """Give the plan for programs."""
        return {
            "create": [
                {
                    "topic": topic.name,
                    "purpose": topic.purpose.value,
                    "partitions": topic.partitions,
                    "replication": topic.replication,
                    "settings": dict(topic.settings),
                }
                for topic in self.create
            ],
            "alter": [
                {
                    "topic": alter.topic,
                    "changes": [
                        {"key": change.key, "before": change.before, "after": change.after}
                        for change in alter.changes
                    ],
                }
                for alter in self.alter
            ],
            "differences": [
                {
                    "topic": found.topic,
                    "what": found.what,
                    "actual": found.actual,
                    "desired": found.desired,
                    "why": found.why,
                    "blocking": found.blocking,
                }
                for found in self.differences
            ],
            "unchanged": list(self.unchanged),
        }


def plan(desired: Iterable[DesiredTopic], actual: Mapping[str, ActualTopic]) -> TopicPlan:
    """Compare what is desired with what the cluster has under exactly these names."""
    create: list[DesiredTopic] = []
    alter: list[Alter] = []
    differences: list[Difference] = []
    unchanged: list[str] = []
    for topic in desired:
        found = actual.get(topic.name)
        if found is None:
            create.append(topic)
            continue
        left = _differences(topic, found)
        changes = _changes(topic, found)
        differences += left
        if changes:
            alter.append(Alter(topic.name, changes))
        elif not left:
            unchanged.append(topic.name)
    return TopicPlan(tuple(create), tuple(alter), tuple(differences), tuple(unchanged))


def _changes(topic: DesiredTopic, found: ActualTopic) -> tuple[Change, ...]:
    return tuple(
        Change(key, found.settings.get(key), value)
        for key, value in topic.settings.items()
        if _normal(key, found.settings.get(key)) != _normal(key, value)
    )


def _differences(topic: DesiredTopic, found: ActualTopic) -> list[Difference]:
    differences = []
    if found.partitions != topic.partitions:
        one = topic.purpose.one_partition
        differences.append(
            Difference(
                topic.name,
                "partitions",
                found.partitions,
                topic.partitions,
                _why_partitions(topic.purpose),
                blocking=one,
            )
        )
    if found.replication != topic.replication:
        differences.append(
            Difference(
                topic.name,
                "replicas",
                found.replication,
                topic.replication,
                "only a reassignment by the cluster's operator changes it",
            )
        )
    return differences


def _why_partitions(purpose: Purpose) -> str:
    if purpose is Purpose.CONNECT_CONFIG:
        return "a Kafka Connect worker refuses to start with any other number"
    if purpose is Purpose.SCHEMA_HISTORY:
        return "Debezium replays it in the order of a single partition"
    return "another number of partitions moves keys, and with them the order of their changes"


def _normal(key: str, value: str | None) -> str | None:
    if key == "cleanup.policy" and value is not None:
        return ",".join(sorted(part.strip() for part in value.split(",")))
    return value


def _described(topic: DesiredTopic) -> str:
    policy = topic.settings.get("cleanup.policy", "")
    retention = topic.settings.get("retention.ms")
    kept = "" if retention is None else f", {_readable('retention.ms', retention)}"
    partitions = "1 partition" if topic.partitions == 1 else f"{topic.partitions} partitions"
    replicas = "1 replica" if topic.replication == 1 else f"{topic.replication} replicas"
    return f"{topic.name} ({topic.purpose}: {partitions}, {replicas}, {policy}{kept})"


def _readable(key: str, value: str) -> str:
    if key == "retention.ms":
        milliseconds = int(value)
        if milliseconds < 0:
            return "kept for ever"
        if milliseconds % _HOUR_MS == 0:
            return f"{milliseconds // _HOUR_MS} h"
    return value
