"""Whether somebody takes a TCP connection, and why not."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final, TypeAlias

from wms_connector.health.observation import Reach

Address: TypeAlias = tuple[str, int]
"""Host and port."""

Dial: TypeAlias = Callable[[Address, float], AbstractContextManager[Any]]

DIAL_SECONDS: Final = 4.0
"""For one connection: who swallows packets is given up after this time."""


def reached(address: Address, *, dial: Dial = socket.create_connection) -> Reach:
    """Connect and hang up; nothing is sent. The reason names no host."""
    try:
        with dial(address, DIAL_SECONDS):
            return Reach(ok=True)
    except TimeoutError:
        reason = "no answer in time: a security group or firewall may swallow it"
    except socket.gaierror:
        reason = "its host name is not known here"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    return Reach(ok=False, reason=reason)
