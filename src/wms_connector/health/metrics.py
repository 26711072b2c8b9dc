"""Every metric by name: one place for who emits it and who watches it.

`HEALTH` metrics are emitted by the check, `LOGS` by filters of the workers' log, `WORKERS` by the
workers' JMX exporter once a minute. The namespaces are `Names.health_namespace`,
`logs_namespace` and `workers_namespace`; they hold the stage, so no dimension does, but for
`WORKERS`: the CloudWatch agent makes no metric without one, so theirs is the stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Space(StrEnum):
    """Which of a stage's namespaces a metric is in."""

    HEALTH = "Health"
    LOGS = "ConnectorLogs"
    WORKERS = "Workers"


class Unit(StrEnum):
    """CloudWatch's word for a unit; hours and shares have none."""

    COUNT = "Count"
    SECONDS = "Seconds"
    MILLISECONDS = "Milliseconds"
    PER_SECOND = "Count/Second"
    BYTES = "Bytes"
    PERCENT = "Percent"
    NONE = "None"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric. `dimension` is what single values of it are told apart by, beside the worst of all,
    which has none (`least`: it is the least of them). `no_alarm` is the reason where nobody is
    woken by it."""  # noqa: D205, D209

    name: str
    what: str
    space: Space = Space.HEALTH
    unit: Unit = Unit.COUNT
    dimension: str = ""
    least: bool = False
    no_alarm: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value of a metric; `about` is its dimension's value, empty for the stage's own figure."""

    metric: Metric
    value: float
    about: str = ""

    def as_json(self) -> dict[str, Any]:
        """Give it for programs."""
        return {"metric": self.metric.name, "value": self.value, "about": self.about}


def _flag(name: str, what: str, **more: Any) -> Metric:
    return Metric(name, what, **more)


# What the check judges: 1 in a look that finds it, else 0.
CHECK_FAILED: Final = _flag("HealthCheckFailed", "the check could not see everything")
BROKERS_UNREACHABLE: Final = _flag("BrokersUnreachable", "no broker answers, or takes the sign-in")
CONNECT_UNREACHABLE: Final = _flag("ConnectApiUnreachable", "no worker answers `GET /`")
WORKER_UNHEALTHY: Final = _flag("ConnectWorkerUnhealthy", "`GET /health` says unhealthy")
SERVICE_UNHEALTHY: Final = _flag("EcsServiceUnhealthy", "fewer workers run than desired")
DATABASE_UNREACHABLE: Final = _flag("DbTcpUnreachable", "no TCP connection to the database")
LOGIN_REFUSED: Final = _flag("DbLoginRefused", "the database refuses the connector's user")
CONNECTOR_MISSING: Final = _flag("ConnectorMissing", "a desired connector is not registered")
CONNECTOR_UNKNOWN: Final = _flag(
    "ConnectorUnknown", "a connector is registered that is not desired"
)
CONNECTOR_FAILED: Final = _flag("ConnectorStateFailed", "a connector is FAILED")
TASK_FAILED: Final = _flag("ConnectorTaskFailed", "a task is FAILED")
RESTART_USELESS: Final = _flag("RestartUseless", "FAILED by what no restart heals")
NO_TASKS: Final = _flag("ConnectorNoTasks", "a connector runs without a task")
NOT_RUNNING: Final = _flag("ConnectorNotRunning", "neither RUNNING nor FAILED, nor held")
HELD: Final = _flag("ConnectorHeld", "somebody paused or stopped a connector")
NO_PROGRESS: Final = _flag("ConnectorNoProgress", "offsets stand while the source moves")
LAG_HIGH: Final = _flag("LagHigh", "further behind than the pipeline file allows")
LAG_UNKNOWN: Final = _flag("LagUnknown", "how far behind it is cannot be told")
HEADROOM_LOW: Final = _flag("ArchiveHeadroomLow", "the restart point is soon thrown away")
POSITION_LOST: Final = _flag("RestartPointLost", "the source no longer has the restart point")
LOG_NOT_ARCHIVED: Final = _flag("ArchiveLogWaiting", "a full redo log is not archived")
TOPIC_MISSING: Final = _flag("TopicMissing", "a topic that has to be there is not")
HEAP_LOW: Final = _flag("WorkerHeapLow", "little of a worker's heap is free after a collection")
BUDGET_EXCEEDED: Final = _flag("AutoRestartBudgetExceeded", "no restart is left in the window")
RESTART_ATTEMPTED: Final = _flag(
    "AutoRestartAttempted",
    "restarts that this check has attempted",
    no_alarm="what a restart heals needs nobody; what it does not heal has alarms of its own",
)
ROTATION_REFUSED: Final = _flag("RotationRefused", "a rotated password does not sign in")

