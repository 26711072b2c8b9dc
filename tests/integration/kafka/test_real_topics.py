"""Topics against a real broker: create, align, report, refuse, destroy, guard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from wms_connector.kafka.admin import TopicAdmin
from wms_connector.kafka.clients import Cluster, admin_client
from wms_connector.kafka.destroy import deletion, deletion_of, destroy, preview
from wms_connector.kafka.errors import (
    CollisionError,
    ReplicasError,
    SecondNamedStageError,
    SignInError,
    UnreachableError,
)
from wms_connector.kafka.guard import check_alone
from wms_connector.kafka.plan import TopicPlan, plan
from wms_connector.kafka.topics import DesiredTopic, desired
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.local.status import LocalStatus
    from wms_connector.model.pipeline import Pipeline

DOT, UNDERSCORE = Stage.parse("it.topics"), Stage.parse("it_topics")


def admin_of(brokers: str, security: KafkaSecurity = KafkaSecurity.PLAINTEXT) -> TopicAdmin:
    scram = security is KafkaSecurity.SCRAM
    secret = SecretStr("c4nary") if scram else None
    client, causes = admin_client(Cluster(brokers, security, user=secret, password=secret))
    return TopicAdmin(client, brokers, causes=causes.take)


@pytest.fixture
def admin(local: LocalStatus, pipeline: Pipeline) -> Iterator[TopicAdmin]:
    admin = admin_of(local.bootstrap_servers)
    yield admin
    for stage in (DOT, UNDERSCORE):
        destroy(deletion(pipeline, stage), admin)


def planned(admin: TopicAdmin, wanted: tuple[DesiredTopic, ...]) -> TopicPlan:
    return plan(wanted, admin.describe(topic.name for topic in wanted))


def test_a_stage_s_topics_come_change_and_go(admin: TopicAdmin, pipeline: Pipeline) -> None:
    assert admin.broker_count() == 1
    wanted = desired(pipeline, DOT, replication=1)
    assert admin.apply(planned(admin, wanted)).created == tuple(topic.name for topic in wanted)
    assert planned(admin, wanted).is_empty

    settings = {"retention_hours": 24, "cleanup": "compact,delete", "partitions": 5}
    other = pipeline.model_copy(update={"topics": pipeline.topics.model_copy(update=settings)})
    changed = desired(other, DOT, replication=1)
    made = planned(admin, changed)
    assert {change.key for alter in made.alter for change in alter.changes} == {
        "retention.ms",
        "cleanup.policy",
    }
    assert {difference.what for difference in made.differences} == {"partitions"}
    admin.apply(made)
    again = planned(admin, changed)
    assert again.is_empty
    assert len(again.differences) == len(pipeline.tables)

    going = deletion(pipeline, DOT, also=["it.topics.wms.WMS.NEVER_THERE"])
    assert len(preview(going, admin).would_delete) == len(wanted)
    assert destroy(going, admin).absent == ("it.topics.wms.WMS.NEVER_THERE",)
    assert destroy(going, admin).deleted == ()


def test_destroying_one_stage_leaves_the_other(
    admin: TopicAdmin, pipeline: Pipeline, stage: Stage
) -> None:
    running = desired(pipeline, stage, replication=1)
    admin.apply(planned(admin, desired(pipeline, DOT, replication=1)))
    destroy(deletion(pipeline, DOT), admin)
    assert planned(admin, running).is_empty


def test_topics_that_differ_in_dot_and_underscore_collide(
    admin: TopicAdmin, pipeline: Pipeline
) -> None:
    admin.apply(planned(admin, desired(pipeline, DOT, replication=1)[:1]))
    with pytest.raises(CollisionError, match=r"'it_topics\.wms.*'it\.topics\.wms"):
        admin.apply(planned(admin, desired(pipeline, UNDERSCORE, replication=1)[:1]))


def test_more_replicas_than_brokers(admin: TopicAdmin, pipeline: Pipeline) -> None:
    with pytest.raises(ReplicasError, match="fewer brokers than replicas"):
        admin.apply(planned(admin, desired(pipeline, DOT, replication=3)[:1]))


def test_a_second_named_stage_is_refused(admin: TopicAdmin, pipeline: Pipeline) -> None:
    main, val = (pipeline.names(Stage.parse(name)) for name in ("main", "val"))
    check_alone(val, admin)
    wanted = desired(pipeline, main.stage, replication=1)
    mark = next(topic for topic in wanted if topic.name == main.connect_topics.config)
    admin.apply(planned(admin, (mark,)))
    try:
        check_alone(main, admin)
        with pytest.raises(SecondNamedStageError, match="the topics of main"):
            check_alone(val, admin)
        with pytest.raises(Exception, match="never deleted"):
            deletion_of(main, [mark.name])
    finally:
        admin.delete([mark.name])


@pytest.mark.parametrize("security", [KafkaSecurity.TLS, KafkaSecurity.SCRAM])
def test_the_wrong_way_to_sign_in_is_told(local: LocalStatus, security: KafkaSecurity) -> None:
    with pytest.raises(SignInError, match="security under") as caught:
        admin_of(local.bootstrap_servers, security).existing(["x"])
    assert "c4nary" not in str(caught.value)


@pytest.mark.parametrize("brokers", ["127.0.0.1:1", "no-such-host.invalid:9092"])
def test_nobody_there_is_told(brokers: str) -> None:
    with pytest.raises(UnreachableError, match=f"no broker of {brokers} answers"):
        admin_of(brokers).broker_count()
