"""What one look at a stage has seen: values, JSON both ways, no decision.

Times are seconds since 1970. What could not be asked is None, and `unseen` says why, by question.
A thing that does not exist where one looks (ECS on a laptop) is None without a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """Frozen; of what others say, unknown fields are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Question(StrEnum):
    """What is asked in one look; `Observation.unseen` has its keys from here."""

    CONNECT = "connect"
    CONNECTORS = "connectors"
    FLOW = "flow"
    TOPICS = "topics"
    SERVICE = "service"
    DATABASE = "database"
    WORKERS = "workers"


UNASKED: Final = "database"
"""Key of `Flow.unknown` where the database could not be asked at all."""


class Reach(Value):
    """Whether something answered; `reason` is one readable line where it did not."""

    ok: bool
    reason: str = ""


class Task(Value):
    """One task. `state` is Kafka Connect's word; `trace` is redacted."""

    id: int
    state: str
    worker: str = ""
    trace: str = ""


class Flow(Value):
    """How far a connector is, in its source's own terms. None is what is not known.

    `offset` is a text that is equal as long as the connector's offsets are; `source` one that is
    equal as long as nothing was written that it has to read. `behind_seconds` is between the last
    change delivered and now; `waiting` counts what is not read yet, in `unit` (`SCNs`, `bytes`,
    `rows`). `headroom_hours` is the time until the restart point is thrown away; `lost` says why a
    restart point can no longer be read; `held_up` names what the source has to do first, if it
    has not done it for a minute (a log that is full and not archived). `unknown` says what could
    not be asked, and why.
    """

    offset: str | None = None
    source: str | None = None
    behind_seconds: float | None = None
    waiting: int | None = None
    unit: str = ""
    headroom_hours: float | None = None
    lost: str = ""
    held_up: str = ""
    in_snapshot: bool = False
    unknown: Mapping[str, str] = Field(default_factory=dict)


class Connector(Value):
    """One connector. `ours`: its name is one that this product gives."""

    name: str
    state: str
    worker: str = ""
    trace: str = ""
    tasks: tuple[Task, ...] = ()
    ours: bool = True
    flow: Flow | None = None


class Topic(Value):
    """A topic that has to be there. `newest` is the time of its newest record, if it has any.

    `table` is SCHEMA.TABLE for a data topic, else empty. `end` grows by one with each record.
    """

    name: str
    exists: bool
    table: str = ""
    newest: float | None = None
    end: int | None = None


class Service(Value):
    """The workers' ECS service; `rolling` while a deployment of it is under way."""

    desired: int
    running: int
    pending: int = 0
    rolling: bool = False
    message: str = ""


class Worker(Value):
    """One worker's Java, by JMX: `heap_free` is a share from 0 to 1, after the last collection.

    `queue_free` is what is left of Debezium's queue, from 0 to 1; `failed_tasks` counts its own.
    """

    name: str
    heap_free: float | None = None
    queue_free: float | None = None
    failed_tasks: int | None = None


class Observation(Value):
    """One look. `desired` are the connectors that have to be there.

    `connect` is `GET /`; `worker` is `GET /health`, which speaks of the worker alone. `brokers`:
    whether they answer whoever asks for the topics, and take the way of signing in.
    """

    at: float
    desired: tuple[str, ...]
    connect: Reach | None = None
    worker: Reach | None = None
    connectors: tuple[Connector, ...] | None = None
    brokers: Reach | None = None
    topics: tuple[Topic, ...] | None = None
    service: Service | None = None
    database: Reach | None = None
    workers: tuple[Worker, ...] = ()
    unseen: Mapping[Question, str] = Field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """Connectors that have to be there and are not; none as long as that is not known."""
        if self.connectors is None:
            return ()
        there = {connector.name for connector in self.connectors}
        return tuple(name for name in self.desired if name not in there)
