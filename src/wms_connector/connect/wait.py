"""Waiting for connectors: until they run, or until they are gone."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wms_connector.connect.errors import FailedError, WaitError
from wms_connector.connect.models import ConnectorState
from wms_connector.connect.trace import causes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from wms_connector.connect.client import ConnectClient
    from wms_connector.connect.models import ConnectorStatus

_POLL_SECONDS: Final = 0.2
_FAILED_SECONDS: Final = 5.0
_FORMER_SECONDS: Final = 20.0
"""How long a FAILED may be a former one: a task that is stopped while it starts is waited for, 10 s
with task.shutdown.graceful.timeout.ms as it is, and shows its former state all the while."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How to wait. `seconds` in all; `progress` is told each state that is new.

    A state counts once it has been seen for `settle` seconds: after a change Connect goes on
    showing the former state, RUNNING or FAILED, until it has taken the change up. `former` are
    states from before the change, by connector: a FAILED that is the very same, with the same
    trace, counts later.
    """

    seconds: float = 60.0
    settle: float = 0.0
    progress: Callable[[str], object] = str
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    former: Mapping[str, ConnectorStatus] = field(default_factory=dict)


def until_running(
    client: ConnectClient, names: Iterable[str], waiting: Waiting | None = None
) -> dict[str, ConnectorStatus]:
    """Wait until each connector and all of its tasks are RUNNING (at least one task).

    Raises FailedError when one is FAILED, with the causes of its trace; NotFoundError when one is
    not there; WaitError at the deadline, which says what is still missing.
    """
    wait = waiting or Waiting()
    pending = list(dict.fromkeys(names))
    deadline = wait.clock() + wait.seconds
    seen: dict[str, tuple[str, float]] = {}
    done: dict[str, ConnectorStatus] = {}
    former = dict(wait.former)
    while True:
        for name in tuple(pending):
            status = client.status(name)
            summary, now = status.summary(), wait.clock()
            if seen.get(name, ("", 0.0))[0] != summary:
                seen[name] = (summary, now)
                wait.progress(f"{name}: {summary}")
            if name in former and status != former[name]:
                del former[name]
            settled = now - seen[name][1] >= wait.settle
            old = name in former and now - seen[name][1] < _FORMER_SECONDS
            if settled and status.has_failed and not old:
                raise failure_of(status)
            if settled and status.is_running:
                pending.remove(name)
                done[name] = status
        if not pending:
            return done
        if wait.clock() >= deadline:
            missing = "; ".join(f"{name} is {seen[name][0]}" for name in pending)
            raise WaitError(
                f"not RUNNING after {wait.seconds:.0f} s: {missing}",
                hint="`wms-connector status` shows more; a paused connector needs `resume`",
            )
        wait.sleep(_POLL_SECONDS)


def until_state(
    client: ConnectClient, name: str, wanted: ConnectorState, waiting: Waiting | None = None
) -> ConnectorStatus:
    """Wait until a connector and those tasks that it has are in a state, PAUSED for example.

    RUNNING needs a task. Raises what `until_running` raises.
    """
    if wanted is ConnectorState.RUNNING:
        return until_running(client, [name], waiting)[name]
    wait = waiting or Waiting()
    deadline = wait.clock() + wait.seconds
    # What failed before is shown until the change is taken up; what is FAILED then stays so.
    patience = wait.clock() + _FAILED_SECONDS
    while True:
        status = client.status(name)
        states = {status.connector.state, *(task.state for task in status.tasks)}
        if states == {wanted}:
            return status
        if status.has_failed and wait.clock() >= patience:
            raise failure_of(status)
        if wait.clock() >= deadline:
            raise WaitError(
                f"not {wanted} after {wait.seconds:.0f} s: {name} is {status.summary()}",
                hint="`wms-connector status` shows more",
            )
        wait.sleep(_POLL_SECONDS)


def until_gone(client: ConnectClient, name: str, waiting: Waiting | None = None) -> None:
    """Wait until a connector that was removed is no longer listed; raises WaitError."""
    wait = waiting or Waiting()
    deadline = wait.clock() + wait.seconds
    while name in client.connectors():
        if wait.clock() >= deadline:
            raise WaitError(
                f"the connector {name} is still there after {wait.seconds:.0f} s",
                hint="Look into the worker's log",
            )
        wait.sleep(_POLL_SECONDS)


def failure_of(status: ConnectorStatus) -> FailedError:
    """Make the error of a connector that has failed; its traces are redacted already."""
    parts = []
    if status.connector.state is ConnectorState.FAILED:
        parts.append(("the connector", status.connector.trace))
    parts += [
        (f"task {task.id}", task.trace)
        for task in status.tasks
        if task.state is ConnectorState.FAILED
    ]
    told = [
        f"{part} is FAILED: {' <- '.join(causes(trace or '')) or 'it gives no reason'}"
        for part, trace in parts
    ]
    return FailedError(
        f"{status.name}: {'; '.join(told).rstrip('.')}",
        hint="Mend the cause, then `wms-connector restart`",
        evidence="\n".join(trace or "" for _, trace in parts),
    )
