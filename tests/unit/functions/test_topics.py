from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka import KafkaError
from pydantic import SecretStr
from tests.unit.functions.support import PASSWORD, Surroundings, event
from tests.unit.kafka.fake_cluster import FakeTopic, failed
from tests.unit.oracle.fakes import Answer, FakeConnection, RefusedError

from wms_connector.aws.errors import MissingError
from wms_connector.aws.properties import topics_of, topics_properties
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.functions import topics
from wms_connector.functions.flush_table import drop
from wms_connector.functions.topics_resource import LeftoverError, TopicsResource
from wms_connector.kafka.errors import (
    GroupInUseError,
    KafkaFailure,
    RefusedPlanError,
    SecondNamedStageError,
    UnreachableError,
)
from wms_connector.kafka.topics import DesiredTopic, Purpose
from wms_connector.model.errors import SecretError, StageError, WmsError
from wms_connector.model.secrets import DbInfo
from wms_connector.oracle.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

A, B = "feature-a.wms.WMS.A", "feature-a.wms.WMS.B"
CONFIG = "feature-a.mgmt.connect.wms-connector-feature-a.config"
GROUP = "wms-connector-feature-a"
ID = "wms-connector-feature-a-topics"
AWAY = failed(KafkaError._TRANSPORT)


def work(around: Surroundings, name: str) -> dict[str, Any]:
    asked = event(name)
    return topics.work(asked, around.place(asked["ResourceProperties"]))


def made(around: Surroundings) -> None:
    work(around, "topics-create")
    work(around, "topics-update")


def keep(around: Surroundings, **changed: Any) -> dict[str, Any]:
    """Properties of a stage that desires its config topic alone."""
    name = around.names.connect_topics.config
    one = DesiredTopic(name, Purpose.CONNECT_CONFIG, 1, 3, {"cleanup.policy": "compact"})
    return topics_properties([one], keep=True) | changed


def resource(around: Surroundings, told: Callable[[str], object] = str) -> TopicsResource:
    return TopicsResource(around.place(), told=told)


# Creating


def test_a_creation_makes_the_topics_and_writes_their_names_down_before(
    around: Surroundings,
) -> None:
    written: list[Any] = []
    around.cluster.before_create = lambda: written.append(around.ledger.topics())
    answer = work(around, "topics-create")
    assert answer["PhysicalResourceId"] == ID
    assert answer["Data"] == {"Created": "6", "Altered": "0", "Differences": ""}
    assert written == [frozenset(around.cluster.topics)]
    assert A in around.cluster.topics


def test_an_update_adds_what_is_new_keeps_what_is_gone_and_never_forgets(
    around: Surroundings,
) -> None:
    made(around)
    assert {A, B} <= set(around.cluster.topics)
    back = event("topics-update")
    back["ResourceProperties"] = back["OldResourceProperties"]  # as a roll-back does
    answer = topics.work(back, around.place())
    assert answer["PhysicalResourceId"] == ID
    assert answer["Data"]["Created"] == "0"
    assert {A, B} <= set(around.cluster.topics)
    assert {A, B} <= (around.ledger.topics() or set())


def test_settings_are_aligned_and_what_cannot_be_is_reported(around: Surroundings) -> None:
    around.cluster.topics[A] = FakeTopic(5, 1, {"cleanup.policy": "compact"})
    told: list[str] = []
    answer = resource(around, told.append).create(event("topics-create")["ResourceProperties"])
    assert answer["Data"]["Altered"] == "1"
    assert "5 partitions, desired 3" in answer["Data"]["Differences"]
    assert "1 replicas, desired 3" in answer["Data"]["Differences"]
    assert around.cluster.topics[A].partitions == 5
    assert any("left as it is" in line for line in told)


def test_a_plan_that_would_break_a_worker_fails_with_its_sentence_and_changes_nothing(
    around: Surroundings,
) -> None:
    around.cluster.topics[CONFIG] = FakeTopic(3, 3, {"cleanup.policy": "compact"})
    with pytest.raises(RefusedPlanError, match="has 3 partitions and must have 1"):
        work(around, "topics-create")
    assert set(around.cluster.topics) == {CONFIG}
    assert around.ledger.topics() is None


