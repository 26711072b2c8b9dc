from __future__ import annotations

import pytest
from confluent_kafka import KafkaError
from tests.unit.kafka.fake_cluster import FakeCluster, failed

from wms_connector.kafka.errors import NoRightsError
from wms_connector.kafka.records import Records


def test_the_newest_of_all_partitions_counts_and_an_empty_topic_has_none() -> None:
    cluster = FakeCluster()
    cluster.newest = {("a", 0): 5, ("a", 2): 9, ("a", 1): 7}
    assert Records(cluster, "b:9092").newest({"a": 3, "b": 2}) == {"a": 9, "b": None}
    assert cluster.calls == [("list_offsets", ("a-0", "a-1", "a-2", "b-0", "b-1"))]


def test_nothing_is_asked_about_nothing() -> None:
    cluster = FakeCluster()
    assert Records(cluster, "b").newest({}) == {}
    assert cluster.calls == []


def test_a_topic_that_is_gone_has_none_and_other_faults_are_sentences() -> None:
    cluster = FakeCluster()
    cluster.errors["list_offsets", "a"] = failed(KafkaError.UNKNOWN_TOPIC_OR_PART)
    assert Records(cluster, "b").newest({"a": 1}) == {"a": None}
    cluster.errors["list_offsets", "a"] = failed(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    with pytest.raises(NoRightsError, match="look at the newest record of a"):
        Records(cluster, "b").newest({"a": 1})


def test_the_ends_of_all_partitions_are_added_up_and_a_topic_that_is_gone_ends_at_0() -> None:
    cluster = FakeCluster()
    cluster.ends = {("a", 0): 5, ("a", 1): 7, ("b", 0): 3}
    assert Records(cluster, "b:9092").ends({"a": 2, "b": 1}) == {"a": 12, "b": 3}
    cluster.errors["list_offsets", "b"] = failed(KafkaError.UNKNOWN_TOPIC_OR_PART)
    assert Records(cluster, "b:9092").ends({"a": 2, "b": 1}) == {"a": 12, "b": 0}
