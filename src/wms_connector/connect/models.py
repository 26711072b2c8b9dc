"""What Kafka Connect answers, as values; fields that we do not know are ignored.

Validation errors never quote their input: an answer can hold what a worker resolved.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )


class ConnectorState(StrEnum):
    """State of a connector or of a task."""

    UNASSIGNED = "UNASSIGNED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    FAILED = "FAILED"
    RESTARTING = "RESTARTING"
    DESTROYED = "DESTROYED"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def _missing_(cls, value: object) -> ConnectorState:
        del value  # a state that a later version brings
        return cls.UNKNOWN


class InitialState(StrEnum):
    """State in which a connector may be created (3.7 and later)."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"


class WorkerInfo(_Answer):
    """`GET /`."""

    version: str
    commit: str = ""
    kafka_cluster_id: str = ""


class Health(_Answer):
    """`GET /health` (3.9 and later): `healthy`, `starting` or `unhealthy`; of the worker only."""

    status: str
    message: str = ""

    @property
    def is_healthy(self) -> bool:
        """Whether the worker is ready to serve."""
        return self.status == "healthy"


class Plugin(_Answer):
    """One of `GET /connector-plugins`; `name` is its class."""

    name: str = Field(alias="class")
    type: str = ""
    version: str | None = None


class ConfigDefinition(_Answer):
    """How a plugin defines one key of its configuration."""

    name: str
    type: str = "STRING"
    required: bool = False
    default_value: str | None = None
    importance: str = ""
    documentation: str = ""
    group: str | None = None


class HeadStatus(_Answer):
    """State of the connector itself; `trace` is redacted."""

    state: ConnectorState
    worker_id: str = ""
    trace: str | None = None


class TaskStatus(_Answer):
    """State of one task; `trace` is redacted."""

    id: int
    state: ConnectorState
    worker_id: str = ""
    trace: str | None = None


class ConnectorStatus(_Answer):
    """`GET /connectors/<name>/status`."""

    name: str
    connector: HeadStatus
    tasks: tuple[TaskStatus, ...] = ()
    type: str = ""

    @property
    def is_running(self) -> bool:
        """Whether the connector and all of its tasks run; without a task nothing does."""
        states = {self.connector.state, *(task.state for task in self.tasks)}
        return bool(self.tasks) and states == {ConnectorState.RUNNING}

    @property
    def failed_tasks(self) -> tuple[int, ...]:
        """Numbers of the tasks that are FAILED."""
        return tuple(task.id for task in self.tasks if task.state is ConnectorState.FAILED)

    @property
    def has_failed(self) -> bool:
        """Whether the connector itself or one of its tasks is FAILED."""
        return self.connector.state is ConnectorState.FAILED or bool(self.failed_tasks)

    @property
    def is_held(self) -> bool:
        """Whether somebody paused or stopped it."""
        return self.connector.state in {ConnectorState.PAUSED, ConnectorState.STOPPED}

    def summary(self) -> str:
        """Say it in a few words, for example `RUNNING, task 0 FAILED`."""
        tasks = [f"task {task.id} {task.state}" for task in self.tasks]
        return ", ".join([self.connector.state.value, *(tasks or ["no task"])])


class TaskId(_Answer):
    """A task's number, as `GET /connectors/<name>` lists them."""

    connector: str
    task: int


class ConnectorInfo(_Answer):
    """`GET /connectors/<name>`: the configuration as it was given, references unresolved."""

    name: str
    config: dict[str, str | None] = Field(repr=False)
    tasks: tuple[TaskId, ...] = ()
    type: str | None = None


class Expanded(_Answer):
    """One connector of `GET /connectors?expand=info&expand=status`."""

    info: ConnectorInfo
    status: ConnectorStatus | None = None


class OffsetEntry(_Answer):
    """Position of one source partition; both are the connector's own forms."""

    partition: dict[str, Any]
    offset: dict[str, Any] | None = None


class Offsets(_Answer):
    """`GET /connectors/<name>/offsets`."""

    offsets: tuple[OffsetEntry, ...] = ()
