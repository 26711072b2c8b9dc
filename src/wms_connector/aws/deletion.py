"""Deleting one CloudFormation stack and following it to its end, told step by step."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wms_connector.aws.errors import StackError
from wms_connector.aws.stacks import DELETED, DELETING, NOT_DELETED, Event, Stack, Stacks

if TYPE_CHECKING:
    from collections.abc import Callable

POLL_SECONDS: Final = (1.0, 5.0)
"""Between looks: in the first two minutes, in which a small stack is gone, and after that."""
_FIRST_SECONDS: Final = 120.0
PATIENCE_SECONDS: Final = 3 * 3600.0
"""For one stack. AWS takes 20 to 40 minutes to give back the network cards of functions in a VPC,
and a custom resource may take an hour."""
_SETTLING_SECONDS: Final = 60.0
"""How long a stack may show its former state after its deletion was asked for."""
_SILENCE_SECONDS: Final = 60.0
_SHOWN: Final = 3
_CANCELLED: Final = "Resource deletion cancelled"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How to wait, in seconds. `progress` is told what happens, a line each."""

    seconds: float = PATIENCE_SECONDS
    progress: Callable[[str], object] = str
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Deletion:
    """One stack's deletion, and what it has shown so far.

    `left` are the resources that the template keeps. `looking` is called at each look.
    """

    stacks: Stacks
    stack: Stack
    wait: Waiting
    looking: Callable[[], object] = dict
    left: list[str] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)
    _under_way: dict[str, str] = field(default_factory=dict)
    _failed: dict[str, str] = field(default_factory=dict)
    _ended: bool = False

    def run(self) -> None:
        """Delete it, or join a deletion that is under way, until it is gone.

        Raises StackError when CloudFormation fails or takes too long, and AwsError.
        """
        self._begin()
        started = told = self.wait.clock()
        while True:
            now = self.stacks.find(self.stack.id)
            news = [] if now is None else self.stacks.events(self.stack, self._known)
            for event in news:
                self._note(event)
            self.looking()
            if now is None or now.status == DELETED:
                self._tell("deleted")
                return
            elapsed = self.wait.clock() - started
            self._check(now, elapsed)
            if news:
                told = self.wait.clock()
            elif self.wait.clock() - told >= _SILENCE_SECONDS:
                told = self.wait.clock()
                self._tell(f"after {elapsed / 60:.0f} min still {self._pending()}")
            self.wait.sleep(POLL_SECONDS[elapsed >= _FIRST_SECONDS])

    def _begin(self) -> None:
        if self.stack.status == DELETING:
            self._tell("is being deleted already")
            return
        self._known = {event.id for event in self.stacks.events(self.stack)}
        self.stacks.delete(self.stack)
        self._tell("deletion begun")

    def _check(self, now: Stack, elapsed: float) -> None:
        """Raise StackError if there is nothing more to wait for."""
        settled = elapsed > _SETTLING_SECONDS
        if now.status == NOT_DELETED and (self._ended or settled):
            raise self._failure(now)
        if now.status not in {DELETING, NOT_DELETED} and settled:
            raise StackError(
                f"the stack {now.name} is not being deleted: it is {now.status}",
                hint="See who else changes it, then repeat the command",
            )
        if elapsed > self.wait.seconds:
            raise StackError(
                f"the stack {now.name} is still being deleted after "
                f"{self.wait.seconds / 60:.0f} minutes ({self._pending()}); that goes on",
                hint="Repeat the command to follow it",
            )

    def _note(self, event: Event) -> None:
        self._known.add(event.id)
        if event.of_stack:
            self._ended = event.status == NOT_DELETED
            return
        name = f"{event.logical} ({event.kind})"
        if event.status == DELETING:
            self._under_way[event.logical] = event.kind
            return
        self._under_way.pop(event.logical, None)
        self._failed.pop(name, None)
        reason = _sentence(event.reason)
        if event.status == NOT_DELETED and not reason.startswith(_CANCELLED):
            self._failed[name] = reason
        elif event.status == "DELETE_SKIPPED":
            self.left.append(f"{event.kind} {event.physical}, which the template keeps")
        self._tell(f"{event.status} {name}" + (f": {reason}" if reason else ""))

    def _tell(self, what: str) -> None:
        self.wait.progress(f"{self.stack.name}: {what}")

    def _pending(self) -> str:
        told = [f"{logical} ({kind})" for logical, kind in self._under_way.items()]
        more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
        return ", ".join(told[:_SHOWN]) + more if told else "being deleted"

    def _failure(self, now: Stack) -> StackError:
        told = [f"{name}: {reason.rstrip('.')}" for name, reason in self._failed.items()]
        reasons = "; ".join(told) or now.reason.rstrip(".") or "CloudFormation gives no reason"
        return StackError(
            f"the stack {now.name} could not be deleted: {reasons}",
            hint="Mend that and repeat the command: it goes on with what is left, and nothing is "
            "forgotten",
        )


def _sentence(reason: str) -> str:
    """Put a reason into one line, without the provider framework's own stack trace below it."""
    lines = (line for line in reason.splitlines() if not line.lstrip().startswith("at "))
    return " ".join(" ".join(lines).split())
