"""THE list of what can be wrong: for the check, alarms, mails, the dashboard and the runbook."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from wms_connector.health import metrics as m

if TYPE_CHECKING:
    from wms_connector.health.metrics import Metric


class Severity(IntEnum):
    """How much it matters. INFO wakes nobody; WARNING wants a look today; CRITICAL is now."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2


WARNING: Final = Severity.WARNING
CRITICAL: Final = Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding.

    `id` is its anchor in the runbook; `metric` is above 0 where it is found, and None for what is
    not a metric but an event. `soft`: it is a finding only when it was seen in several looks in a
    row. `explained_by`: ids of kinds that bring this one with them: whoever hears of those need not
    hear of this.
    """

    id: str
    title: str
    severity: Severity
    cause: str
    step: str
    metric: Metric | None
    soft: bool = False
    explained_by: tuple[str, ...] = ()

    @property
    def alarm(self) -> str:
        """What its alarm is called, in `Names.alarm`: letters alone."""
        return "".join(word.capitalize() for word in self.id.split("-"))

    @property
    def of_connector(self) -> bool:
        """Whether a finding of it is about one connector: it then explains that one alone."""
        return self.id in _OF_CONNECTOR


_DOWN: Final = ("brokers-unreachable", "service-unhealthy", "connect-unreachable")
_SOURCE: Final = ("database-unreachable", "login-refused", "position-lost")
_FAILED: Final = ("task-failed", "connector-failed", "restart-useless")
_OF_CONNECTOR: Final = frozenset({
    "position-lost", "headroom-low", "log-not-archived", "restart-useless",
    "restart-budget-exceeded", "connector-failed", "task-failed", "connector-missing",
    "connector-unknown", "no-tasks", "not-running", "held", "no-progress", "lag-high",
    "lag-unknown",
})  # fmt: skip
_IDLE: Final = ("connector-missing", "no-tasks", "not-running", "held", "topic-missing")

KINDS: Final = (
    Kind(
        "check-failed", "The health check cannot see everything, or has fallen silent", CRITICAL,
        "A question of the check was refused or timed out, or the check itself does not run. Until "
        "it sees again, no other alarm can be relied on.",
        "The evidence names what was refused; without any, look at the log of the function "
        "`<stack>-health`, and whether it is called at all.",
        m.CHECK_FAILED,
    ),
    Kind(
        "brokers-unreachable", "The Kafka brokers do not answer", CRITICAL,
        "They are down, the network to them is closed, or they refuse the way of signing in. "
        "Workers write nothing until they are back.",
        "Ask those who run the brokers, and check addresses and ports of the secret brokerString.",
        m.BROKERS_UNREACHABLE,
    ),
    Kind(
        "service-unhealthy", "Fewer workers run than desired", CRITICAL,
        "Workers stop, or cannot start: image, secret, network or memory.",
        "Read the service's newest events and the stopped task's reason in ECS (on a laptop the "
        "worker's log), then the workers' log.",
        m.SERVICE_UNHEALTHY,
    ),
    Kind(
        "connect-unreachable", "No worker answers", CRITICAL,
        "Kafka Connect's REST interface does not answer: no worker runs, it hangs, or the network "
        "between the check and the workers is closed.",
        "See whether tasks of the service run; if they do, look at the workers' log and at the "
        "security groups.",
        m.CONNECT_UNREACHABLE, explained_by=("brokers-unreachable", "service-unhealthy"),
    ),
    Kind(
        "worker-unhealthy", "A worker answers, and is not ready", WARNING,
        "It cannot reach the brokers, or cannot join its group: it neither starts nor stops "
        "connectors.",
        "Look at the workers' log for the brokers' names; `verify` checks the way to them.",
        m.WORKER_UNHEALTHY, soft=True, explained_by=_DOWN,
    ),
    Kind(
        "database-unreachable", "The database does not take connections", CRITICAL,
        "Its listener is down, or the network between workers and database is closed.",
        "Ask the DBA whether it is up, and check address and port of the secret dbInfo. The "
        "connector goes on by itself when it is back.",
        m.DATABASE_UNREACHABLE,
    ),
    Kind(
        "login-refused", "The database refuses the connector's user", CRITICAL,
        "Password changed, expired, or the account is locked. Every further try brings an account "
        "nearer to its lock, so nothing is restarted.",
        "Put the right password into the secret dbInfo; unlock the account if it is locked. The "
        "workers are replaced when the secret changes.",
        m.LOGIN_REFUSED, explained_by=("database-unreachable",),
    ),
    Kind(
        "position-lost", "The source no longer has the restart point", CRITICAL,
        "The logs that the connector has to read next were thrown away, or its replication slot "
        "is gone. Changes since then cannot be read any more.",
        "Restore the archived logs if there is a backup; else `wms-connector recover snapshot`, "
        "from a machine that reaches the workers (docs/recovery.md).",
        m.POSITION_LOST,
    ),
    Kind(
        "headroom-low", "The restart point will soon be thrown away", CRITICAL,
        "The connector stands still or an old transaction holds its restart point, and archived "
        "logs are deleted behind it. When they are gone, changes are lost.",
        "Ask the DBA to keep archived logs longer, now; then mend what holds the connector up.",
        m.HEADROOM_LOW, explained_by=("position-lost",),
    ),
    Kind(
        "log-not-archived", "A full redo log waits to be archived", WARNING,
        "The archiver is behind or stuck: often a full archive destination. The connector waits "
        "for it.",
        "Ask the DBA for the archiver's state and the space of its destination.",
        m.LOG_NOT_ARCHIVED, explained_by=("database-unreachable",),
    ),
    Kind(
        "topic-missing", "A topic that has to be there is not", CRITICAL,
        "Somebody deleted it. What is written to it fails, or is lost with it.",
        "Find out who deleted it. From a machine that reaches the brokers, `wms-connector topics "
        "apply` makes it again; a deployment that changes nothing does not. Then compare with "
        "`wms-connector audit`.",
        m.TOPIC_MISSING,
    ),
    Kind(
        "restart-useless", "Failed, and a restart cannot heal it", CRITICAL,
        "The error is one that comes back until somebody has acted, so no restart is spent on it.",
        "The evidence names the error and who has to act: see docs/errors.md.",
        m.RESTART_USELESS, explained_by=_SOURCE,
    ),
    Kind(
        "restart-budget-exceeded", "Restarts are used up", CRITICAL,
        "A connector fails again after each restart.",
        "Mend the cause, which its trace names, then `wms-connector restart`.",
        m.BUDGET_EXCEEDED, explained_by=_SOURCE,
    ),
    Kind(
        "connector-failed", "A connector is FAILED", CRITICAL,
        "It could not start: its configuration, its database, or a plugin.",
        "It is restarted by itself while restarts are left. If it fails again: `wms-connector "
        "status` explains the trace.",
        m.CONNECTOR_FAILED,
        explained_by=(*_DOWN, *_SOURCE, "restart-useless", "restart-budget-exceeded"),
    ),
    Kind(
        "task-failed", "A task is FAILED", CRITICAL,
        "It met an error that it does not retry itself. Kafka Connect never restarts it.",
        "It is restarted by itself while restarts are left. If it fails again: `wms-connector "
        "status` explains the trace.",
        m.TASK_FAILED,
        explained_by=(
            *_DOWN, *_SOURCE, "topic-missing", "restart-useless", "restart-budget-exceeded",
            "connector-failed",
        ),
    ),
    Kind(
        "connector-missing", "A connector that has to be there is not", CRITICAL,
        "Somebody deleted it, or its registration never happened.",
        "`wms-connector plan`, then `wms-connector apply`.",
        m.CONNECTOR_MISSING, explained_by=_DOWN,
    ),
    Kind(
        "connector-unknown", "A connector is there that nobody desires", WARNING,
        "Registered by hand, or left over from another pipeline file. It may write to topics and "
        "hold a replication position.",
        "`wms-connector plan` says what would be done with it.",
        m.CONNECTOR_UNKNOWN,
    ),
    Kind(
        "no-tasks", "A connector is RUNNING without a task", CRITICAL,
        "It finds no table to read, or a rebalance does not end. Nothing flows.",
        "Check the spelling of the tables in the pipeline file, then the workers' log.",
        m.NO_TASKS, soft=True, explained_by=(*_DOWN, *_SOURCE),
    ),
    Kind(
        "not-running", "A connector stays neither RUNNING nor FAILED", WARNING,
        "No worker takes it: they rebalance again and again, or too few run.",
        "Look at the workers' log for rebalances; see that all workers can reach each other on "
        "8083.",
        m.NOT_RUNNING, soft=True, explained_by=(*_DOWN, "worker-unhealthy"),
    ),
    Kind(
        "held", "Somebody paused or stopped a connector", WARNING,
        "It reads nothing until it is resumed, while the database throws away logs that it will "
        "need.",
        "`wms-connector resume` when the reason has passed.",
        m.HELD,
    ),
    Kind(
        "no-progress", "RUNNING, and nothing moves", CRITICAL,
        "Offsets stand still although the source moves on and a heartbeat would move them: the "
        "task hangs, or waits for an answer that does not come.",
        "Take a look at the task's log; `wms-connector restart --all` lets it begin again where "
        "its offsets stand.",
        m.NO_PROGRESS,
        explained_by=(*_DOWN, *_SOURCE, *_FAILED, *_IDLE, "worker-unhealthy", "log-not-archived"),
    ),
    Kind(
        "lag-high", "Further behind than allowed", WARNING,
        "More changes than it can carry, a large transaction, a slow network, or a standstill.",
        "See in `wms-connector watch` whether it catches up; if it does not, give it more "
        "processor or heap (docs/pipeline.md).",
        m.LAG_HIGH,
        explained_by=(
            *_DOWN, *_SOURCE, *_FAILED, *_IDLE, "worker-unhealthy", "log-not-archived",
            "no-progress",
        ),
    ),
    Kind(
        "lag-unknown", "How far behind it is cannot be told", WARNING,
        "The database does not answer what the check asks: a view that the connector's user may "
        "not see, or a restart point that is too old for Oracle to put a time to.",
        "`wms-connector preflight` names the grants that are missing; the evidence names the "
        "error.",
        m.LAG_UNKNOWN, soft=True,
        explained_by=(*_DOWN, *_SOURCE, *_FAILED, *_IDLE, "worker-unhealthy"),
    ),
    Kind(
        "heap-low", "A worker's heap is almost full", WARNING,
        "Transactions that are open at once do not fit: Debezium keeps them in the heap.",
        "Give the worker more memory: `memory` and `container_memory` of the stage's sizing.",
        m.HEAP_LOW, soft=True,
    ),
    Kind(
        "rotation-refused", "A rotated password does not sign in", CRITICAL,
        "A secret has a new value that the database, or the brokers, do not take. The workers were "
        "left as they are: they go on with the old one until they are replaced.",
        "Set the user's password to the secret's, or put the secret's former value back; then try "
        "it again: `aws lambda invoke --function-name <stack>-rotation /dev/stdout`.",
        m.ROTATION_REFUSED,
    ),
    Kind(
        "rotation-waiting", "A rotated secret could not be checked", WARNING,
        "Database or brokers were out of reach while the new value was tried, or the function that "
        "tries it failed. Nothing was replaced: the workers go on with the former value.",
        "When they are back: `aws lambda invoke --function-name <stack>-rotation /dev/stdout`.",
        None,
    ),
    Kind(
        "oracle-errors", "Oracle's errors in the workers' log", WARNING,
        "The connector retries what passes; these did not stop it.",
        "Search the workers' log for `ORA-`, and the code in docs/errors.md.",
        m.ORACLE_ERRORS, explained_by=(*_DOWN, *_SOURCE, *_FAILED, "log-not-archived"),
    ),
    Kind(
        "unknown-topic-errors", "The workers' log misses a topic", WARNING,
        "A topic was deleted, or may not be seen by the connector's user.",
        "`wms-connector verify` lists the topics that have to be there.",
        m.UNKNOWN_TOPICS, explained_by=("topic-missing",),
    ),
    Kind(
        "connect-exceptions", "Exceptions in the workers' log", WARNING,
        "Kafka Connect met errors that did not stop a task, or that a restart has healed.",
        "Search the workers' log for `kafka.connect.errors`.",
        m.CONNECT_EXCEPTIONS, explained_by=(*_DOWN, *_SOURCE, *_FAILED, *_IDLE),
    ),
    Kind(
        "worker-stopped", "A worker stopped by failure", WARNING,
        "It ran out of memory, failed its health check, or could not start. ECS starts another.",
        "The event names the reason; read the end of the stopped worker's log.",
        None,
    ),
    Kind(
        "service-event", "ECS cannot keep the workers running", CRITICAL,
        "Tasks fail again and again, or cannot be placed.",
        "The event names the reason: image, secret, address, capacity.",
        None,
    ),
    Kind(
        "mail-failed", "An alert could not be put into words", WARNING,
        "The function that writes these mails failed; what it was to tell came as raw text.",
        "Look at the log of the function `<stack>-mail`.",
        None,
    ),
)  # fmt: skip
"""Causes first: a finding is explained by kinds that stand before it."""

BY_ID: Final = {kind.id: kind for kind in KINDS}

BY_ALARM: Final = {kind.alarm: kind for kind in KINDS}
"""By the last part of an alarm's name."""


def explainers(kind: Kind) -> tuple[Kind, ...]:
    """Give the kinds that explain one, and what explains those, causes first."""
    found: set[str] = set()
    left = list(kind.explained_by)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(BY_ID[name].explained_by)
    return tuple(other for other in KINDS if other.id in found)
