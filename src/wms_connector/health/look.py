"""A look from its beginning to its end: observe, judge, remember, and restart if that is wanted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from wms_connector.health.act import Acted, act
from wms_connector.health.assess import assess
from wms_connector.health.budget import Attempts, budget
from wms_connector.health.history import History
from wms_connector.health.observe import LOOK_SECONDS, observe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wms_connector.health.budget import Budget
    from wms_connector.health.observation import Observation
    from wms_connector.health.observe import Probes
    from wms_connector.health.policy import Policy
    from wms_connector.health.verdict import Verdict


class Memory(Attempts, Protocol):
    """What is kept from look to look."""

    def history(self) -> History:
        """Give the history of the last verdict; an empty one before the first."""
        ...

    def keep(self, history: History) -> None:
        """Keep it for the next look."""
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen, what it means, and what was done. `acted` is None where nobody restarts.

    `budget` is the stage's after that; None where no restart is counted.
    """

    seen: Observation
    verdict: Verdict
    budget: Budget | None = None
    acted: Acted | None = None

    def restarts_json(self) -> dict[str, Any] | None:
        """Give the budget for programs; `allowed_at` is seconds since 1970."""
        left = self.budget
        if left is None:
            return None
        return {"left": max(0, left.left), "limit": left.limit, "allowed_at": left.allowed_at}


def look(
    probes: Probes,
    desired: Sequence[str],
    policy: Policy,
    memory: Memory | None,
    *,
    restart: Callable[[str], object] | None = None,
    clock: Callable[[], float] = time.time,
    seconds: float = LOOK_SECONDS,
    redact: Callable[[str], str] = str,
) -> Look:
    """Take a look and judge it; `desired` are the connectors that have to be there.

    `restart` restarts what is FAILED of a connector: without it nothing is done. Without `memory`
    this is a first look, and nothing is restarted either. Raises what `memory` and `restart` raise.
    """
    seen = observe(probes, desired, clock=clock, seconds=seconds, redact=redact)
    if memory is None:
        return Look(seen, assess(seen, History(), policy))
    attempts = memory.read().attempts
    verdict = assess(seen, memory.history(), policy, attempts)
    memory.keep(verdict.history)
    left = budget(attempts, clock(), policy)
    if restart is None:
        return Look(seen, verdict, left)
    if not verdict.restart:
        return Look(seen, verdict, left, Acted(left))  # its measurements are told of every look
    acted = act(verdict, store=memory, restart=restart, policy=policy, now=clock)
    return Look(seen, verdict, acted.budget, acted)
