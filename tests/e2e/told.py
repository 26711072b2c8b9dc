"""What a failed test's runtimes are like at that moment, so that its report explains itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connect.client import ConnectClient
from wms_connector.local.control import LocalControl
from wms_connector.local.logs import read_from
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.local.status import LocalStatus

_LINES: Final = 12
"""Of each part's log."""
_WIDTH: Final = 300


def told(folder: Path) -> str:
    """Parts, connectors and tasks of all runtimes under a folder, with traces and ends of logs."""
    return "\n".join(line for state in sorted(folder.iterdir()) for line in _runtime(state))


def _runtime(state: Path) -> Iterator[str]:
    yield f"{state.name}:"
    try:
        status = LocalControl(state).status()
    except WmsError as error:
        yield f"  {error}"
        return
    yield from _connectors(status)
    for part in status.parts:
        yield f"  {part.name}, {'alive' if part.alive else 'not alive'}; the end of its log:"
        lines = read_from(state / "logs" / f"{part.name}.log").splitlines()
        yield from (f"    {line[:_WIDTH]}" for line in lines[-_LINES:])


def _connectors(status: LocalStatus) -> Iterator[str]:
    try:
        with ConnectClient(status.connect_urls) as client:
            for name in client.connectors():
                found = client.status(name)
                yield f"  {name}: {found.summary()}"
                for one in (found.connector, *found.tasks):
                    yield from (f"    {line}" for line in (one.trace or "").splitlines())
    except WmsError as error:
        yield f"  Kafka Connect: {error}"
