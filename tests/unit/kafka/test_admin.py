from __future__ import annotations

from dataclasses import replace

import pytest
from confluent_kafka import KafkaError
from tests.unit.clock import Clock
from tests.unit.kafka.fake_cluster import FakeCluster, failed
from tests.unit.model.strategies import pipeline

from wms_connector.kafka.admin import Applied, Deleted, TopicAdmin
from wms_connector.kafka.errors import (
    CollisionError,
    KafkaFailure,
    NoRightsError,
    RefusedPlanError,
    ReplicasError,
    SeveralFailuresError,
    TimedOutError,
    UnreachableError,
)
from wms_connector.kafka.plan import plan
from wms_connector.kafka.topics import desired
from wms_connector.model.stage import Stage

STAGE = Stage.parse("a.b")
WANTED = desired(pipeline(), STAGE)
NAMES = tuple(topic.name for topic in WANTED)


def admin(cluster: FakeCluster, clock: Clock | None = None) -> TopicAdmin:
    time = clock or Clock()
    return TopicAdmin(cluster, "broker:9092", clock=time, sleep=time.sleep)


def apply(cluster: FakeCluster, wanted=WANTED) -> Applied:
    client = admin(cluster)
    return client.apply(plan(wanted, client.describe(topic.name for topic in wanted)))


def test_topics_are_created_as_desired_and_then_nothing_is_left_to_do() -> None:
    cluster = FakeCluster()
    told: list[str] = []
    client = admin(cluster)
    applied = client.apply(plan(WANTED, {}), progress=told.append)
    assert applied == Applied(NAMES, ())
    assert told == [f"created {name}" for name in NAMES]
    assert plan(WANTED, client.describe(NAMES)).is_empty
    assert apply(cluster) == Applied((), ())


def test_describing_asks_for_exactly_these_names_once() -> None:
    cluster = FakeCluster()
    assert admin(cluster).describe(["x", "y", "x"]) == {}
    assert cluster.calls == [("describe_topics", ("x", "y"))]


def test_describing_nothing_asks_nothing() -> None:
    cluster = FakeCluster()
    assert admin(cluster).describe([]) == {}
    assert not cluster.calls


def test_a_created_topic_is_waited_for_until_it_has_leaders() -> None:
    cluster, clock = FakeCluster(), Clock()
    cluster.new_are_leaderless_for = 3
    admin(cluster, clock).apply(plan(WANTED, {}))
    assert clock.now > 0


def test_a_topic_that_gets_no_leader_is_told_at_the_deadline() -> None:
    cluster = FakeCluster()
    cluster.new_are_leaderless_for = 10_000
    with pytest.raises(TimedOutError, match="not ready after 30 s") as caught:
        admin(cluster).apply(plan(WANTED[:1], {}))
    assert NAMES[0] in str(caught.value)


def test_settings_are_altered_one_by_one_and_waited_for() -> None:
    cluster, clock = FakeCluster(), Clock()
    apply(cluster)
    cluster.changes_show_after = 3
    cluster.topics[NAMES[0]].settings["retention.ms"] = "1"
    cluster.topics[NAMES[0]].settings["segment.bytes"] = "77"
    client = admin(cluster, clock)
    told: list[str] = []
    applied = client.apply(plan(WANTED, client.describe(NAMES)), progress=told.append)
    assert applied == Applied((), (NAMES[0],))
    assert told == [f"altering {NAMES[0]}"]
    assert clock.now > 0
    assert cluster.topics[NAMES[0]].settings["segment.bytes"] == "77"
    assert plan(WANTED, client.describe(NAMES)).is_empty


def test_an_alteration_that_never_shows_is_told() -> None:
    cluster = FakeCluster()
    apply(cluster)
    cluster.changes_show_after = 10_000
    cluster.topics[NAMES[0]].settings["retention.ms"] = "1"
    with pytest.raises(TimedOutError, match="do not show it"):
        apply(cluster)


