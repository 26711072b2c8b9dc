"""`offsets`: how far connectors have read, and changing it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.chosen import chosen, name_argument, with_place
from wms_connector.cli.confirm import confirm
from wms_connector.cli.target import Asked, place_options, target
from wms_connector.model.errors import UsageError


@click.command(epilog="Example: wms-connector offsets --json")
@name_argument
@click.option("--reset", is_flag=True, help="Forget them: a STOPPED connector starts anew.")
@click.option(
    "--set",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Set them for a STOPPED connector, as `offsets --json` printed them.",
)
@click.option("--yes", is_flag=True, help="Do not ask before they are changed.")
@place_options
@laptop_command
def offsets(
    app: App,
    asked: Asked,
    name: str | None,
    reset: bool,
    file: Path | None,
    yes: bool,
) -> None:
    """Show how far connectors have read; --reset and --set change it, after a question."""
    if reset and file:
        raise UsageError("--reset and --set exclude each other", hint="Give one of them")
    if (reset or file) and name is None:
        raise UsageError("a change of offsets needs NAME", hint="Name the connector")
    where = target(app, asked)
    if file is not None and where.deployment is not None:
        raise UsageError(
            "offsets cannot be set at a deployment: its control function takes no body, because "
            "it never forwards what a caller sends",
            hint="From a machine in its network: `wms-connector offsets NAME --set FILE --url URL`",
        )
    with where.client() as client:
        asked_for = chosen(app, client, name)
        if name is not None and file is not None:
            entries = _entries(file, name)
            confirm(f"set the offsets of {name}: changes between are lost or repeated", yes=yes)
            click.echo(client.set_offsets(name, entries), err=app.as_json)
        elif name is not None and reset:
            confirm(f"forget the offsets of {name}: it will take a new snapshot", yes=yes)
            click.echo(client.reset_offsets(name), err=app.as_json)
        found = {
            connector: [entry.model_dump() for entry in client.offsets(connector).offsets]
            for connector in asked_for
        }
    lines = [
        f"{connector}  {json.dumps(entry['partition'])}  {json.dumps(entry['offset'])}"
        for connector, entries in found.items()
        for entry in entries or [{"partition": {}, "offset": None}]
    ]
    app.show(with_place(where, found), "\n".join(lines))


def _entries(file: Path, name: str) -> list[Any]:
    from pydantic import TypeAdapter, ValidationError

    from wms_connector.connect.models import OffsetEntry

    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        entries = TypeAdapter(list[OffsetEntry]).validate_python(
            found.get(name) if isinstance(found, dict) else found
        )
    except (ValueError, ValidationError, UnicodeDecodeError):
        entries = []
    if not entries:
        raise UsageError(
            f"{file} holds no offsets of {name}",
            hint=f"Expected what `wms-connector offsets {name} --json` prints",
        )
    return entries
