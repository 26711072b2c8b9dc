"""How often restarts may be attempted: a rolling window and a back-off. Pure, but for the store.

The back-off is Strimzi's: n*n + n minutes after the nth attempt in the window (2, 6, 12, ...).

A clock may step. An attempt that lies in the future counts, however far, so stepping back spends
nothing anew: whatever was attempted less than a window ago, by the clock or in truth, is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from wms_connector.health.moments import moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.health.policy import Policy

KEPT: Final = 64
"""Attempts that a store keeps: by far more than any window holds."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A restart that was attempted: seconds since 1970, and of which connector."""

    at: float
    connector: str


@dataclass(frozen=True, slots=True)
class Log:
    """All attempts that are kept, and the version of the store that they were read at."""

    attempts: tuple[Attempt, ...] = ()
    version: int = 0


class Attempts(Protocol):
    """A store of attempts. `replace` writes only if nobody else has written since `log` was read,
    and tells whether it has: so two checks at once cannot spend the same attempt."""  # noqa: D205, D209

    def read(self) -> Log:
        """Give what is kept; an empty Log where nothing ever was."""
        ...

    def replace(self, log: Log, attempts: tuple[Attempt, ...]) -> bool:
        """Write `attempts` as version `log.version + 1`; False if it was not at `log.version`."""
        ...


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent now. `left` of `limit`; `allowed_at` is when the next one may be attempted.

    `exhausted`: nothing is left, and `allowed_at` is when one is free again; else a back-off runs
    until then. `allowed_at` is None where no attempt is ever allowed (a limit of 0).
    """

    limit: int
    left: int
    allowed_at: float | None
    now: float

    @property
    def exhausted(self) -> bool:
        """Whether the window's attempts are spent."""
        return self.left <= 0

    @property
    def allows(self) -> bool:
        """Whether a restart may be attempted now."""
        return self.left > 0 and self.allowed_at is not None and self.allowed_at <= self.now

    @property
    def reason(self) -> str:
        """Why none may be attempted now; empty if one may."""
        if self.allows:
            return ""
        if self.allowed_at is None:
            return "automatic restarts are turned off ([health] restarts = 0)"
        if self.exhausted:
            return f"no restart is left; the next is free at {moment(self.allowed_at)}"
        return f"the next restart may be attempted at {moment(self.allowed_at)}"


def budget(attempts: Iterable[Attempt], now: float, policy: Policy, connector: str = "") -> Budget:
    """Work out what may be spent at `now` on a connector; without one, of the stage as a whole.

    The limit is the stage's, the back-off is each connector's own: connectors that fail together,
    because their database went away, need not wait for each other.
    """
    recent = sorted(
        (attempt for attempt in attempts if now - attempt.at < policy.window),
        key=lambda attempt: attempt.at,
    )
    left = policy.restarts - len(recent)
    if policy.restarts <= 0:
        return Budget(policy.restarts, 0, None, now)
    if left <= 0:
        # One is free again when all but limit - 1 have left the window.
        return Budget(policy.restarts, 0, recent[-policy.restarts].at + policy.window, now)
    own = [attempt.at for attempt in recent if attempt.connector == connector]
    if not own:
        return Budget(policy.restarts, left, now, now)
    spent = len(own)
    return Budget(policy.restarts, left, own[-1] + 60.0 * (spent * spent + spent), now)
