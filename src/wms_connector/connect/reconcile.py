"""From desired and actual connectors to a plan that can be read before it is applied. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from wms_connector.connect.redact import Redactor
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wms_connector.connect.models import ConnectorStatus, Expanded


class Verb(StrEnum):
    """What is done with a connector."""

    REMOVE = "remove"
    CREATE = "create"
    UPDATE = "update"
    RESTART = "restart"
    UNCHANGED = "unchanged"
    FOREIGN = "foreign"

    @property
    def changes(self) -> bool:
        """Whether anything is done at all."""
        return self not in {Verb.UNCHANGED, Verb.FOREIGN}


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One key; None where it is not there."""

    key: str
    before: str | None = field(repr=False)
    after: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ActualConnector:
    """A connector as the worker has it; without a status while it is being created."""

    config: Mapping[str, str | None] = field(repr=False)
    status: ConnectorStatus | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One step. `config` is the whole new configuration, `changes` what differs (secrets too).

    `held` tells that the connector is paused or stopped, and stays so.
    """

    verb: Verb
    name: str
    config: Mapping[str, str] | None = field(default=None, repr=False)
    changes: tuple[KeyChange, ...] = ()
    note: str = ""
    held: bool = False


_MARKS: Final = {
    Verb.REMOVE: "-",
    Verb.CREATE: "+",
    Verb.UPDATE: "~",
    Verb.RESTART: "*",
    Verb.UNCHANGED: "=",
    Verb.FOREIGN: "?",
}
_WORDS: Final = {
    Verb.REMOVE: "to remove",
    Verb.CREATE: "to create",
    Verb.UPDATE: "to update",
    Verb.RESTART: "to restart",
    Verb.UNCHANGED: "as desired",
    Verb.FOREIGN: "not ours",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which they are done: removals first, so that a connector under a new
    name never runs beside the one that it replaces."""  # noqa: D205, D209

    actions: tuple[Action, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether applying it would change nothing."""
        return not any(action.verb.changes for action in self.actions)

    def of(self, verb: Verb) -> tuple[Action, ...]:
        """Give the actions of one kind."""
        return tuple(action for action in self.actions if action.verb is verb)

    def lines(self, redactor: Redactor | None = None) -> list[str]:
        """Give the plan for people: `-` remove, `+` create, `~` update, `*` restart, `?` not ours.

        Secrets are masked; `redactor` knows more of them by value.
        """
        masked = redactor or Redactor()
        lines = []
        for action in self.actions:
            note = f"  ({masked.text(action.note)})" if action.note else ""
            lines.append(f"{_MARKS[action.verb]} {action.verb} {action.name}{note}")
            lines += [f"    {_told(change, masked)}" for change in action.changes]
        counts = [f"{len(self.of(verb))} {_WORDS[verb]}" for verb in Verb if self.of(verb)]
        lines.append(", ".join(counts) or "no connectors")
        return lines

    def as_json(self, redactor: Redactor | None = None) -> dict[str, Any]:
        """Give the plan for programs, masked in the same way."""
        masked = redactor or Redactor()
        return {
            "changes": not self.is_empty,
            "actions": [
                {
                    "action": action.verb.value,
                    "connector": action.name,
                    "note": masked.text(action.note),
                    "changes": [
                        {
                            "key": change.key,
                            "before": masked.value(change.key, change.before),
                            "after": masked.value(change.key, change.after),
                        }
                        for change in action.changes
                    ],
                }
                for action in self.actions
            ],
        }


def actual_of(expanded: Mapping[str, Expanded]) -> dict[str, ActualConnector]:
    """Give what the client's `expanded()` found in the form that a plan is made from."""
    return {
        name: ActualConnector(entry.info.config, entry.status) for name, entry in expanded.items()
    }


def plan(
    desired: Mapping[str, Mapping[str, str]],
    actual: Mapping[str, ActualConnector],
    *,
    owned: Callable[[str], bool],
) -> Plan:
    """Compare desired configurations by connector with what the worker has.

    A connector that is not desired is removed if `owned(name)`, and otherwise reported as
    foreign. A paused or stopped connector is updated and left paused or stopped. Raises UsageError
    for a desired configuration whose `name` is another connector's, or that `owned` refuses.
    """
    for name, config in desired.items():
        if config.get("name", name) != name:
            raise UsageError(
                f"the configuration of {name!r} has the name {config['name']!r}",
                hint="Leave `name` out of the configuration",
            )
        if not owned(name):
            raise UsageError(
                f"the connector {name!r} is not one of this pipeline's",
                hint="`wms-connector names` shows which connectors are",
            )
    undesired = [name for name in sorted(actual) if name not in desired]
    removed = [Action(Verb.REMOVE, name) for name in undesired if owned(name)]
    foreign = [
        Action(Verb.FOREIGN, name, note="left alone") for name in undesired if not owned(name)
    ]
    kept: list[Action] = []
    for name in sorted(desired):
        kept += _kept(name, desired[name], actual.get(name))
    order = [Verb.UPDATE, Verb.CREATE, Verb.RESTART, Verb.UNCHANGED]
    kept.sort(key=lambda action: order.index(action.verb))
    return Plan((*removed, *kept, *foreign))


def difference(before: Mapping[str, str | None], after: Mapping[str, str]) -> tuple[KeyChange, ...]:
    """Give the keys that differ. Connect itself adds `name`, so it is no difference."""
    keys = sorted({*before, *after} - {"name"})
    return tuple(
        KeyChange(key, before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    )


def _kept(name: str, config: Mapping[str, str], found: ActualConnector | None) -> list[Action]:
    if found is None:
        changes = difference({}, config)
        return [Action(Verb.CREATE, name, config, changes)]
    held = found.status is not None and found.status.is_held
    note = f"it is {found.status.connector.state}, and stays so" if found.status and held else ""
    actions = []
    if changes := difference(found.config, config):
        actions.append(Action(Verb.UPDATE, name, config, changes, note, held))
    if found.status is not None and found.status.has_failed:
        # Also after an update: Connect restarts a task only if its own settings changed.
        failed = f"now {found.status.summary()}"
        actions.append(Action(Verb.RESTART, name, note=failed, held=held))
    return actions or [Action(Verb.UNCHANGED, name, note=note, held=held)]


def _told(change: KeyChange, redactor: Redactor) -> str:
    before = redactor.value(change.key, change.before)
    after = redactor.value(change.key, change.after)
    if change.before is None:
        return f"+ {change.key} = {after}"
    if change.after is None:
        return f"- {change.key} = {before}"
    return f"~ {change.key} = {before} -> {after}"