def test_a_template_with_another_stage_s_topic_is_refused(around: Surroundings) -> None:
    asked = event("topics-create")
    text = asked["ResourceProperties"]["Topics"].replace("feature-a.wms.WMS.A", "wms.WMS.A")
    asked["ResourceProperties"]["Topics"] = text
    with pytest.raises(StageError, match=r"does not own wms\.WMS\.A; nothing was created"):
        topics.work(asked, around.place())
    assert around.cluster.topics == {}


def test_a_second_named_stage_is_refused_but_never_a_roll_back(named: Surroundings) -> None:
    named.signed_in.clear()
    resource(named).create(keep(named))
    other = named.names.other_named_stages()[0].connect_topics.config
    named.cluster.topics[other] = FakeTopic(1, 3, {})
    with pytest.raises(SecondNamedStageError, match=other):
        resource(named).create(keep(named))
    changed = keep(named)
    changed["Topics"] = changed["Topics"].replace("compact", "compact,delete")
    with pytest.raises(SecondNamedStageError):
        resource(named).update(changed)
    assert resource(named).update(keep(named))["Data"]["Altered"] == "0"


# A creation that fails: the framework passes no deletion on afterwards


def test_what_a_failed_creation_made_is_removed_again(around: Surroundings) -> None:
    around.cluster.errors["create", CONFIG] = failed(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    with pytest.raises(KafkaFailure, match="no right to"):
        work(around, "topics-create")
    assert around.cluster.topics == {}


def test_a_named_stage_s_failed_creation_leaves_what_is_there(named: Surroundings) -> None:
    name = named.names.connect_topics.config
    named.cluster.errors["create", name] = failed(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    named.cluster.topics["wms.WMS.A"] = FakeTopic(3, 3, {})
    with pytest.raises(KafkaFailure):
        resource(named).create(keep(named))
    assert set(named.cluster.topics) == {"wms.WMS.A"}


def test_what_cannot_be_removed_after_a_failed_creation_is_told(around: Surroundings) -> None:
    around.cluster.errors["create", CONFIG] = failed(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    around.cluster.members[GROUP] = 99
    with pytest.raises(LeftoverError, match=r"no right to.*are left, because workers are still"):
        work(around, "topics-create")
    assert A in around.cluster.topics


def test_an_unforeseen_fault_of_a_creation_is_no_obstacle_to_removing(
    around: Surroundings,
) -> None:
    def fault() -> None:
        around.cluster.errors["delete", A] = failed(KafkaError.TOPIC_AUTHORIZATION_FAILED)
        raise KeyError(PASSWORD)

    around.cluster.before_create = fault
    around.cluster.topics[A] = FakeTopic(3, 3, {"cleanup.policy": "delete"})
    with pytest.raises(LeftoverError, match="an unforeseen KeyError at test_topics") as caught:
        work(around, "topics-create")
    assert PASSWORD not in str(caught.value)


def test_a_creation_that_failed_before_it_began_has_nothing_to_remove(
    around: Surroundings,
) -> None:
    around.secrets.delete_secret(
        SecretId=around.deployment.broker_secret, ForceDeleteWithoutRecovery=True
    )
    with pytest.raises(SecretError, match="there is no secret mmdl/default/brokerString"):
        work(around, "topics-create")
    assert around.cluster.calls == []


# Deleting


def test_a_deletion_takes_every_name_there_ever_was_and_no_other(around: Surroundings) -> None:
    made(around)
    around.cluster.topics["feature-a.wms.WMS.OTHER"] = FakeTopic(3, 3, {})
    around.cluster.topics["wms.WMS.A"] = FakeTopic(3, 3, {})
    asked = event("topics-delete")
    asked["ResourceProperties"] = event("topics-create")["ResourceProperties"]
    assert topics.work(asked, around.place()) == {"PhysicalResourceId": ID}
    assert set(around.cluster.topics) == {"feature-a.wms.WMS.OTHER", "wms.WMS.A"}
    assert around.item("deletion")["topics"] == {"N": "7"}


def test_destroying_twice_is_no_failure(around: Surroundings) -> None:
    made(around)
    work(around, "topics-delete")
    work(around, "topics-delete")
    assert around.item("deletion")["topics"] == {"N": "0"}


def test_a_deletion_waits_for_the_workers_and_leaves_all_while_they_run(
    around: Surroundings,
) -> None:
    made(around)
    around.cluster.members[GROUP] = 3
    began = around.clock.now
    work(around, "topics-delete")
    assert around.clock.now > began
    assert around.cluster.topics == {}

    made(around)
    around.cluster.members[GROUP] = 10_000
    with pytest.raises(GroupInUseError, match=f"workers are still in the group {GROUP}"):
        work(around, "topics-delete")
    assert A in around.cluster.topics


def test_kafka_out_of_reach_fails_and_the_repeat_finishes(around: Surroundings) -> None:
    made(around)
    around.cluster.errors["delete_groups", GROUP] = AWAY
    with pytest.raises(UnreachableError, match="no broker of b-1:9092,b-2:9092 answers"):
        work(around, "topics-delete")
    del around.cluster.errors["delete_groups", GROUP]
    around.cluster.errors["delete", B] = failed(KafkaError._TIMED_OUT)
    with pytest.raises(WmsError, match=r"could not delete the topic feature-a\.wms\.WMS\.B"):
        work(around, "topics-delete")
    assert set(around.cluster.topics) == {B}
    around.cluster.errors.clear()
    work(around, "topics-delete")
    assert around.cluster.topics == {}


def test_secrets_that_are_gone_fail_a_deletion_that_has_something_to_delete(
    around: Surroundings,
) -> None:
    made(around)
    around.secrets.delete_secret(
        SecretId=around.deployment.broker_secret, ForceDeleteWithoutRecovery=True
    )
    with pytest.raises(SecretError):
        work(around, "topics-delete")
    assert A in around.cluster.topics


def test_where_nothing_was_ever_created_kafka_is_not_needed(around: Surroundings) -> None:
    around.secrets.delete_secret(
        SecretId=around.deployment.broker_secret, ForceDeleteWithoutRecovery=True
    )
    asked = event("topics-delete")
    asked["PhysicalResourceId"] = "AWSCDK::CustomResourceProviderFramework::MISSING_PHYSICAL_ID"
    answer = topics.work(asked, around.place())
    assert answer == {"PhysicalResourceId": asked["PhysicalResourceId"]}
    assert around.cluster.calls == []


def test_where_nothing_was_ever_created_a_refusal_is_still_one(around: Surroundings) -> None:
    around.cluster.errors["delete_groups", GROUP] = failed(KafkaError.GROUP_AUTHORIZATION_FAILED)
    with pytest.raises(KafkaFailure, match="no right to"):
        work(around, "topics-delete")


def test_without_a_ledger_the_properties_tell_what_to_delete(around: Surroundings) -> None:
    made(around)
    around.dynamodb.delete_table(TableName=around.deployment.ledger)
    told: list[str] = []
    resource(around, told.append).delete(event("topics-delete")["ResourceProperties"])
    assert around.cluster.topics == {}
    assert "there is no ledger" in told[0]
    assert "nobody can be told through the ledger" in told[-1]


def test_without_a_ledger_and_kafka_nobody_knows_so_it_fails(around: Surroundings) -> None:
    around.dynamodb.delete_table(TableName=around.deployment.ledger)
    around.cluster.errors["delete_groups", GROUP] = AWAY
    with pytest.raises(UnreachableError):
        work(around, "topics-delete")
    with pytest.raises(MissingError):  # a creation must not go on without it
        work(around, "topics-create")


def test_properties_that_cannot_be_read_are_no_obstacle(around: Surroundings) -> None:
    made(around)
    resource(around).delete({"Topics": "no JSON"})
    assert around.cluster.topics == {}


def test_a_foreign_name_in_the_ledger_stops_all(around: Surroundings) -> None:
    made(around)
    around.ledger.add_topics(["wms.WMS.A"])
    with pytest.raises(StageError, match=r"does not own wms\.WMS\.A; nothing was deleted"):
        work(around, "topics-delete")
    assert A in around.cluster.topics


@pytest.mark.parametrize("asked", ["true", "false"])
def test_a_named_stage_keeps_its_topics_whatever_is_asked(named: Surroundings, asked: str) -> None:
    resource(named).create(keep(named))
    before = set(named.cluster.topics)
    named.signed_in.clear()
    resource(named).delete(keep(named, Keep=asked))
    assert set(named.cluster.topics) == before
    assert named.signed_in == []


def test_an_ephemeral_stage_may_be_told_to_keep_its_topics(around: Surroundings) -> None:
    made(around)
    resource(around).delete(event("topics-delete")["ResourceProperties"] | {"Keep": "true"})
    assert A in around.cluster.topics


# The flush table


def dropped(around: Surroundings, connection: FakeConnection | Exception) -> dict[str, Any]:
    around.change(database=DatabaseShape("oracle"))

    def opener(address: object, password: object) -> Database:
        assert str(address).endswith("@db.example:1521/ORCL")
        if isinstance(connection, Exception):
            raise connection
        return Database(connection)

    TopicsResource(around.place(), opener=opener).delete(
        event("topics-delete")["ResourceProperties"]
    )
    return around.item("deletion")


def test_the_flush_table_is_dropped_and_that_is_told(around: Surroundings) -> None:
    connection = FakeConnection(
        [("user_tables", Answer(("N",), [(1,)])), ("DROP TABLE", Answer(count=0))]
    )
    found = dropped(around, connection)
    assert found["flush_table"] == {"S": "LOG_MINING_FLUSH_FEATURE_A"}
    assert found["dropped"] == {"BOOL": True}
    assert "reason" not in found
    assert connection.asked[-1][0] == "DROP TABLE LOG_MINING_FLUSH_FEATURE_A PURGE"


def test_a_flush_table_that_is_not_there_is_told_as_such(around: Surroundings) -> None:
    found = dropped(around, FakeConnection([("user_tables", Answer(("N",), [(0,)]))]))
    assert found["dropped"] == {"BOOL": True}
    assert found["reason"] == {"S": "there was none"}


def test_a_flush_table_that_may_not_be_dropped_fails_nothing(around: Surroundings) -> None:
    made(around)
    connection = FakeConnection(
        [
            ("user_tables", Answer(("N",), [(1,)])),
            ("DROP TABLE", Answer(error=RefusedError("ORA-00054", f"busy {PASSWORD}"))),
        ]
    )
    found = dropped(around, connection)
    assert around.cluster.topics == {}
    assert found["dropped"] == {"BOOL": False}
    assert "ORA-00054" in found["reason"]["S"]
    assert PASSWORD not in str(found)


def test_an_unforeseen_fault_of_the_driver_fails_nothing(around: Surroundings) -> None:
    found = dropped(around, ValueError(PASSWORD))
    assert found["reason"]["S"].startswith("an unforeseen ValueError")
    assert PASSWORD not in str(found)


def test_a_database_that_takes_the_connection_and_never_answers_is_left() -> None:
    never = threading.Event()

    def hangs(address: object, password: object) -> Database:
        del address, password
        never.wait(60)
        raise RefusedError("ORA-12547")

    info = DbInfo(host="db.example", dbname="X", user="u", password=SecretStr(PASSWORD))
    found = drop("T", lambda: info, hangs, seconds=0.01)
    never.set()
    assert not found.dropped
    assert "taken the connection and not answered" in str(found.reason)


def test_what_the_properties_say_is_what_the_template_wrote() -> None:
    properties = event("topics-create")["ResourceProperties"]
    assert topics_properties(topics_of(properties), keep=False)["Topics"] == properties["Topics"]
