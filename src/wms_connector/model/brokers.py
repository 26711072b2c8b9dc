"""The brokers' list: `host:port,host:port`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wms_connector.model.errors import PipelineError

HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Broker:
    """Where one broker answers."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Broker:
        """Read `host:port`; raises PipelineError, which shows the text."""
        host, colon, port = text.strip().rpartition(":")
        valid = port.isdecimal() and port.isascii() and 0 < int(port) <= HIGHEST_PORT
        if not colon or not host or not valid:
            raise PipelineError(
                f"{text.strip()!r} is no broker",
                hint=f"Write host:port, several separated by commas; a port is 1 to {HIGHEST_PORT}",
            )
        return cls(host, int(port))


def parse_brokers(text: str) -> tuple[Broker, ...]:
    """Read the list; raises PipelineError that shows what in it is no broker."""
    return tuple(Broker.parse(part) for part in text.split(","))