# What it measures.
BEHIND: Final = Metric(
    "SecondsBehindSource", "between the last change delivered and now", unit=Unit.SECONDS,
    dimension="Connector", no_alarm="LagHigh is judged from it, with what explains it",
)  # fmt: skip
WAITING: Final = Metric(
    "SourceWaiting", "what is not read yet: SCNs, bytes or rows", dimension="Connector",
    no_alarm="how many there are says nothing of how long they take: LagHigh does",
)  # fmt: skip
EVENT_AGE: Final = Metric(
    "EventAgeSeconds", "age of the newest event of a topic", unit=Unit.SECONDS,
    dimension="Topic", least=True, no_alarm="a table that nobody changes is healthy",
)  # fmt: skip
HEADROOM: Final = Metric(
    "ArchiveHeadroomHours", "hours until the restart point is thrown away", unit=Unit.NONE,
    dimension="Connector", least=True, no_alarm="ArchiveHeadroomLow is judged from it",
)  # fmt: skip
HEAP_FREE: Final = Metric(
    "WorkerHeapFreePercent", "free heap after the last collection", unit=Unit.PERCENT,
    dimension="Worker", least=True, no_alarm="WorkerHeapLow is judged from it",
)  # fmt: skip
QUEUE_FREE: Final = Metric(
    "QueueFreePercent", "what is left of Debezium's queue", unit=Unit.PERCENT,
    dimension="Worker", least=True, no_alarm="a full queue is what catching up looks like",
)  # fmt: skip
RESTARTS_LEFT: Final = Metric(
    "AutoRestartsLeft", "restarts that may still be attempted in the window",
    no_alarm="AutoRestartBudgetExceeded is judged from it",
)  # fmt: skip

# What filters find in the workers' log.
ORACLE_ERRORS: Final = Metric("OracleErrorCount", "lines with an error of Oracle's", Space.LOGS)
UNKNOWN_TOPICS: Final = Metric(
    "UnknownTopicOrPartitionCount", "lines about a topic that is not there", Space.LOGS
)
CONNECT_EXCEPTIONS: Final = Metric(
    "ConnectExceptionCount", "lines with an exception of Kafka Connect's", Space.LOGS
)

# What the workers count themselves, once a minute: their exporter's names. Every worker writes into
# the same series, so each has its statistic: how to read what several have told.
WORKERS_DIMENSION: Final = "Stage"
"""The one dimension of each of them; its value is the stage's name (`Stage.name`)."""

WORKER_FAILED_TASKS: Final = Metric(
    "FailedTasks", "FAILED tasks of a worker", Space.WORKERS, dimension=WORKERS_DIMENSION
)


def _worker(name: str, what: str, unit: Unit, no_alarm: str, **more: Any) -> Metric:
    return Metric(
        name, what, Space.WORKERS, unit, dimension=WORKERS_DIMENSION, no_alarm=no_alarm, **more
    )


WORKER_RECORDS: Final = _worker(
    "RecordsPerSecond", "records that reach Kafka, averaged over 30 s", Unit.PER_SECOND,
    "a table that nobody changes is healthy",
)  # fmt: skip
WORKER_BEHIND: Final = _worker(
    "MillisecondsBehindSource", "how late Debezium's last event was; -1 before the first",
    Unit.MILLISECONDS, "it stands still while the source is idle: LagHigh asks the source",
)  # fmt: skip
WORKER_QUEUE: Final = _worker(
    "QueueRemaining", "events that still fit into Debezium's queue", Unit.COUNT,
    "a full queue is what catching up looks like", least=True,
)  # fmt: skip
WORKER_CONNECTED: Final = _worker(
    "SourceConnected", "1 while Debezium is connected to its database", Unit.COUNT,
    "Debezium connects again by itself; DbTcpUnreachable and LagHigh tell when it does not",
    least=True,
)  # fmt: skip
WORKER_SNAPSHOT: Final = _worker(
    "SnapshotTablesRemaining", "tables that a snapshot has still to read", Unit.COUNT,
    "a snapshot takes its time",
)  # fmt: skip
WORKER_HISTORY: Final = _worker(
    "SchemaHistoryRecovering", "1 while Debezium reads its schema history; else absent",
    Unit.COUNT, "it does so at each start; ConnectorNoProgress tells when it does not end",
)  # fmt: skip
WORKER_HEAP: Final = _worker(
    "HeapAfterCollectionBytes", "heap that is used after the old generation was collected",
    Unit.BYTES, "WorkerHeapLow is judged from the share that is free",
)  # fmt: skip

WORKERS: Final = (
    WORKER_FAILED_TASKS, WORKER_RECORDS, WORKER_BEHIND, WORKER_QUEUE, WORKER_CONNECTED,
    WORKER_SNAPSHOT, WORKER_HISTORY, WORKER_HEAP,
)  # fmt: skip
"""All of them, and nothing else of what the exporter tells."""
