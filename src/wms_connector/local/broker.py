"""A Kafka broker with its own controller (KRaft), as close to production as one node can be."""

from __future__ import annotations

import base64
import re
import uuid
from typing import TYPE_CHECKING, Final

from wms_connector.connectors.properties import render_properties
from wms_connector.local import tools
from wms_connector.local.errors import StartError
from wms_connector.local.java import Program
from wms_connector.local.logs import excerpt
from wms_connector.local.ports import HOST, answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wms_connector.local.state import StateFolder

NAME: Final = "broker"
CONTROLLER: Final = "controller"
"""Under this name the state keeps the port of its controller."""

HEAP_MB: Final = 512
_MAIN: Final = "kafka.Kafka"
TOOL: Final = "kafka.tools.StorageTool"
_NEWER: Final = re.compile(
    r"metadata\.version.* only supports versions|No MetadataVersion with feature level"
)
"""What Kafka 4.2 says of a folder that 4.3 has formatted: there is no way back."""


def cluster_id() -> str:
    """Make a random id as Kafka writes one: 16 bytes in 22 URL-safe characters."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith(
        "-"
    ):
        continue
    return text


def program(class_path: tuple[Path, ...], options: Sequence[str] = ()) -> Program:
    """Give the broker as a Java program."""
    return Program(_MAIN, class_path, HEAP_MB, ("-XX:+UseSerialGC", *options))


def properties(folder: StateFolder, port: int, controller_port: int) -> dict[str, str]:
    """Give the broker's properties.

    The quorum is fixed to this one node, so that another port at the next start is a matter of
    this file only.
    """
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(folder.part(NAME) / "data"),
        "auto.create.topics.enable": "false",
        "unclean.leader.election.enable": "false",
        # One broker holds the only replica of everything.
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # Partitions spread load over brokers; with one broker they only cost files and start-up.
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.num.partitions": "1",
        # A killed broker is let in again once its own session has ended (default 9 s).
        "broker.session.timeout.ms": "5000",
        "broker.heartbeat.interval.ms": "1000",
        # A consumer group on a laptop has one member; nobody waits for more.
        "group.initial.rebalance.delay.ms": "0",
        # Expired transactions are ended promptly, so that a killed worker holds nobody up: its
        # time-out of 10 s would otherwise last up to 20.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    }


def write_properties(folder: StateFolder, port: int, controller_port: int) -> Path:
    """Write server.properties and give its path."""
    return folder.write_private(
        f"{NAME}/server.properties",
        render_properties(properties(folder, port, controller_port)),
    )


def format_storage(folder: StateFolder, tool: Sequence[str], cluster: str) -> None:
    """Give the empty data folder its identity; does nothing if it has one.

    `tool` is the command of Kafka's storage tool. Raises StartError.
    """
    if (folder.part(NAME) / "data" / "meta.properties").is_file():
        return
    settings = folder.part(NAME) / "server.properties"
    done = tools.run([*tool, "format", "--cluster-id", cluster, "--config", str(settings)])
    if done.returncode != 0:
        told = "\n  ".join(excerpt(done.stdout + done.stderr))
        raise StartError(
            f"the broker's data folder could not be formatted:\n  {told}",
            hint="Free space, or name another folder with --state",
        )


def is_of_a_newer_one(told: str) -> bool:
    """Tell from a failed broker's log whether its data folder was written by a newer broker."""
    return _NEWER.search(told) is not None


def is_ready(port: int) -> bool:
    """Tell whether the broker serves: it answers, and counts itself among the brokers."""
    if not answers(port):
        return False
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    from wms_connector.kafka.clients import Cluster, client_settings
    from wms_connector.model.security import KafkaSecurity

    cluster = Cluster(f"{HOST}:{port}", KafkaSecurity.PLAINTEXT)
    try:
        return bool(AdminClient(client_settings(cluster)).list_topics(timeout=2).brokers)
    except KafkaException:
        return False
