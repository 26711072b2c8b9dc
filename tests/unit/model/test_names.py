from __future__ import annotations

import re

import pytest
from hypothesis import given
from tests.unit.model.strategies import (
    ephemeral_stages,
    kinds,
    named_stages,
    neighbours,
    pipeline,
)

from wms_connector.model.errors import StageError
from wms_connector.model.names import Names, check_topic
from wms_connector.model.stage import NAMED_STAGES, Stage
from wms_connector.model.table import Table
from wms_connector.model.topics import deletable, owns_topic, topic_names

TOPIC = re.compile(r"[a-zA-Z0-9._-]{1,249}")
MAIN, BRANCH = Stage.parse("main"), Stage.parse("b.1")
TABLE = Table.parse("WMS.PLAN_BASE_WVR_TBL")


def test_names_of_a_named_stage() -> None:
    names = Names(MAIN, "wms")
    assert names.alerts_stack == "wms-alerts-main"
    assert names.connector_stack == "wms-connector-main"
    assert names.group_id == names.service == "wms-connector-main"
    assert names.connector == "wms-oracle-cdc"
    assert names.topic_prefix == "wms"
    assert names.debezium_topic(TABLE) == "wms.WMS.PLAN_BASE_WVR_TBL"
    assert names.jdbc_topic(TABLE) == "aws.wms.cdc.WMS.PLAN_BASE_WVR_TBL"
    assert names.schema_history == "wms.schema-changes"
    assert names.schema_history_group == "wms-schemahistory"
    assert names.heartbeat == "__debezium-heartbeat.wms"
    assert tuple(names.connect_topics) == (
        "mgmt.connect.wms-connector-main.config",
        "mgmt.connect.wms-connector-main.offsets",
        "mgmt.connect.wms-connector-main.status",
    )
    assert names.flush_table == "LOG_MINING_FLUSH_MAIN"
    assert names.slot == "wms_main"
    assert names.log_group == "/aws/fargate/wms-connector-main-kafka-connect"
    assert names.health_namespace == "wms-connector-main/Health"
    assert names.logs_namespace == "wms-connector-main/ConnectorLogs"
    assert names.alarm_prefix == "wms-connector-main-"
    assert names.alarm("TaskFailed") == "wms-connector-main-TaskFailed"
    assert names.rule("Stopped") == "wms-connector-main-Stopped"
    assert names.alerts_topic == "Alerts-wms-alerts-main"
    assert names.secret_paths("mmdl", "dbInfo") == ("mmdl/main/dbInfo", "mmdl/default/dbInfo")
    assert names.transactional_ids("wms-oracle-cdc", 2) == (
        "connect-cluster-wms-connector-main",
        "wms-connector-main-wms-oracle-cdc-0",
        "wms-connector-main-wms-oracle-cdc-1",
    )


def test_names_of_an_ephemeral_stage() -> None:
    names = Names(BRANCH, "wms")
    assert names.connector_stack == f"wms-connector-{BRANCH.slug}"
    assert names.group_id == "wms-connector-b.1"
    assert names.debezium_topic(TABLE) == "b.1.wms.WMS.PLAN_BASE_WVR_TBL"
    assert names.jdbc_topic(TABLE) == "b.1.aws.wms.cdc.WMS.PLAN_BASE_WVR_TBL"
    assert names.schema_history == "b.1.wms.schema-changes"
    assert names.heartbeat == "__debezium-heartbeat.b.1.wms"
    assert names.connect_topics.config == "b.1.mgmt.connect.wms-connector-b.1.config"


def test_named_stages_that_share_a_cluster_have_a_schema_history_each() -> None:
    histories = {Names(Stage.parse(s), "wms", True).schema_history for s in NAMED_STAGES}
    assert histories == {
        "wms.schema-changes.main",
        "wms.schema-changes.val",
        "wms.schema-changes.production",
    }
    assert Names(BRANCH, "wms", True).schema_history == "b.1.wms.schema-changes"


def test_further_schemas_have_their_own_jdbc_connector() -> None:
    names = Names(MAIN, "wms")
    assert names.jdbc_connector("WMS", "WMS") == "wms-oracle-cdc"
    assert names.jdbc_connector("MMDL", "WMS") == "wms-oracle-cdc-MMDL"
    assert names.owns_connector("wms-oracle-cdc")
    assert names.owns_connector("wms-oracle-cdc-MMDL")
    assert not names.owns_connector("wms-oracle-cdcx")


def test_the_other_named_stages() -> None:
    assert [n.stage.name for n in Names(MAIN, "wms").other_named_stages()] == ["val", "production"]
    assert len(Names(BRANCH, "wms").other_named_stages()) == 3


def test_a_stage_of_one_product_is_not_used_for_another_that_owns_its_label() -> None:
    with pytest.raises(StageError):
        Names(Stage.parse("tms"), "tms")


def test_a_stage_put_together_by_hand_has_no_names() -> None:
    with pytest.raises(StageError, match="'val' is not that of stage b"):
        Names(Stage("b", "val"), "wms")


def test_a_topic_over_the_brokers_limit_is_refused() -> None:
    assert check_topic("x" * 249)
    with pytest.raises(StageError, match="249"):
        check_topic("x" * 250)


