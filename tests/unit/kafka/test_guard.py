from __future__ import annotations

import pytest
from confluent_kafka import KafkaError
from hypothesis import given
from tests.unit.kafka.fake_cluster import FakeCluster, FakeTopic, failed
from tests.unit.model.strategies import ephemeral_stages

from wms_connector.kafka.admin import TopicAdmin
from wms_connector.kafka.errors import SecondNamedStageError, TimedOutError
from wms_connector.kafka.guard import check_alone
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage

MAIN, VAL = Names(Stage.parse("main"), "wms"), Names(Stage.parse("val"), "wms")


def cluster_of(*names: Names) -> FakeCluster:
    cluster = FakeCluster()
    for each in names:
        cluster.topics[each.connect_topics.config] = FakeTopic(1, 3, {})
    return cluster


def test_a_named_stage_alone_on_its_cluster_may_go_on_also_for_the_second_time() -> None:
    check_alone(MAIN, TopicAdmin(cluster_of(), "b"))
    check_alone(MAIN, TopicAdmin(cluster_of(MAIN), "b"))


def test_a_second_named_stage_is_refused_and_named() -> None:
    with pytest.raises(
        SecondNamedStageError, match="stage val would write the topics of main"
    ) as caught:
        check_alone(VAL, TopicAdmin(cluster_of(MAIN), "b"))
    assert MAIN.connect_topics.config in str(caught.value)
    assert "shared_by_named_stages" in str(caught.value)


def test_exactly_the_other_named_stages_are_looked_at() -> None:
    cluster = cluster_of()
    check_alone(MAIN, TopicAdmin(cluster, "b"))
    assert cluster.calls == [
        (
            "describe_topics",
            (
                "mgmt.connect.wms-connector-val.config",
                "mgmt.connect.wms-connector-production.config",
            ),
        )
    ]


def test_who_may_not_look_is_refused() -> None:
    cluster = cluster_of()
    code = KafkaError.TOPIC_AUTHORIZATION_FAILED
    cluster.errors["describe", "mgmt.connect.wms-connector-production.config"] = failed(code)
    with pytest.raises(SecondNamedStageError, match="cannot tell") as caught:
        check_alone(MAIN, TopicAdmin(cluster, "b"))
    assert "Allow Describe on mgmt.connect.wms-connector-val.config" in str(caught.value)


def test_other_faults_are_not_taken_for_an_answer() -> None:
    cluster = cluster_of()
    cluster.errors["describe", VAL.connect_topics.config] = failed(KafkaError._TIMED_OUT)
    with pytest.raises(TimedOutError):
        check_alone(MAIN, TopicAdmin(cluster, "b"))


def test_the_pipeline_file_can_allow_it() -> None:
    cluster = cluster_of(MAIN)
    check_alone(Names(VAL.stage, "wms", shared_by_named_stages=True), TopicAdmin(cluster, "b"))
    assert not cluster.calls


@given(ephemeral_stages)
def test_an_ephemeral_stage_shares_a_cluster_with_anybody(stage: Stage) -> None:
    cluster = cluster_of(MAIN, VAL)
    check_alone(Names(stage, "wms"), TopicAdmin(cluster, "b"))
    assert not cluster.calls
