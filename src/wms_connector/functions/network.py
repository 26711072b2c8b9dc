"""A function's ways out beside AWS, Kafka and Kafka Connect; tests put others in their place."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

    from wms_connector.health.tcp import Dial
    from wms_connector.oracle.address import OracleAddress
    from wms_connector.oracle.database import Database

    Opener = Callable[[OracleAddress, SecretStr], Database]

SIGN_IN_SECONDS: Final = 20.0
"""To sign in: the driver gives up an address after 10 s, and one that has answered never."""


def addresses_of(host: str) -> tuple[str, ...]:
    """Give every IPv4 address of a name, sorted; none where it has none just now."""
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)
    except socket.gaierror:
        return ()
    return tuple(sorted({str(entry[4][0]) for entry in found}))


@dataclass(frozen=True, slots=True)
class Network:
    """`dial` opens a TCP connection, `addresses` asks DNS, `oracle` signs in (None: the driver)."""

    dial: Dial = socket.create_connection
    addresses: Callable[[str], tuple[str, ...]] = addresses_of
    oracle: Opener | None = None
    sign_in_seconds: float = SIGN_IN_SECONDS

    def sign_in(self, address: OracleAddress, password: SecretStr) -> Database:
        """Sign in to Oracle; raises OracleFailure."""
        if self.oracle is not None:
            return self.oracle(address, password)
        from wms_connector.oracle.driver import open_oracle

        return open_oracle(address, password)
