"""What each role may do, as IAM would decide it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.infra.constructs.msk_rights import (
    Msk,
    control_rights,
    topics_rights,
    worker_rights,
)
from wms_connector.infra.constructs.rights import (
    STATEMENT_LIMIT,
    Account,
    Right,
    read_secrets,
    write_logs,
)
from wms_connector.model.errors import WmsError
from wms_connector.model.names import Names
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.stage import Stage
from wms_connector.model.topics import owns_topic, topic_names

if TYPE_CHECKING:
    from collections.abc import Iterable

CLUSTER = "arn:aws:kafka:eu-west-1:123456789012:cluster/shared/0a1b-2"
MSK = Msk(CLUSTER)
DEBEZIUM = Pipeline.parse('tables = ["MMDL.PLAN_BASE_WVR_TBL", "WMS.PLAN_WVR_RVSN_TBL"]')
JDBC = Pipeline.parse('connector = "jdbc"\ntables = ["MMDL.PLAN_BASE_WVR_TBL", "WMS.T"]')
ACCOUNT = Account("aws", "eu-west-1", "123456789012")


def topic(name: str) -> str:
    return f"arn:aws:kafka:eu-west-1:123456789012:topic/shared/0a1b-2/{name}"


def may(rights: Iterable[Right], action: str, resource: str) -> bool:
    """Decide as IAM does: allowed by one statement, denied by none; `*` is any text, `?` one."""

    def matches(right: Right) -> bool:
        return action in right.actions and any(
            re.fullmatch(re.escape(one).replace(r"\*", ".*").replace(r"\?", "."), resource)
            for one in right.resources
        )

    found = {right.effect for right in rights if matches(right)}
    return found == {"Allow"}


def stage_of(name: str) -> Stage:
    return Stage.parse(name)


@pytest.mark.parametrize("pipeline", [DEBEZIUM, JDBC])
@pytest.mark.parametrize("stage", ["main", "feature.x"])
def test_a_worker_writes_its_own_topics_by_exact_names(pipeline: Pipeline, stage: str) -> None:
    rights = worker_rights(MSK, pipeline, stage_of(stage), {"wms-oracle-cdc": 1})
    topics = topic_names(pipeline, stage_of(stage))
    assert all(may(rights, "kafka-cluster:WriteData", topic(name)) for name in topics.all)
    assert not any("*" in one or "?" in one for right in rights for one in right.resources)
    actions = {action for right in rights for action in right.actions}
    assert not {action for action in actions if re.search("Create|Delete|Alter.*Topic", action)}


def test_a_worker_reads_connects_topics_and_the_history_and_no_data() -> None:
    rights = worker_rights(MSK, DEBEZIUM, stage_of("main"), {"wms-oracle-cdc": 1})
    topics = topic_names(DEBEZIUM, stage_of("main"))
    readable = {name for name in topics.all if may(rights, "kafka-cluster:ReadData", topic(name))}
    assert readable == {*topics.connect, topics.schema_history}


def test_groups_and_transactional_ids_are_those_of_the_design() -> None:
    stage = stage_of("feature")
    connectors = {"wms-oracle-cdc": 12, "wms-oracle-cdc-WMS": 1}
    rights = worker_rights(MSK, DEBEZIUM, stage, connectors)
    resources = {one.split("/", 1)[1] for right in rights for one in right.resources}
    base = "shared/0a1b-2/"
    start = "arn:aws:kafka:eu-west-1:123456789012"
    for group in ("wms-connector-feature", "feature.wms-schemahistory"):
        assert may(rights, "kafka-cluster:AlterGroup", f"{start}:group/{base}{group}")
    for name in (
        "connect-cluster-wms-connector-feature",
        "wms-connector-feature-wms-oracle-cdc-11",
        "wms-connector-feature-wms-oracle-cdc-WMS-0",
    ):
        arn = f"{start}:transactional-id/{base}{name}"
        assert may(rights, "kafka-cluster:AlterTransactionalId", arn)
    assert f"{base}wms-connector-feature-wms-oracle-cdc-12" not in resources
    assert may(rights, "kafka-cluster:WriteDataIdempotently", CLUSTER)


def test_jdbc_has_no_rights_of_debeziums_history() -> None:
    rights = worker_rights(MSK, JDBC, stage_of("main"), {"wms-oracle-cdc": 1})
    assert "schema" not in str(rights)


@pytest.mark.parametrize("stage", ["main", "val", "production"])
def test_a_named_stages_topics_cannot_be_deleted(stage: str) -> None:
    rights = topics_rights(MSK, DEBEZIUM, stage_of(stage))
    assert "kafka-cluster:DeleteTopic" not in {
        action for right in rights for action in right.actions
    }


def test_a_named_stage_may_look_for_the_others() -> None:
    rights = topics_rights(MSK, DEBEZIUM, stage_of("main"))
    other = Names(stage_of("production"), "wms").connect_topics
    assert may(rights, "kafka-cluster:DescribeTopic", topic(other.config))
    assert not may(rights, "kafka-cluster:DescribeTopic", topic(other.offsets))
    assert not may(rights, "kafka-cluster:CreateTopic", topic(other.config))


def test_named_stages_that_share_do_not_look() -> None:
    shared = DEBEZIUM.model_copy(
        update={"kafka": DEBEZIUM.kafka.model_copy(update={"shared_by_named_stages": True})}
    )
    assert "production" not in str(topics_rights(MSK, shared, stage_of("main")))


@pytest.mark.parametrize("pipeline", [DEBEZIUM, JDBC])
def test_an_ephemeral_stage_deletes_all_it_ever_had(pipeline: Pipeline) -> None:
    stage = stage_of("feature")
    rights = topics_rights(MSK, pipeline, stage)
    names = pipeline.names(stage)
    once = {
        *topic_names(DEBEZIUM, stage).all,
        *topic_names(JDBC, stage).all,
        "feature.wms.MMDL.A_TABLE_OF_YESTERDAY",
        "feature.aws.wms.cdc.OLD.TABLE",
    }
    assert all(owns_topic(names, name) for name in once)
    assert all(may(rights, "kafka-cluster:DeleteTopic", topic(name)) for name in once)


LABEL = st.sampled_from(["a", "b", "wms", "aws", "cdc", "mgmt", "a-b", "schema-changes"])
STAGES = st.lists(LABEL, min_size=1, max_size=5).map(".".join)


@given(STAGES, STAGES)
def test_no_stage_may_delete_what_is_anothers(one: str, other: str) -> None:
    try:
        mine, others = stage_of(one), stage_of(other)
    except WmsError:
        return
    rights = topics_rights(MSK, DEBEZIUM, mine)
    for pipeline in (DEBEZIUM, JDBC):
        for name in topic_names(pipeline, others).all:
            allowed = may(rights, "kafka-cluster:DeleteTopic", topic(name))
            assert allowed == (one == other), name


@given(st.lists(LABEL, min_size=1, max_size=8).map(".".join))
def test_nothing_is_deletable_that_the_function_itself_would_not_call_its_own(name: str) -> None:
    stage = stage_of("a")
    if may(topics_rights(MSK, DEBEZIUM, stage), "kafka-cluster:DeleteTopic", topic(name)):
        assert owns_topic(DEBEZIUM.names(stage), name)


@pytest.mark.parametrize(
    "name", ["__consumer_offsets", "wms.MMDL.T", "mgmt.connect.x.config", "a", "a.wms", "a.wms.T"]
)
def test_what_is_nobodys_is_not_deletable(name: str) -> None:
    assert not may(
        topics_rights(MSK, DEBEZIUM, stage_of("a")), "kafka-cluster:DeleteTopic", topic(name)
    )


def test_control_only_looks() -> None:
    rights = control_rights(MSK, DEBEZIUM, stage_of("a"))
    actions = {action for right in rights for action in right.actions}
    assert actions == {
        "kafka-cluster:Connect",
        "kafka-cluster:DescribeCluster",
        "kafka-cluster:DescribeTopic",
        "kafka-cluster:DescribeTopicDynamicConfiguration",
    }


def test_only_these_secrets_and_only_through_secrets_manager() -> None:
    read, decrypt = read_secrets(
        ACCOUNT,
        ("mmdl/a/dbInfo", "arn:aws:secretsmanager:eu-west-1:1:secret:AmazonMSK_x-abcdef"),
    )
    prefix = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:"
    assert may([read], "secretsmanager:GetSecretValue", f"{prefix}mmdl/a/dbInfo-Ab12Cd")
    for other in ("mmdl/a/dbInfo2-Ab12Cd", "mmdl/default/dbInfo-Ab12Cd", "mmdl/a/dbInfo-Ab12Cd-1"):
        assert not may([read], "secretsmanager:GetSecretValue", f"{prefix}{other}")
    assert dict(decrypt.conditions)["StringEquals"] == (
        ("kms:ViaService", "secretsmanager.eu-west-1.amazonaws.com"),
    )
    assert dict(dict(decrypt.conditions)["StringLike"]) == {
        "kms:EncryptionContext:SecretARN": list(read.resources)
    }


def test_no_role_creates_a_log_group() -> None:
    right = write_logs("arn:aws:logs:eu-west-1:1:log-group:/a")
    assert right.actions == ("logs:CreateLogStream", "logs:PutLogEvents")
    assert right.resources == ("arn:aws:logs:eu-west-1:1:log-group:/a:*",)


@given(st.lists(st.text("abc", min_size=1, max_size=300), min_size=1, max_size=60, unique=True))
def test_many_names_are_the_same_right_in_shorter_statements(names: list[str]) -> None:
    right = Right(("kafka-cluster:ReadData",), MSK.topics(names), effect="Deny", why="a reason")
    parts = right.parts()
    assert tuple(resource for part in parts for resource in part.resources) == right.resources
    assert {(part.actions, part.effect, part.why) for part in parts} == {
        (right.actions, right.effect, right.why)
    }
    assert all(sum(map(len, part.resources)) <= STATEMENT_LIMIT for part in parts)
