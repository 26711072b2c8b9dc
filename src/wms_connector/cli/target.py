"""Which Kafka Connect is meant: the workers that are named, else the laptop's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from pydantic import SecretStr

    from wms_connector.cli.app import App
    from wms_connector.connect.client import ConnectClient

F = TypeVar("F", bound=Callable[..., Any])


def url_option(function: F) -> F:
    """Give a command `--url`."""
    return click.option(
        "--url",
        "urls",
        multiple=True,
        metavar="URL",
        help="A Kafka Connect worker; several of one group may be given."
        "  [default: the laptop runtime's]",
    )(function)


@dataclass(frozen=True)
class Target:
    """Workers of one Connect cluster, whether they are the laptop's, and what to mask."""

    urls: tuple[str, ...]
    is_local: bool
    secrets: tuple[SecretStr, ...] = ()

    def client(self) -> ConnectClient:
        """A client of these workers; use it as a context manager."""
        from wms_connector.connect.client import ConnectClient

        return ConnectClient(self.urls, secrets=self.secrets)


def target(app: App, urls: tuple[str, ...]) -> Target:
    """Find the workers; raises NotRunningError, and StageError for named ones without a stage."""
    if urls:
        app.leave_laptop()
        return Target(urls, is_local=False)
    from wms_connector.local.errors import NotRunningError

    status = app.control().status()
    if not status.connect_urls:
        raise NotRunningError(
            f"no worker runs in {status.state_dir}",
            hint="Start it with `wms-connector local up`, or name another worker with --url",
        )
    secrets = app.control().folder.passwords()
    return Target(status.connect_urls, is_local=True, secrets=secrets)
