"""What a stage desires of its topics: pure values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wms_connector.model.topics import OFFSETS_PARTITIONS, STATUS_PARTITIONS, topic_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

DAY_MS: Final = 86_400_000
_DURABLE_FROM: Final = 3  # replicas from which one may be away while two still acknowledge


class Purpose(StrEnum):
    """What a topic is for."""

    DATA = "data"
    SCHEMA_HISTORY = "schema history"
    HEARTBEAT = "heartbeat"
    CONNECT_CONFIG = "connect config"
    CONNECT_OFFSETS = "connect offsets"
    CONNECT_STATUS = "connect status"

    @property
    def one_partition(self) -> bool:
        """Whether more than one partition breaks the reader, which needs one order of records."""
        return self in {Purpose.SCHEMA_HISTORY, Purpose.CONNECT_CONFIG}


@dataclass(frozen=True, slots=True)
class DesiredTopic:
    """A topic as it should be; `settings` are the broker's own names and values."""

    name: str
    purpose: Purpose
    partitions: int
    replication: int
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ActualTopic:
    """A topic as the cluster describes it; `settings` are those in force, whoever set them."""

    name: str
    partitions: int
    replication: int
    settings: Mapping[str, str]


def desired(
    pipeline: Pipeline, stage: Stage, *, replication: int | None = None
) -> tuple[DesiredTopic, ...]:
    """Every topic of a stage, data topics first.

    `replication` overrides the pipeline file's, for a cluster with fewer brokers (a laptop has
    one). With one replica Connect's offsets and status topics get one partition each as well:
    more of them spread load over brokers, and there is only one.
    """
    names = topic_names(pipeline, stage)
    replicas = pipeline.topics.replication if replication is None else replication
    alone = replicas == 1
    durable = _durability(replicas)
    large = {"max.message.bytes": str(pipeline.topics.max_message_bytes)}
    data = {**_cleanup(pipeline), **large, **durable}
    topics = [
        DesiredTopic(name, Purpose.DATA, pipeline.topics.partitions, replicas, data)
        for name in names.data.values()
    ]
    # Recovery reads the whole history: nothing of it may expire or be compacted away.
    forever = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
    if names.schema_history is not None:
        settings = {**forever, **large, **durable}
        topics.append(
            DesiredTopic(names.schema_history, Purpose.SCHEMA_HISTORY, 1, replicas, settings)
        )
    if names.heartbeat is not None:
        settings = {"cleanup.policy": "delete", "retention.ms": str(DAY_MS), **durable}
        topics.append(DesiredTopic(names.heartbeat, Purpose.HEARTBEAT, 1, replicas, settings))
    compacted = {"cleanup.policy": "compact", **durable}
    connect = names.connect
    for name, purpose, partitions in (
        (connect.config, Purpose.CONNECT_CONFIG, 1),
        (connect.offsets, Purpose.CONNECT_OFFSETS, 1 if alone else OFFSETS_PARTITIONS),
        (connect.status, Purpose.CONNECT_STATUS, 1 if alone else STATUS_PARTITIONS),
    ):
        topics.append(DesiredTopic(name, purpose, partitions, replicas, compacted))
    return tuple(topics)


def _cleanup(pipeline: Pipeline) -> dict[str, str]:
    policy = pipeline.topics.cleanup
    settings: dict[str, str] = {"cleanup.policy": policy}
    if "delete" in policy:
        settings["retention.ms"] = str(pipeline.topics.retention_ms)
        settings["retention.bytes"] = "-1"  # by age alone: a burst must not shorten it
    return settings


def _durability(replicas: int) -> dict[str, str]:
    """What keeps acknowledged records when a broker is lost; said outright, whatever the default.

    Two of three replicas acknowledge. With two replicas, asking for both would stop writing
    whenever one broker restarts, so one acknowledges. Amazon MSK's default allows unclean
    elections, which lose records.
    """
    acknowledging = "2" if replicas >= _DURABLE_FROM else "1"
    return {"min.insync.replicas": acknowledging, "unclean.leader.election.enable": "false"}