@given(ephemeral_stages, kinds)
def test_every_topic_is_valid_and_owned(stage: Stage, kind: str) -> None:
    wms = pipeline(kind)
    topics = topic_names(wms, stage)
    assert all(TOPIC.fullmatch(name) for name in topics.all)
    assert len(set(topics.all)) == len(topics.all)
    assert all(owns_topic(wms.names(stage), name) for name in deletable(wms, stage))


@given(neighbours, kinds, kinds)
def test_no_stage_deletes_what_is_anothers(
    pair: tuple[Stage, Stage], kind: str, other_kind: str
) -> None:
    one, other = pair
    if one == other:
        return
    mine = set(deletable(pipeline(kind), one))
    theirs = topic_names(pipeline(other_kind), other).all
    assert not mine & set(theirs)
    names = pipeline(kind).names(one)
    assert not any(owns_topic(names, name) for name in theirs)


@given(ephemeral_stages, named_stages, kinds, kinds)
def test_no_stage_deletes_what_is_a_named_stages(
    stage: Stage, named: Stage, kind: str, other_kind: str
) -> None:
    theirs = topic_names(pipeline(other_kind), named).all
    shared = pipeline(other_kind, kafka={"shared_by_named_stages": True})
    names = pipeline(kind).names(stage)
    for topic in (*theirs, *topic_names(shared, named).all):
        assert topic not in deletable(pipeline(kind), stage)
        assert not owns_topic(names, topic)


@given(named_stages, kinds)
def test_named_stages_delete_nothing(stage: Stage, kind: str) -> None:
    wms = pipeline(kind)
    with pytest.raises(StageError, match="never deleted"):
        deletable(wms, stage)
    assert not any(owns_topic(wms.names(stage), name) for name in topic_names(wms, stage).all)


@pytest.mark.parametrize(
    "topic",
    ["*", "", "b.1.wms", "b.1.wms.", "b.1.wms.WMS", "b.1.wms..T", "b.1.wms.WMS.T.X",
     "b_1.wms.WMS.T", "bX1.wms.WMS.T", "__consumer_offsets", "B.1.wms.WMS.T", "b.1.wms.*.T.",
     " b.1.wms.WMS.T"],
)  # fmt: skip
def test_names_that_only_look_like_the_stages_own(topic: str) -> None:
    assert not owns_topic(Names(BRANCH, "wms"), topic)


def test_a_table_that_the_file_no_longer_has_is_still_the_stages_own() -> None:
    assert owns_topic(Names(BRANCH, "wms"), "b.1.wms.OLD.REMOVED")
    assert owns_topic(Names(BRANCH, "wms"), "b.1.aws.wms.cdc.OLD.REMOVED")


@given(neighbours)
def test_what_two_stages_must_not_share_is_distinct(pair: tuple[Stage, Stage]) -> None:
    one, other = (Names(stage, "wms") for stage in pair)
    if pair[0] == pair[1]:
        return
    for attribute in (
        "alerts_stack", "connector_stack", "group_id", "topic_prefix", "schema_history",
        "schema_history_group", "heartbeat", "flush_table", "slot", "log_group", "alerts_topic",
        "health_namespace",
    ):  # fmt: skip
        assert getattr(one, attribute) != getattr(other, attribute)
    assert not set(one.connect_topics) & set(other.connect_topics)
    assert set(one.secret_paths("p", "k")) & set(other.secret_paths("p", "k")) == {"p/default/k"}


@given(ephemeral_stages)
def test_every_derived_name_is_inside_its_limit(stage: Stage) -> None:
    names = Names(stage, "p" * 16)
    for stack in (names.alerts_stack, names.connector_stack):
        assert re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9]{0,127}", stack)
        assert len(stack) <= 56  # leaves 8 of a Lambda's or role's 64 for what it is
    assert len(names.rule("x" * 8)) <= 64  # EventBridge's limit
    assert re.fullmatch(r"[A-Z][A-Z0-9_$#]{0,127}", names.flush_table)
    assert re.fullmatch(r"[a-z0-9_]{1,63}", names.slot)
    assert re.fullmatch(r"[a-zA-Z0-9._/#-]{1,512}", names.log_group)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,256}", names.alerts_topic)
    assert all(re.fullmatch(r"[\w/+=.@-]{1,512}", p) for p in names.secret_paths("mmdl", "vpc"))


@pytest.mark.parametrize("what", ["", "b-c", "b_c", "b c", "*-*", "b*", "ä"])
def test_what_an_alarm_is_about_cannot_be_taken_for_a_part_of_the_stage(what: str) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        Names(Stage.parse("a"), "wms").alarm(what)


def test_a_stage_owns_its_alarms_and_not_those_of_a_stage_whose_name_begins_with_its_own() -> None:
    names = Names(Stage.parse("a"), "wms")
    assert names.owns_alarm(names.alarm("TaskFailed"))
    for stage in ("a-b", "ab", "b"):
        assert not names.owns_alarm(Names(Stage.parse(stage), "wms").alarm("TaskFailed"))
    for name in ("", "TaskFailed", names.connector_stack, names.alarm_prefix, "wms-connector-a-é"):
        assert not names.owns_alarm(name)
