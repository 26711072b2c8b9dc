"""Doing what a plan says, one connector after the other, and waiting until they run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wms_connector.connect.reconcile import Plan, Verb, actual_of, plan
from wms_connector.connect.wait import Waiting, until_gone, until_running

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wms_connector.connect.client import ConnectClient
    from wms_connector.connect.models import ConnectorStatus

SETTLE_SECONDS: Final = 2.0
"""After a change or restart: until then Connect may still show what was before."""

_POLL_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and the states of the connectors that had to run at its end."""

    done: Plan
    running: Mapping[str, ConnectorStatus]


def reconcile(
    client: ConnectClient,
    desired: Mapping[str, Mapping[str, str]],
    *,
    owned: Callable[[str], bool],
    waiting: Waiting | None = None,
) -> Outcome:
    """Look, plan and apply in one go."""
    made = plan(desired, actual_of(client.expanded()), owned=owned)
    return apply(made, client, waiting=waiting)


def apply(made: Plan, client: ConnectClient, *, waiting: Waiting | None = None) -> Outcome:
    """Do what a plan says. Doing it again after a failure is safe.

    Then waits until everything that is desired and not paused or stopped is RUNNING. Raises what
    the client and `until_running` raise.
    """
    wait = waiting or Waiting()
    wanted: list[str] = []
    former = {action.name: client.status(action.name) for action in made.of(Verb.RESTART)}
    for action in made.actions:
        if action.verb.changes:
            wait.progress(f"{action.name}: {action.verb}")
        if action.verb is Verb.REMOVE:
            client.delete(action.name, missing_ok=True)
            until_gone(client, action.name, wait)
            continue
        if action.verb is Verb.FOREIGN:
            continue
        if action.verb is Verb.RESTART:
            updated = any(other.name == action.name for other in made.of(Verb.UPDATE))
            if not updated or _still_fails(former[action.name], client, wait):
                client.restart_failed(action.name)
        if action.config is not None:
            client.put(action.name, action.config)
        if not action.held:
            wanted.append(action.name)
    changed = bool(made.of(Verb.UPDATE) or made.of(Verb.RESTART))
    settled = replace(wait, settle=max(wait.settle, SETTLE_SECONDS)) if changed else wait
    return Outcome(made, until_running(client, wanted, replace(settled, former=former)))


def _still_fails(former: ConnectorStatus, client: ConnectClient, wait: Waiting) -> bool:
    """Tell whether a connector needs a restart after an update, which may have restarted its task.

    Connect does so if the task's own settings changed. To restart a task that has just been
    started ends it before it is up, which takes Connect ten seconds.
    """
    deadline = wait.clock() + SETTLE_SECONDS
    while client.status(former.name) == former:
        if wait.clock() >= deadline:
            return True
        wait.sleep(_POLL_SECONDS)
    return False
