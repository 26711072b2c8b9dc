"""Properties of a Kafka Connect worker: one function for the laptop and for Fargate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from wms_connector.connectors.converters import JSON_WITH_SCHEMAS
from wms_connector.connectors.tuning import producer_settings
from wms_connector.model.environment import ALLOWLIST, Env
from wms_connector.model.security import KafkaSecurity, java_client_properties
from wms_connector.model.topics import OFFSETS_PARTITIONS, STATUS_PARTITIONS

if TYPE_CHECKING:
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

TRANSACTION_TIMEOUT_MS: Final = 10_000
"""How long a killed task's open transaction holds the offsets topic back. A worker that takes
over reads that topic to its end as `read_committed` first. Measured on two processors: 65 s of
silence after a SIGKILL with Kafka's 60 s, 7 to 18 s with this."""

_CLIENTS: Final = ("", "producer.", "consumer.", "admin.")


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """Where a worker runs: all that differs between a laptop and Fargate.

    `advertised_host` is the address at which other workers reach this one's REST interface;
    `plugin_path` is a folder that holds one folder a plugin; `replication` is that of Connect's
    own topics (1 on a single broker). `exactly_once` is `preparing` for one deployment when a
    running cluster of workers without it is moved (KIP-618), else `enabled`.
    """

    plugin_path: str
    advertised_host: str
    bootstrap: str = Env.BROKERS.reference
    security: KafkaSecurity = KafkaSecurity.PLAINTEXT
    replication: int = 3
    rest_host: str = "0.0.0.0"  # noqa: S104 - a task of its own; security groups decide who comes
    rest_port: int = 8083
    exactly_once: Literal["enabled", "preparing"] = "enabled"


def worker_properties(pipeline: Pipeline, stage: Stage, *, where: WorkerPlace) -> dict[str, str]:
    """Give the properties of a stage's workers, keys sorted. Nothing in them is a secret.

    Raises what `Pipeline.names` raises (StageError: the stage belongs to another product).
    """
    properties = {
        **_cluster(pipeline, stage, where),
        **_rest(where),
        **_recovery(),
        **_delivery(pipeline, where),
        **JSON_WITH_SCHEMAS,
        **_secrets(),
        "plugin.path": where.plugin_path,
        # Reads the plugins' service manifests instead of scanning every class of every jar.
        "plugin.discovery": "service_load",
    }
    signing_in = java_client_properties(where.security)
    for client in _CLIENTS:
        properties |= {f"{client}{key}": value for key, value in signing_in.items()}
    return dict(sorted(properties.items()))


def _cluster(pipeline: Pipeline, stage: Stage, where: WorkerPlace) -> dict[str, str]:
    names = pipeline.names(stage)
    topics = names.connect_topics
    replication = str(where.replication)
    return {
        "bootstrap.servers": where.bootstrap,
        "group.id": names.group_id,
        "client.id": names.group_id,
        "config.storage.topic": topics.config,
        "config.storage.replication.factor": replication,
        "offset.storage.topic": topics.offsets,
        "offset.storage.partitions": str(OFFSETS_PARTITIONS),
        "offset.storage.replication.factor": replication,
        "status.storage.topic": topics.status,
        "status.storage.partitions": str(STATUS_PARTITIONS),
        "status.storage.replication.factor": replication,
    }


def _rest(where: WorkerPlace) -> dict[str, str]:
    return {
        "listeners": f"http://{where.rest_host}:{where.rest_port}",
        "rest.advertised.host.name": where.advertised_host,
        "rest.advertised.port": str(where.rest_port),
        "rest.advertised.listener": "http",
    }


def _recovery() -> dict[str, str]:
    """Say how soon a dead worker's tasks run elsewhere, and how a live one stops.

    Measured with two workers, SIGKILL of the one that runs the task: a gap of 6.0 s with these
    and TRANSACTION_TIMEOUT_MS, 310.7 s with the defaults. 6 s is the shortest session that a
    broker allows by default (`group.min.session.timeout.ms`).
    """
    return {
        "session.timeout.ms": "6000",
        "heartbeat.interval.ms": "1500",
        # The default waits five minutes for a dead worker to come back under its own name; a
        # replaced Fargate task never does.
        "scheduled.rebalance.max.delay.ms": "0",
        # All tasks of a worker together. Whoever stops a worker must wait longer than this. A
        # task that is stopped while it signs in to its transaction waits for the herder, and the
        # herder for the task: the worker answers nobody for this long, so it is no longer than a
        # transaction. Cutting a task short loses nothing: its transaction is aborted.
        "task.shutdown.graceful.timeout.ms": "10000",
    }


def _delivery(pipeline: Pipeline, where: WorkerPlace) -> dict[str, str]:
    """Exactly-once for connectors that ask for it, and no topic that nobody planned."""
    return {
        "exactly.once.source.support": where.exactly_once,
        # For the transactional producers of tasks: Connect gives them what stands under
        # `producer.`, and its own default would be Kafka's 60 s.
        "producer.transaction.timeout.ms": str(TRANSACTION_TIMEOUT_MS),
        # Offsets of connectors that are at-least-once: what a SIGKILL repeats is at most this
        # old. Connect's default is 60 s. Exactly-once offsets go with their records instead.
        "offset.flush.interval.ms": "5000",
        "offset.flush.timeout.ms": "30000",
        # A dying worker of a destroyed stage must not bring a deleted topic back.
        "topic.creation.enable": "false",
        # A connector may tune its producer, and may not choose where or as whom it signs in.
        "connector.client.config.override.policy": "Allowlist",
        "connector.client.config.override.allowlist": ",".join(sorted(producer_settings(pipeline))),
    }


def _secrets() -> dict[str, str]:
    return {
        "config.providers": "env",
        "config.providers.env.class": (
            "org.apache.kafka.common.config.provider.EnvVarConfigProvider"
        ),
        "config.providers.env.param.allowlist.pattern": ALLOWLIST,
    }
