"""What the verbs of connectors share: which ones are meant, how long to wait, what is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from wms_connector.cli.app import App
    from wms_connector.cli.target import Target
    from wms_connector.connect.client import ConnectClient
    from wms_connector.connect.wait import Waiting

name_argument: Final = click.argument("name", required=False)


def chosen(app: App, client: ConnectClient, name: str | None) -> list[str]:
    """The connector that was named, or all of the pipeline's; none may be another stage's."""
    from wms_connector.connect.ownership import check_stage
    from wms_connector.connect.reconcile import actual_of

    actual = actual_of(client.expanded())
    check_stage(app.names, actual)
    if name is not None:
        return [name]
    found = [known for known in actual if app.names.owns_connector(known)]
    if not found:
        raise WmsError(
            f"no connector of {app.names.product} is at {client.where}",
            hint="Register it with `wms-connector apply`",
        )
    return found


def waiting(seconds: float) -> Waiting:
    """How to wait: each state that is new is told on stderr."""
    from wms_connector.connect.wait import Waiting

    return Waiting(seconds=seconds, progress=lambda text: click.echo(text, err=True))


def tell(app: App, where: Target, done: dict[str, str]) -> None:
    """Say what was done with each connector."""
    text = "\n".join(f"{connector}: {what}" for connector, what in done.items())
    app.show(with_place(where, done), text)


def with_place(where: Target, found: dict[str, Any]) -> dict[str, Any]:
    """For programs: what was found by connector, and under `where` at which place.

    No connector of ours has that name.
    """
    return found | {"where": where.where}
