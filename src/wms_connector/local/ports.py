"""Free ports on the loopback address."""

from __future__ import annotations

import contextlib
import random
import socket
import time
from typing import TYPE_CHECKING, Any, Final

from wms_connector.local.errors import LocalError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

HOST: Final = "127.0.0.1"
# Below the range from which the system gives ports to outgoing connections (Linux: 32768, others
# 49152), so that none of those takes a port between its choice and its use.
_FIRST: Final = 20_000
_LAST: Final = 32_767
_TRIES: Final = 2_000
_POLL: Final = 0.05  # s


def is_free(port: int) -> bool:
    """Tell whether nothing listens on a port."""
    with socket.socket() as probe:
        # As servers do: a connection that still lingers does not make the port busy.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def becomes_free(
    port: int,
    *,
    free: Callable[[int], bool] = is_free,
    sleep: Callable[[float], None] = time.sleep,
    seconds: float = 3.0,
) -> bool:
    """Tell whether a port is free, or is within seconds: a killed server's is so a moment later."""
    for _ in range(int(seconds / _POLL)):
        if free(port):
            return True
        sleep(_POLL)
    return free(port)


def holder(port: int) -> str:
    """Name who listens on a port, as far as this user may know."""
    import psutil

    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp4"):
            address: Any = connection.laddr
            listens = connection.status == psutil.CONN_LISTEN and address
            if listens and address.port == port and connection.pid is not None:
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
    return "another program"


def answers(port: int) -> bool:
    """Tell whether something accepts connections on a port."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def choose(
    taken: Collection[int] = (),
    *,
    free: Callable[[int], bool] = is_free,
    pick: Callable[[int, int], int] = random.randint,
) -> int:
    """Choose a free port that is not among those taken; raises LocalError if there is none."""
    for _ in range(_TRIES):
        port = pick(_FIRST, _LAST)
        if port not in taken and free(port):
            return port
    raise LocalError(
        f"no free port was found between {_FIRST} and {_LAST}",
        hint="Stop what listens there; `ss -ltnp` shows it",
    )
