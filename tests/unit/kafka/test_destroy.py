from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.clock import Clock
from tests.unit.kafka.fake_cluster import FakeCluster
from tests.unit.model.strategies import ephemeral_stages, kinds, named_stages, neighbours, pipeline

from wms_connector.kafka.admin import TopicAdmin
from wms_connector.kafka.destroy import Deletion, deletion, deletion_of, destroy, preview
from wms_connector.kafka.plan import plan
from wms_connector.kafka.topics import desired
from wms_connector.model.errors import StageError
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage
from wms_connector.model.topics import topic_names

STAGE = Stage.parse("a.b")


def cluster_with(*stages: Stage) -> tuple[FakeCluster, TopicAdmin]:
    cluster, clock = FakeCluster(), Clock()
    admin = TopicAdmin(cluster, "b:9092", clock=clock, sleep=clock.sleep)
    for stage in stages:
        for kind in ("debezium", "jdbc"):
            wanted = desired(pipeline(kind), stage)
            admin.apply(plan(wanted, admin.describe(topic.name for topic in wanted)))
    return cluster, admin


@given(named_stages, kinds, st.lists(st.text(max_size=40), max_size=3))
def test_a_named_stage_can_never_delete_whatever_it_is_given(
    stage: Stage, kind: str, more: list[str]
) -> None:
    with pytest.raises(StageError, match="never deleted"):
        deletion(pipeline(kind), stage, also=more)
    for topics in (more, [], topic_names(pipeline(kind), stage).all):
        with pytest.raises(StageError, match="never deleted"):
            deletion_of(Names(stage, "wms"), topics)
        with pytest.raises(StageError, match="never deleted"):
            Deletion(Names(stage, "wms"), tuple(topics))


@given(neighbours, kinds, kinds)
def test_no_stage_s_deletion_takes_another_s_topics(
    stages: tuple[Stage, Stage], kind: str, other_kind: str
) -> None:
    mine, other = stages
    if mine == other:
        return
    theirs = topic_names(pipeline(other_kind), other).all
    assert not set(deletion(pipeline(kind), mine).topics) & set(theirs)
    for topic in theirs:
        with pytest.raises(StageError, match="does not own"):
            deletion(pipeline(kind), mine, also=[topic])


@given(ephemeral_stages, named_stages, kinds, kinds)
def test_no_deletion_takes_a_named_stage_s_topics(
    stage: Stage, named: Stage, kind: str, other_kind: str
) -> None:
    theirs = topic_names(pipeline(other_kind), named).all
    assert not set(deletion(pipeline(kind), stage).topics) & set(theirs)
    with pytest.raises(StageError, match="does not own"):
        deletion_of(Names(stage, "wms"), theirs)


@pytest.mark.parametrize(
    "name",
    ["*", ".*", "", "a.b", "a.b.", "a.b.wms", "a.b.*", "a.b.wms.WMS",
     "a.b.wms.WMS.*", "__consumer_offsets",
     "a.b.wms.WMS.T ", " a.b.wms.WMS.T", "A.b.wms.WMS.T", "wms.WMS.T", "aws.wms.cdc.WMS.T",
     "a.b.wms.x.WMS.T", "a.b.mgmt.connect.other.config", "a.b.wms.WMS.T\n"],
)  # fmt: skip
def test_patterns_prefixes_and_other_people_s_names_are_refused(name: str) -> None:
    with pytest.raises(StageError, match="does not own"):
        deletion(pipeline(), STAGE, also=[name])


def test_a_table_that_the_file_no_longer_has_can_be_deleted_by_its_recorded_name() -> None:
    made = deletion(pipeline(), STAGE, also=["a.b.wms.WMS.OLD", "a.b.wms.WMS.OLD"])
    assert made.topics.count("a.b.wms.WMS.OLD") == 1
    assert deletion_of(Names(STAGE, "wms"), made.topics * 2) == made


def test_destroying_takes_the_stage_s_topics_and_leaves_the_others() -> None:
    neighbour, main = Stage.parse("a"), Stage.parse("main")
    cluster, admin = cluster_with(STAGE, neighbour, main)
    before = set(cluster.topics)
    made = deletion(pipeline(), STAGE)
    would = preview(made, admin)
    assert would.would_delete == made.topics
    assert set(cluster.topics) == before
    assert destroy(made, admin).deleted == made.topics
    assert before - set(cluster.topics) == set(made.topics)
    assert destroy(made, admin).absent == made.topics
    assert preview(made, admin).absent == made.topics


def test_a_preview_reads_well() -> None:
    cluster, admin = cluster_with(STAGE)
    del cluster.topics["a.b.wms.schema-changes"]
    would = preview(
        deletion_of(Names(STAGE, "wms"), ["a.b.wms.schema-changes", "a.b.wms.WMS.T"]), admin
    )
    assert would.lines() == ["- a.b.wms.WMS.T", "1 to delete, 1 not there"]
    assert would.as_json() == {"delete": ["a.b.wms.WMS.T"], "absent": ["a.b.wms.schema-changes"]}


def test_nothing_is_ever_found_by_listing() -> None:
    cluster, admin = cluster_with(STAGE)
    cluster.topics["a.b.wms.WMS.SOMEBODY_ELSE_S"] = cluster.topics["a.b.wms.WMS.T"]
    made = deletion(pipeline(), STAGE)
    cluster.calls.clear()
    preview(made, admin)
    destroy(made, admin)
    assert "a.b.wms.WMS.SOMEBODY_ELSE_S" in cluster.topics
    assert {name for _, names in cluster.calls for name in names} <= set(made.topics)
