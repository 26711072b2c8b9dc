"""The topics' resource on a real broker: a stage comes, changes, goes, and goes again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from wms_connector.aws.properties import topics_properties
from wms_connector.functions import topics
from wms_connector.kafka.clients import Cluster, admin_client
from wms_connector.kafka.errors import GroupInUseError, KafkaFailure
from wms_connector.kafka.topics import desired
from wms_connector.model.table import Table

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Cloud

    from wms_connector.kafka.clients import Causes
    from wms_connector.model.pipeline import Pipeline

STAGE = "fn-topics"
OTHER = "fn-topics-2"


def properties(pipeline: Pipeline, stage: str) -> dict[str, str]:
    wanted = desired(pipeline, pipeline.stage(stage), replication=1)
    return topics_properties(wanted, keep=False)


def asked(kind: str, pipeline: Pipeline, stage: str = STAGE) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "RequestId": "r",
        "PhysicalResourceId": f"wms-connector-{stage}-topics",
        "ResourceProperties": properties(pipeline, stage),
    }


class Interrupted:
    """A client whose connection breaks after it has deleted one topic."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def delete_topics(self, names: list[str], **more: Any) -> dict[str, Any]:
        for answer in self._client.delete_topics(names[:1], **more).values():
            answer.result()
        raise KafkaException(KafkaError(KafkaError._TRANSPORT))


def interrupted(cluster: Cluster) -> tuple[Any, Causes]:
    client, causes = admin_client(cluster)
    return Interrupted(client), causes


def test_a_stage_comes_changes_and_goes_however_it_is_interrupted(
    cloud: Cloud, pipeline: Pipeline
) -> None:
    cloud.make_ledger(STAGE)
    cloud.make_ledger(OTHER)
    fewer = pipeline.model_copy(update={"tables": pipeline.tables[:2]})
    others = pipeline.model_copy(update={"tables": (Table.parse("WMS.OTHER"),)})
    topics.work(asked("Create", fewer), cloud.place(STAGE))
    topics.work(asked("Create", fewer, OTHER), cloud.place(OTHER))
    changed = topics.work(asked("Update", others), cloud.place(STAGE))
    assert changed["Data"]["Created"] == "1"
    place = cloud.place(STAGE)
    ever = place.ledger.topics()
    assert ever is not None
    assert len(ever) == 2 + 5 + 1
    assert set(place.kafka.topics.existing(ever)) == ever

    # The properties know only what was desired last.
    with pytest.raises((KafkaFailure, KafkaException)):
        topics.work(asked("Delete", others), cloud.place(STAGE, admin=interrupted))
    left = place.kafka.topics.existing(ever)
    assert len(left) == len(ever) - 1
    topics.work(asked("Delete", others), cloud.place(STAGE))
    assert place.kafka.topics.existing(ever) == ()
    topics.work(asked("Delete", others), cloud.place(STAGE))  # destroyed twice

    beside = cloud.place(OTHER)
    theirs = beside.ledger.topics() or frozenset()
    assert set(beside.kafka.topics.existing(theirs)) == theirs
    topics.work(asked("Delete", fewer, OTHER), beside)
    assert beside.kafka.topics.existing(theirs) == ()


def test_kafka_out_of_reach_fails_the_deletion(cloud: Cloud, pipeline: Pipeline) -> None:
    cloud.make_ledger(STAGE)
    cloud.place(STAGE).ledger.add_topics([f"{STAGE}.wms.WMS.A"])
    cloud.aws.client("secretsmanager").put_secret_value(
        SecretId="mmdl/default/brokerString", SecretString="127.0.0.1:1"
    )
    with pytest.raises(KafkaFailure, match=r"127\.0\.0\.1:1"):
        topics.work(asked("Delete", pipeline), cloud.place(STAGE))


def test_topics_whose_workers_run_are_not_deleted(cloud: Cloud) -> None:
    groups = cloud.place("tests").kafka.groups
    with pytest.raises(GroupInUseError):
        groups.remove("wms-connector-tests", seconds=0)
    assert groups.remove("wms-connector-nobody", seconds=0) is False
