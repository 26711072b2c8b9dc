from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from tests.unit.model.strategies import ephemeral_stages, kinds, pipeline

from wms_connector.kafka.topics import DesiredTopic, Purpose, desired
from wms_connector.model.settings import TopicSettings
from wms_connector.model.stage import Stage
from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from wms_connector.model.pipeline import Pipeline

MAIN = Stage.parse("main")


def of(topics: tuple[DesiredTopic, ...], purpose: Purpose) -> DesiredTopic:
    return next(topic for topic in topics if topic.purpose is purpose)


def settings(**values: object) -> Pipeline:
    return pipeline(topics=TopicSettings.model_validate(values))


@given(ephemeral_stages, kinds)
def test_desired_are_exactly_the_stage_s_topics(stage: Stage, kind: str) -> None:
    wanted = desired(pipeline(kind), stage)
    assert [topic.name for topic in wanted] == list(topic_names(pipeline(kind), stage).all)


def test_data_topics_follow_the_pipeline_file() -> None:
    data = of(
        desired(settings(partitions=6, retention_hours=2, max_message_bytes=2_000_000), MAIN),
        Purpose.DATA,
    )
    assert (data.name, data.partitions, data.replication) == ("wms.MMDL.PLAN_BASE_WVR_TBL", 6, 3)
    assert data.settings == {
        "cleanup.policy": "delete",
        "retention.ms": "7200000",
        "retention.bytes": "-1",
        "max.message.bytes": "2000000",
        "min.insync.replicas": "2",
        "unclean.leader.election.enable": "false",
    }


def test_compacted_data_has_no_retention() -> None:
    data = of(desired(settings(cleanup="compact"), MAIN), Purpose.DATA)
    assert data.settings["cleanup.policy"] == "compact"
    assert "retention.ms" not in data.settings


def test_compacted_and_deleted_data_keeps_its_retention() -> None:
    data = of(desired(settings(cleanup="compact,delete"), MAIN), Purpose.DATA)
    assert data.settings["retention.ms"] == str(168 * 3_600_000)


def test_nothing_of_the_schema_history_expires() -> None:
    history = of(desired(pipeline(), MAIN), Purpose.SCHEMA_HISTORY)
    assert history.partitions == 1
    assert history.settings["cleanup.policy"] == "delete"
    assert history.settings["retention.ms"] == history.settings["retention.bytes"] == "-1"


def test_connect_s_topics_are_compacted_with_its_own_partitions() -> None:
    wanted = desired(pipeline(), MAIN)
    found = {topic.purpose: topic for topic in wanted}
    partitions = {
        purpose: found[purpose].partitions
        for purpose in (Purpose.CONNECT_CONFIG, Purpose.CONNECT_OFFSETS, Purpose.CONNECT_STATUS)
    }
    assert list(partitions.values()) == [1, 25, 5]
    assert {found[purpose].settings["cleanup.policy"] for purpose in partitions} == {"compact"}


def test_jdbc_has_no_topics_of_debezium() -> None:
    purposes = {topic.purpose for topic in desired(pipeline("jdbc"), MAIN)}
    assert not purposes & {Purpose.SCHEMA_HISTORY, Purpose.HEARTBEAT}


@pytest.mark.parametrize(("replication", "acknowledging"), [(1, "1"), (2, "1"), (3, "2"), (4, "2")])
def test_two_of_three_replicas_acknowledge(replication: int, acknowledging: str) -> None:
    for topic in desired(pipeline(), MAIN, replication=replication):
        assert topic.replication == replication
        assert topic.settings["min.insync.replicas"] == acknowledging
        assert topic.settings["unclean.leader.election.enable"] == "false"


def test_a_single_broker_gets_one_partition_of_connect_s_topics_and_all_of_the_data() -> None:
    partitions = {t.purpose: t.partitions for t in desired(pipeline(), MAIN, replication=1)}
    assert partitions[Purpose.CONNECT_OFFSETS] == partitions[Purpose.CONNECT_STATUS] == 1
    assert partitions[Purpose.DATA] == 3
