"""How often restarts may be attempted: a rolling window and a back-off. Pure, but for the store.

The back-off is Strimzi's: n*n + n minutes after the nth attempt in the window (2, 6, 12, ...). A
clock may step: an attempt that lies in the future counts, so stepping back spends nothing anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

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


def budget(attempts: Iterable[Attempt], now: float, policy: Policy) -> Budget:
    """Work out what may be spent at `now`."""
    recent = sorted(a.at for a in attempts if abs(a.at - now) < policy.window)
    left = policy.restarts - len(recent)
    if policy.restarts <= 0:
        return Budget(policy.restarts, 0, None, now)
    if left <= 0:
        # One is free again when all but limit - 1 have left the window.
        return Budget(policy.restarts, 0, recent[-policy.restarts] + policy.window, now)
    if not recent:
        return Budget(policy.restarts, left, now, now)
    spent = len(recent)
    return Budget(policy.restarts, left, recent[-1] + 60.0 * (spent * spent + spent), now)
