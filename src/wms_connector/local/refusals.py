"""Keeps from repeating a sign-in that Oracle has refused.

Who looks every few seconds would lock an account with a password that is no longer right. In
memory: a process knows what it has tried itself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

from wms_connector.health.moments import moment
from wms_connector.health.traces import refuses_sign_in
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")

PAUSE: Final = 600.0
"""Seconds before the same user and password are tried again. Oracle's default profile locks an
account after 10 failed sign-ins in a row (FAILED_LOGIN_ATTEMPTS): a look every 5 s needs 50 s for
that. This way it takes an hour and a half, and an account that is unlocked is seen in minutes."""


class RefusedBeforeError(WmsError):
    """The database has just refused the same sign-in, so it was not tried again."""


class Refusals:
    """The last sign-in that was refused; `clock` gives seconds since 1970.

    PostgreSQL locks no account, so its sign-ins need none of this.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._refused: tuple[Hashable, str] | None = None
        self._at = 0.0

    @property
    def told(self) -> str:
        """When it was tried and when it will be again; empty unless the last try was refused."""
        if self._refused is None:
            return ""
        return (
            f"tried at {moment(self._at)}; the same password is not tried again "
            f"before {moment(self._at + PAUSE)}, a changed one at once"
        )

    def attempt(self, credentials: Hashable, sign_in: Callable[[], T]) -> T:
        """Sign in, unless the same was refused within PAUSE; raises what `sign_in` raises.

        `credentials` are address, user and password. Raises RefusedBeforeError, which says the
        reason of the try that was made.
        """
        if (
            self._refused is not None
            and self._refused[0] == credentials
            and self._clock() < self._at + PAUSE
        ):
            raise RefusedBeforeError(f"{self._refused[1]}; {self.told}")
        try:
            given = sign_in()
        except WmsError as error:
            if refuses_sign_in(error.what):
                self._refused, self._at = (credentials, error.what), self._clock()
            raise
        self._refused = None
        return given
