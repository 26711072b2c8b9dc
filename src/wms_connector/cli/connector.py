"""The verbs that act on connectors: wait, restart, pause, resume, stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.chosen import chosen, name_argument, tell, waiting
from wms_connector.cli.target import Asked, place_options, target

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.connect.client import ConnectClient


@click.command(epilog="Example: wms-connector wait --timeout 120")
@click.option("--timeout", type=click.FloatRange(0, 86_400), default=60.0, show_default=True)
@place_options
@laptop_command
def wait(app: App, asked: Asked, timeout: float) -> None:
    """Wait until the pipeline's connectors and their tasks are RUNNING."""
    from wms_connector.connect.wait import until_running

    where = target(app, asked)
    with where.client() as client:
        running = until_running(client, where.connector_names(app), waiting(timeout))
    tell(app, where, {name: state.summary() for name, state in running.items()})


@click.command(epilog="Example: wms-connector restart --all")
@name_argument
@click.option("--all", "everything", is_flag=True, help="Also what is not FAILED.")
@click.option("--task", type=click.IntRange(0), help="Only this task.")
@place_options
@laptop_command
def restart(
    app: App,
    asked: Asked,
    name: str | None,
    everything: bool,
    task: int | None,
) -> None:
    """Restart what is FAILED of connectors and tasks, or with --all everything."""

    def act(client: ConnectClient, connector: str) -> str:
        if task is not None:
            client.restart_task(connector, task)
            return f"task {task} restarts"
        if not everything and not client.status(connector).has_failed:
            return "nothing is FAILED, nothing was restarted"
        client.restart(connector, include_tasks=True, only_failed=not everything)
        return "restarts"

    _each(app, asked, name, act)


@click.command(epilog="Example: wms-connector pause")
@name_argument
@place_options
@laptop_command
def pause(app: App, asked: Asked, name: str | None) -> None:
    """Pause connectors: tasks stay and read nothing; offsets are kept."""
    _each(app, asked, name, _to_state("pause"))


@click.command(epilog="Example: wms-connector resume")
@name_argument
@place_options
@laptop_command
def resume(app: App, asked: Asked, name: str | None) -> None:
    """Resume connectors that were paused or stopped."""
    _each(app, asked, name, _to_state("resume"))


@click.command(epilog="Example: wms-connector stop")
@name_argument
@place_options
@laptop_command
def stop(app: App, asked: Asked, name: str | None) -> None:
    """Stop connectors: tasks are shut down; offsets are kept, and can be changed now."""
    _each(app, asked, name, _to_state("stop"))


def _each(
    app: App,
    asked: Asked,
    name: str | None,
    act: Callable[[ConnectClient, str], str],
) -> None:
    where = target(app, asked)
    with where.client() as client:
        done = {connector: act(client, connector) for connector in chosen(app, client, name)}
    tell(app, where, done)


def _to_state(verb: Literal["pause", "resume", "stop"]) -> Callable[[ConnectClient, str], str]:
    def act(client: ConnectClient, connector: str) -> str:
        from wms_connector.connect.models import ConnectorState
        from wms_connector.connect.wait import until_state

        match verb:
            case "pause":
                client.pause(connector)
                wanted = ConnectorState.PAUSED
            case "stop":
                client.stop(connector)
                wanted = ConnectorState.STOPPED
            case "resume":
                client.resume(connector)
                wanted = ConnectorState.RUNNING
        return until_state(client, connector, wanted, waiting(60)).summary()

    return act
