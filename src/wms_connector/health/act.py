"""Restarts what a verdict names, within the budget: reserve, attempt, give back what was not made.

An attempt is written before it is made, and only if nobody else has written since: of two checks at
once one attempts, the other finds the attempt and the back-off after it. A check that dies between
has spent its attempt, which errs on the side of fewer restarts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wms_connector.connect.errors import (
    ConnectFailure,
    HalfDoneError,
    NotFoundError,
    RebalanceError,
    RefusedError,
    StartingError,
    UnreachableError,
    UnsupportedError,
)
from wms_connector.health import metrics as m
from wms_connector.health.budget import KEPT, Attempt, Budget, budget
from wms_connector.health.metrics import Measurement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wms_connector.health.budget import Attempts
    from wms_connector.health.policy import Policy
    from wms_connector.health.verdict import Verdict

_NOT_MADE: Final = (
    RebalanceError, UnreachableError, StartingError, NotFoundError, RefusedError, UnsupportedError,
)  # fmt: skip
"""After these nothing was restarted. After any other failure nobody knows, and it is charged."""
_TRIES: Final = 8
"""How often a reservation is tried when others write at the same time."""


@dataclass(frozen=True, slots=True)
class Acted:
    """What was done. `attempted` are charged; `not_made` says why others were not, by connector.

    `doubts` says what was answered to attempts of which nobody knows whether they were made.
    """

    budget: Budget
    attempted: tuple[str, ...] = ()
    not_made: Mapping[str, str] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)

    @property
    def measurements(self) -> tuple[Measurement, ...]:
        """The metrics of it, to be emitted beside the verdict's."""
        return (
            Measurement(m.RESTART_ATTEMPTED, float(len(self.attempted))),
            Measurement(m.RESTARTS_LEFT, float(max(0, self.budget.left))),
        )


def act(
    verdict: Verdict,
    *,
    store: Attempts,
    restart: Callable[[str], object],
    policy: Policy,
    now: Callable[[], float],
) -> Acted:
    """Restart the FAILED parts of what the verdict names.

    `restart` restarts those of a connector, and raises ConnectFailure. Any other exception of it,
    and any of the store, is passed on; the attempt stays charged.
    """
    attempted: list[str] = []
    not_made: dict[str, str] = {}
    doubts: dict[str, str] = {}
    for name in verdict.restart:
        reserved = _reserve(store, name, policy, now)
        if isinstance(reserved, str):
            not_made[name] = reserved
            continue
        try:
            restart(name)
        except ConnectFailure as error:
            if isinstance(error, _NOT_MADE) and not isinstance(error, HalfDoneError):
                _give_back(store, reserved)
                not_made[name] = error.what
            else:
                attempted.append(name)
                doubts[name] = error.what
        else:
            attempted.append(name)
    left = budget(store.read().attempts, now(), policy)
    return Acted(left, tuple(attempted), not_made, doubts)


def _reserve(store: Attempts, name: str, policy: Policy, now: Callable[[], float]) -> Attempt | str:
    """Write an attempt before it is made; gives the reason where that may not be."""
    for _ in range(_TRIES):
        log = store.read()
        at = now()
        left = budget(log.attempts, at, policy, name)
        if not left.allows:
            return left.reason
        attempt = Attempt(at, name)
        if store.replace(log, (*log.attempts, attempt)[-KEPT:]):
            return attempt
    return "other checks write their attempts at the same time"


def _give_back(store: Attempts, attempt: Attempt) -> None:
    """Take an attempt out that was not made; it stays charged if others write all the while."""
    for _ in range(_TRIES):
        log = store.read()
        kept = list(log.attempts)
        if attempt not in kept:
            return
        kept.remove(attempt)
        if store.replace(log, tuple(kept)):
            return