def test_an_alteration_that_is_refused_says_which_topic() -> None:
    cluster = FakeCluster()
    apply(cluster)
    cluster.topics[NAMES[0]].settings["retention.ms"] = "1"
    cluster.errors["alter", NAMES[0]] = failed(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    with pytest.raises(NoRightsError, match=f"alter the topic {NAMES[0]}"):
        apply(cluster)


def test_a_refused_plan_does_nothing() -> None:
    cluster = FakeCluster()
    apply(cluster)
    config = next(name for name in NAMES if name.endswith(".config"))
    cluster.topics[config].partitions = 2
    del cluster.topics[NAMES[0]]
    cluster.calls.clear()
    with pytest.raises(RefusedPlanError):
        apply(cluster)
    assert {call for call, _ in cluster.calls} <= {"describe_topics", "describe_configs"}


def test_a_topic_that_somebody_else_creates_meanwhile_is_fine() -> None:
    cluster = FakeCluster()
    made = plan(WANTED, {})
    apply(cluster, WANTED[:2])
    assert admin(cluster).apply(made).created == NAMES


def test_a_collision_of_dot_and_underscore_names_both() -> None:
    cluster = FakeCluster()
    apply(cluster)
    other = desired(pipeline(), Stage.parse("a_b"))
    with pytest.raises(CollisionError, match=r"'a_b\.wms\..*'a\.b\.wms\.") as caught:
        apply(cluster, other[:1])
    assert "another stage name" in str(caught.value.hint)
    with pytest.raises(SeveralFailuresError, match="and 8 more topics likewise") as several:
        apply(cluster, other)
    assert len(several.value.failures) == 9
    assert all(isinstance(failure, CollisionError) for failure in several.value.failures)


def test_more_replicas_than_brokers_says_what_to_lower() -> None:
    with pytest.raises(ReplicasError, match="fewer brokers than replicas") as caught:
        apply(FakeCluster(brokers=1), WANTED[:1])
    assert "replication under [topics]" in str(caught.value)


def test_failures_of_several_kinds_are_all_told() -> None:
    cluster = FakeCluster()
    cluster.errors["create", NAMES[0]] = failed(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    cluster.errors["create", NAMES[1]] = failed(KafkaError.POLICY_VIOLATION, "too many")
    with pytest.raises(SeveralFailuresError) as caught:
        apply(cluster)
    assert "no right" in str(caught.value)
    assert "too many" in str(caught.value)
    assert NAMES[2] in cluster.topics  # the others were created all the same


def test_without_the_right_to_look_nothing_counts_as_absent() -> None:
    cluster = FakeCluster()
    cluster.errors["describe", "x"] = failed(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    with pytest.raises(NoRightsError, match="look at the topic x"):
        admin(cluster).describe(["x"])


def test_settings_that_may_not_be_read_are_told() -> None:
    cluster = FakeCluster()
    apply(cluster)
    cluster.errors["configs", NAMES[0]] = failed(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    with pytest.raises(NoRightsError, match="read the settings"):
        admin(cluster).describe(NAMES)


def test_a_topic_that_is_deleted_between_two_questions_is_absent() -> None:
    cluster = FakeCluster()
    apply(cluster)
    cluster.errors["configs", NAMES[0]] = failed(KafkaError.UNKNOWN_TOPIC_OR_PART)
    assert set(admin(cluster).describe(NAMES)) == set(NAMES[1:])


def test_brokers_are_counted() -> None:
    assert admin(FakeCluster(brokers=2)).broker_count() == 2


def test_an_unreachable_cluster_says_why() -> None:
    cluster = FakeCluster()
    cluster.errors["describe_cluster", ""] = failed(KafkaError._TIMED_OUT)
    reasons = [KafkaError(KafkaError._TRANSPORT, "b:9092: Connection refused")]
    client = TopicAdmin(cluster, "b:9092", causes=lambda: reasons)
    with pytest.raises(UnreachableError, match=r"no broker of b:9092 answers .*refused"):
        client.broker_count()
    assert cluster.polled == 1  # or the background reports would still be in the library


def test_deletion_is_exact_waits_and_can_be_repeated() -> None:
    cluster, clock = FakeCluster(), Clock()
    apply(cluster)
    cluster.deletions_show_after = 3
    client = admin(cluster, clock)
    assert client.delete(NAMES[:2]) == Deleted(NAMES[:2], ())
    assert clock.now > 0
    assert set(cluster.topics) == set(NAMES[2:])
    assert client.delete(NAMES[:2]) == Deleted((), NAMES[:2])


def test_deleting_nothing_asks_nothing() -> None:
    cluster = FakeCluster()
    assert admin(cluster).delete(()) == Deleted((), ())
    assert not cluster.calls


def test_a_deletion_that_never_ends_is_told() -> None:
    cluster = FakeCluster()
    apply(cluster)
    cluster.deletions_show_after = 10_000
    with pytest.raises(TimedOutError, match="still there") as caught:
        admin(cluster).delete(NAMES[:1])
    assert NAMES[0] in str(caught.value)


def test_a_deletion_that_is_refused_is_told() -> None:
    cluster = FakeCluster()
    apply(cluster)
    cluster.errors["delete", NAMES[0]] = failed(KafkaError.TOPIC_DELETION_DISABLED, "disabled")
    with pytest.raises(KafkaFailure, match=f"delete the topic {NAMES[0]}: disabled"):
        admin(cluster).delete(NAMES[:2])


def test_what_exists_is_asked_without_the_right_to_read_settings() -> None:
    cluster = FakeCluster()
    apply(cluster)
    cluster.errors["configs", NAMES[0]] = failed(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    assert admin(cluster).existing([NAMES[0], "other"]) == (NAMES[0],)


def test_a_topic_without_partitions_is_not_ready() -> None:
    cluster = FakeCluster()
    apply(cluster, WANTED[:1])
    cluster.topics[NAMES[0]].partitions = 0
    with pytest.raises(TimedOutError):
        admin(cluster).wait_until_visible(NAMES[:1])
    found = admin(cluster).describe(NAMES[:1])[NAMES[0]]
    assert replace(found, settings={}).partitions == 0
