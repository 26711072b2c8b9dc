"""Looks at a stage, for tests: one that is well, and what differs from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wms_connector.health.assess import assess
from wms_connector.health.budget import Attempt, Log
from wms_connector.health.history import History
from wms_connector.health.observation import (
    Connector,
    Flow,
    Observation,
    Reach,
    Service,
    Task,
    Topic,
    Worker,
)
from wms_connector.health.policy import Policy

if TYPE_CHECKING:
    from wms_connector.health.verdict import Verdict

NAME = "wms-oracle-cdc"
AT = 1_800_000_000.0
POLICY = Policy()
TICK = 600.0

BOOM = "org.apache.kafka.connect.errors.ConnectException: boom\n\tat a.B.c(B.java:1)"
LOGIN = "io.debezium.DebeziumException: x\nCaused by: java.sql.SQLException: ORA-01017: no"
PURGED = (
    "io.debezium.DebeziumException: The connector is trying to read change stream starting at "
    "OracleOffsetContext [scn=1], but this is no longer available on the server."
)
RIGHTS = "java.sql.SQLException: ORA-01031: insufficient privileges"
NO_LISTENER = "java.sql.SQLException: ORA-12541: no listener"
EXPIRED = (
    "org.apache.kafka.connect.errors.ConnectException: The task was unable to finish writing "
    "records before its producer transaction expired."
)
NO_TOPIC = "UnknownTopicOrPartitionException: This server does not host this topic-partition."


def task(state: str = "RUNNING", trace: str = "", number: int = 0) -> Task:
    return Task(id=number, state=state, worker="10.0.0.1:8083", trace=trace)


def connector(name: str = NAME, **more: Any) -> Connector:
    flow = Flow(offset="o1", source="s1", behind_seconds=2.0, waiting=10, unit="SCNs")
    return Connector(**{
        "name": name, "state": "RUNNING", "worker": "10.0.0.1:8083", "tasks": (task(),),
        "flow": flow, **more,
    })  # fmt: skip


def failed(trace: str = BOOM, name: str = NAME, **more: Any) -> Connector:
    return connector(name, **{"tasks": (task("FAILED", trace),), **more})


def flowing(**more: Any) -> Connector:
    """RUNNING, with some of its flow otherwise."""
    return connector(flow=connector().flow.model_copy(update=more))  # type: ignore[union-attr]


def look(*connectors: Connector, at: float = AT, **more: Any) -> Observation:
    """A look that is well but for what is given."""
    return Observation(**{
        "at": at,
        "desired": (NAME,),
        "connect": Reach(ok=True),
        "worker": Reach(ok=True),
        "connectors": connectors or (connector(),),
        "brokers": Reach(ok=True),
        "topics": (Topic(name="wms.A.B", exists=True, table="A.B", newest=at - 5),),
        "service": Service(desired=1, running=1),
        "database": Reach(ok=True),
        "workers": (Worker(name="w1", heap_free=0.5, queue_free=0.9),),
        **more,
    })  # fmt: skip


def judged(
    seen: Observation,
    before: History | None = None,
    attempts: tuple[Attempt, ...] = (),
    policy: Policy = POLICY,
) -> Verdict:
    return assess(seen, before or History(), policy, attempts)


def ids(verdict: Verdict) -> list[str]:
    return [finding.kind.id for finding in verdict.findings]


def flags(verdict: Verdict) -> dict[str, float]:
    """The stage's own values, by metric."""
    return {one.metric.name: one.value for one in verdict.measurements if not one.about}


def again(*looks: Observation, policy: Policy = POLICY) -> Verdict:
    """Judge looks one after the other; gives the last verdict."""
    history = History()
    for seen in looks:
        verdict = assess(seen, history, policy)
        history = verdict.history
    return verdict


class Store:
    """Attempts in memory. `between` is called before each write, as whoever comes between."""

    def __init__(self, *attempts: Attempt) -> None:
        self.log = Log(attempts)
        self.between: list[Any] = []

    def read(self) -> Log:
        return self.log

    def replace(self, log: Log, attempts: tuple[Attempt, ...]) -> bool:
        if self.between:
            self.between.pop(0)()
        if log.version != self.log.version:
            return False
        self.log = Log(attempts, log.version + 1)
        return True
