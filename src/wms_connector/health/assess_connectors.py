"""Connectors and their tasks: which are there, which run, which a restart may heal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wms_connector.connect.models import ConnectorState
from wms_connector.health.assess_source import DATABASE
from wms_connector.health.assess_worker import is_rolling
from wms_connector.health.part import Part
from wms_connector.health.traces import trouble

if TYPE_CHECKING:
    from wms_connector.health.observation import Connector, Observation, Task
    from wms_connector.health.traces import Trouble

FAILED: Final = ConnectorState.FAILED.value
RUNNING: Final = ConnectorState.RUNNING.value
HELD: Final = frozenset({ConnectorState.PAUSED.value, ConnectorState.STOPPED.value})

KINDS: Final = (
    "connector-missing", "connector-unknown", "connector-failed", "task-failed", "restart-useless",
    "restart-budget-exceeded", "login-refused", "position-lost", "no-tasks", "not-running", "held",
)  # fmt: skip
"""What nobody can judge who does not see the connectors."""


@dataclass(slots=True)
class Failures:
    """What FAILED: connectors that a restart may heal, and the others with the reason, by name."""

    heal: list[str] = field(default_factory=list)
    waits: dict[str, str] = field(default_factory=dict)
    wants_topic: set[str] = field(default_factory=set)


def assess_connectors(seen: Observation) -> tuple[Part, Failures]:
    """Judge the connectors. Only those that have to be there are judged by their states.

    A deployment makes and removes them when its workers are there: until it is through, what is
    missing or one too many is soft.
    """
    part, failures = Part(), Failures()
    rolling = is_rolling(seen)
    if seen.connectors is None:
        part.cannot_see(*KINDS)
        return part, failures
    there = {connector.name: connector for connector in seen.connectors}
    for name in seen.desired:
        if name not in there:
            others = ", ".join(sorted(there)) or "none"
            told = f"{name} is not registered; there are: {others}"
            part.find("connector-missing", name, told, soft=rolling)
        else:
            _states(part, there[name])
            _failed(part, failures, there[name])
    for name, connector in sorted(there.items()):
        if name not in seen.desired:
            whose = "another pipeline file's, by its name" if connector.ours else "foreign"
            told = f"{name} is {connector.state}; it is {whose}"
            part.find("connector-unknown", name, told, soft=rolling)
    return part, failures


def runs(connector: Connector) -> bool:
    """Whether it and all its tasks are RUNNING, of which there is one at least."""
    return (
        connector.state == RUNNING
        and bool(connector.tasks)
        and all(task.state == RUNNING for task in connector.tasks)
    )


def _states(part: Part, connector: Connector) -> None:
    name, state = connector.name, connector.state
    if state in HELD:
        part.find("held", name, f"{name} is {state}")
    elif state == RUNNING and not connector.tasks:
        part.find("no-tasks", name, f"{name} is RUNNING, and has no task")
    elif state not in {RUNNING, FAILED}:
        part.find("not-running", name, f"{name} is {state}")
    elif odd := [task for task in connector.tasks if task.state not in {RUNNING, FAILED}]:
        told = ", ".join(f"task {task.id} is {task.state}" for task in odd)
        part.find("not-running", name, f"{name}: {told}")


def _failed(part: Part, failures: Failures, connector: Connector) -> None:
    """Note what FAILED, as what it is, and whether a restart may heal it."""
    name = connector.name
    troubles: list[Trouble] = []
    if connector.state == FAILED:
        troubles.append(trouble(connector.trace))
        part.find("connector-failed", name, f"{name}{_on(connector.worker)}: {troubles[0].line}")
    broken = [task for task in connector.tasks if task.state == FAILED]
    if broken:
        found = [trouble(task.trace) for task in broken]
        troubles += found
        part.find("task-failed", name, _tasks(name, broken, found[0]))
    if not troubles:
        return
    for found_trouble in troubles:
        _as_what_it_is(part, name, found_trouble)
    if any(found.wants_topic for found in troubles):
        failures.wants_topic.add(name)
    refused = next((found for found in troubles if found.kind == "login-refused"), None)
    useless = [found for found in troubles if found.kind]
    if connector.state in HELD:
        failures.waits[name] = f"somebody {connector.state.lower()} it"
    elif refused is not None:
        failures.waits[name] = f"a restart does not heal it, and may lock the user: {refused.line}"
    elif len(useless) == len(troubles):
        failures.waits[name] = f"a restart does not heal it: {useless[0].line}"
    else:
        failures.heal.append(name)


def _as_what_it_is(part: Part, name: str, found: Trouble) -> None:
    if found.kind == "login-refused":
        part.find(found.kind, DATABASE, f"{name}: {found.line}", step=found.step)
    elif found.kind:
        part.find(found.kind, name, f"{name}: {found.line}", step=found.step)


def _tasks(name: str, broken: list[Task], first: Trouble) -> str:
    ids = ", ".join(str(task.id) for task in broken)
    which = f"task {ids}" if len(broken) == 1 else f"tasks {ids}"
    return f"{which} of {name}{_on(broken[0].worker)}: {first.line}"


def _on(worker: str) -> str:
    return f" on {worker}" if worker else ""
