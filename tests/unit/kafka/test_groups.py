from __future__ import annotations

import pytest
from confluent_kafka import KafkaError
from tests.unit.clock import Clock
from tests.unit.kafka.fake_cluster import FakeCluster, failed

from wms_connector.kafka.errors import GroupInUseError, NoRightsError, UnreachableError
from wms_connector.kafka.groups import Groups


def groups_of(cluster: FakeCluster) -> tuple[Groups, Clock]:
    clock = Clock()
    return Groups(cluster, "b:9092", clock=clock, sleep=clock.sleep), clock


def test_a_group_without_members_is_removed_and_one_that_is_not_there_is_none() -> None:
    cluster = FakeCluster()
    cluster.members["g"] = 0
    groups, _ = groups_of(cluster)
    assert groups.remove("g") is True
    assert groups.remove("g") is False


def test_members_are_waited_for() -> None:
    cluster = FakeCluster()
    cluster.members["g"] = 3
    groups, clock = groups_of(cluster)
    assert groups.remove("g", seconds=60) is True
    assert clock.now == 6


def test_members_that_stay_are_told() -> None:
    cluster = FakeCluster()
    cluster.members["g"] = 1_000
    groups, clock = groups_of(cluster)
    with pytest.raises(GroupInUseError, match="workers are still in the group g"):
        groups.remove("g", seconds=20)
    assert clock.now == 20


def test_a_group_that_moves_to_another_broker_is_asked_for_again() -> None:
    cluster = FakeCluster()
    cluster.errors["delete_groups", "g"] = failed(KafkaError.NOT_COORDINATOR)
    clock = Clock()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        cluster.errors.clear()

    assert Groups(cluster, "b", clock=clock, sleep=sleep).remove("g", seconds=5) is False


def test_what_kafka_refuses_is_a_sentence() -> None:
    cluster = FakeCluster()
    groups, clock = groups_of(cluster)
    cluster.errors["delete_groups", "g"] = failed(KafkaError.GROUP_AUTHORIZATION_FAILED)
    with pytest.raises(NoRightsError, match="see whether anybody is in the group g"):
        groups.remove("g", seconds=60)
    cluster.errors["delete_groups", "g"] = failed(KafkaError._TRANSPORT)
    with pytest.raises(UnreachableError):
        groups.remove("g", seconds=60)
    assert clock.now == 0
    assert cluster.polled == 2
