"""The verbs of connectors: status, wait, plan, apply, restart, pause, resume, stop, offsets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.confirm import confirm
from wms_connector.cli.lag import Source, source_options
from wms_connector.cli.shape import Shape, shape_options
from wms_connector.cli.target import Asked, place_options, target
from wms_connector.model.errors import UsageError, WmsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.cli.target import Target
    from wms_connector.connect.client import ConnectClient
    from wms_connector.connect.models import ConnectorStatus, Expanded
    from wms_connector.connect.reconcile import Plan
    from wms_connector.connect.wait import Waiting

_name = click.argument("name", required=False)


@click.command(epilog="Example: wms-connector status --stage main --url http://127.0.0.1:8083")
@source_options
@place_options
@laptop_command
def status(app: App, asked: Asked, source: Source) -> int:
    """Show connectors, tasks and lag; exit 1 unless all that the pipeline desires are RUNNING."""
    where = target(app, asked, quiet=True)
    with where.client() as client:
        found = client.expanded()
        lags = {
            name: source.look(app, where, client, name)
            for name in found
            if app.names.owns_connector(name)
        }
        missing = [name for name in where.connector_names(app) if name not in found]
        guarantee = where.guarantee(app)
    shown = [
        _described(app, entry) | {"lag": lag.value if (lag := lags.get(name)) else None}
        for name, entry in found.items()
    ]
    shown += [{"name": name, "state": "MISSING", "ours": True, "tasks": []} for name in missing]
    healthy = not missing and all(
        entry.status is not None and entry.status.is_running
        for name, entry in found.items()
        if app.names.owns_connector(name)
    )
    value = {"stage": app.stage.name, "healthy": healthy, "delivery": guarantee}
    told = {name: lag.lines for name, lag in lags.items() if lag is not None}
    head = f"{where.told or f'stage {app.stage.name}'}, {guarantee}"
    app.show(value | {"where": where.where, "connectors": shown}, _table(head, shown, told))
    return int(not healthy)


@click.command(epilog="Example: wms-connector wait --timeout 120")
@click.option("--timeout", type=click.FloatRange(0, 86_400), default=60.0, show_default=True)
@place_options
@laptop_command
def wait(app: App, asked: Asked, timeout: float) -> None:
    """Wait until the pipeline's connectors and their tasks are RUNNING."""
    from wms_connector.connect.wait import until_running

    where = target(app, asked)
    with where.client() as client:
        running = until_running(client, where.connector_names(app), _waiting(timeout))
    _tell(app, where, {name: state.summary() for name, state in running.items()})


@click.command(epilog="Example: wms-connector plan")
@place_options
@shape_options
@laptop_command
def plan(app: App, asked: Asked, shape: Shape) -> None:
    """Show what `apply` would change at the connectors; changes nothing."""
    where = target(app, asked)
    with where.client() as client:
        desired = _desired(app, where, shape)
        made = _plan(app, client, desired)
    others = where.others(desired)
    note = [f"! {_not_deployed(app, others)}"] if others else []
    value = made.as_json() | {"where": where.where, "not_deployed": others}
    app.show(value, "\n".join([*made.lines(), *note]))


@click.command(epilog="Example: wms-connector apply --yes")
@click.option("--yes", is_flag=True, help="Do not ask before a connector is removed.")
@click.option("--timeout", type=click.FloatRange(0, 86_400), default=60.0, show_default=True)
@place_options
@shape_options
@laptop_command
def apply(app: App, asked: Asked, shape: Shape, yes: bool, timeout: float) -> None:
    """Bring the connectors to their configuration, then wait until they run."""
    from wms_connector.connect.apply import apply as apply_plan
    from wms_connector.connect.reconcile import Verb

    where = target(app, asked)
    with where.client() as client:
        desired = _desired(app, where, shape)
        if others := where.others(desired):
            raise UsageError(
                _not_deployed(app, others),
                hint=f"Nothing was changed. Deploy: `wms-connector deploy --stage {app.stage}`",
            )
        made = _plan(app, client, desired)
        if not app.as_json:
            click.echo("\n".join(made.lines()))
        if made.of(Verb.REMOVE):
            confirm(f"remove {len(made.of(Verb.REMOVE))} connectors", yes=yes)
        outcome = apply_plan(made, client, waiting=_waiting(timeout))
    states = {name: state.summary() for name, state in outcome.running.items()}
    text = "\n".join(f"{name}: {state}" for name, state in states.items())
    app.show(made.as_json() | {"where": where.where, "running": states}, text)


@click.command(epilog="Example: wms-connector restart --all")
@_name
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
@_name
@place_options
@laptop_command
def pause(app: App, asked: Asked, name: str | None) -> None:
    """Pause connectors: tasks stay and read nothing; offsets are kept."""
    _each(app, asked, name, _to_state("pause"))


@click.command(epilog="Example: wms-connector resume")
@_name
@place_options
@laptop_command
def resume(app: App, asked: Asked, name: str | None) -> None:
    """Resume connectors that were paused or stopped."""
    _each(app, asked, name, _to_state("resume"))


@click.command(epilog="Example: wms-connector stop")
@_name
@place_options
@laptop_command
def stop(app: App, asked: Asked, name: str | None) -> None:
    """Stop connectors: tasks are shut down; offsets are kept, and can be changed now."""
    _each(app, asked, name, _to_state("stop"))


@click.command(epilog="Example: wms-connector offsets --json")
@_name
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
        chosen = _chosen(app, client, name)
        if name is not None and file is not None:
            entries = _entries(file, name)
            confirm(f"set the offsets of {name}: changes between are lost or repeated", yes=yes)
            click.echo(client.set_offsets(name, entries), err=app.as_json)
        elif name is not None and reset:
            confirm(f"forget the offsets of {name}: it will take a new snapshot", yes=yes)
            click.echo(client.reset_offsets(name), err=app.as_json)
        found = {
            connector: [entry.model_dump() for entry in client.offsets(connector).offsets]
            for connector in chosen
        }
    lines = [
        f"{connector}  {json.dumps(entry['partition'])}  {json.dumps(entry['offset'])}"
        for connector, entries in found.items()
        for entry in entries or [{"partition": {}, "offset": None}]
    ]
    app.show(_with_place(where, found), "\n".join(lines))


def _desired(app: App, where: Target, shape: Shape) -> dict[str, dict[str, str]]:
    """The configurations of the pipeline file; a deployment says what they are made for."""
    from wms_connector.connectors import render

    if where.deployment is None:
        return shape.configs(app, laptop=where.is_local)
    if shape != Shape(None, pdb=False, url=False, security=None, secrets=None):
        raise UsageError(
            "the secrets that were deployed decide what a deployment's configuration is made for",
            hint="Leave out --source, --pdb, --database-url, --security and --secrets",
        )
    report = where.deployment.report
    return render(app.pipeline, app.stage, database=report.database, security=report.security)


def _not_deployed(app: App, others: list[str]) -> str:
    return (
        f"the pipeline that is deployed as stage {app.stage} has another configuration of "
        f"{', '.join(others)} than the pipeline file here"
    )


def _plan(app: App, client: ConnectClient, desired: dict[str, dict[str, str]]) -> Plan:
    from wms_connector.connect.ownership import check_stage
    from wms_connector.connect.reconcile import actual_of
    from wms_connector.connect.reconcile import plan as make_plan

    actual = actual_of(client.expanded())
    check_stage(app.names, actual)
    return make_plan(desired, actual, owned=app.names.owns_connector)


def _each(
    app: App,
    asked: Asked,
    name: str | None,
    act: Callable[[ConnectClient, str], str],
) -> None:
    where = target(app, asked)
    with where.client() as client:
        done = {connector: act(client, connector) for connector in _chosen(app, client, name)}
    _tell(app, where, done)


def _tell(app: App, where: Target, done: dict[str, str]) -> None:
    text = "\n".join(f"{connector}: {what}" for connector, what in done.items())
    app.show(_with_place(where, done), text)


def _with_place(where: Target, found: dict[str, Any]) -> dict[str, Any]:
    """For programs: what was found by connector, and under `where` at which place.

    No connector of ours has that name.
    """
    return found | {"where": where.where}


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
        return until_state(client, connector, wanted, _waiting(60)).summary()

    return act


def _chosen(app: App, client: ConnectClient, name: str | None) -> list[str]:
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


def _described(app: App, entry: Expanded) -> dict[str, Any]:
    name = entry.info.name
    found: dict[str, Any] = {"name": name, "ours": app.names.owns_connector(name)}
    if entry.status is None:
        return found | {"state": "UNASSIGNED", "tasks": []}
    return found | _state(entry.status)


def _state(status: ConnectorStatus) -> dict[str, Any]:
    from wms_connector.oracle.catalogue import explain

    def explained(trace: str | None) -> list[dict[str, object]]:
        return [entry.as_json() for entry in explain(trace or "")]

    head = status.connector
    return {
        "state": head.state.value,
        "worker": head.worker_id,
        "explained": explained(head.trace),
        "trace": head.trace,
        "tasks": [
            {
                "id": task.id,
                "state": task.state.value,
                "worker": task.worker_id,
                "explained": explained(task.trace),
                "trace": task.trace,
            }
            for task in status.tasks
        ],
    }


def _table(head: str, shown: list[dict[str, Any]], lags: dict[str, list[str]]) -> str:
    lines = [head]
    for entry in shown:
        note = "" if entry["ours"] else "  (not this pipeline's)"
        lines.append(f"{entry['name']:<28} {entry['state']:<11} {entry.get('worker', '')}{note}")
        lines += _trace(entry.get("trace"))
        for task in entry["tasks"]:
            lines.append(f"  task {task['id']:<21} {task['state']:<11} {task['worker']}")
            lines += _trace(task["trace"])
        if entry["state"] == "RUNNING" and not entry["tasks"]:
            lines.append("  no task: nothing is read")
        lines += [f"  {line}" for line in lags.get(entry["name"], ())]
    if not shown:
        lines.append("no connector; register it with `wms-connector apply`")
    return "\n".join(lines)


def _trace(trace: str | None) -> list[str]:
    """What a trace means, before what it says."""
    from wms_connector.connect.trace import causes
    from wms_connector.oracle.catalogue import explain

    entries = explain(trace or "")
    causing = [entry for entry in entries if not entry.frame] or list(entries)
    told = [f"    -> {entry.sentence}" for entry in causing]
    return told + [f"    {cause}" for cause in causes(trace or "")]


def _waiting(seconds: float) -> Waiting:
    from wms_connector.connect.wait import Waiting

    return Waiting(seconds=seconds, progress=lambda text: click.echo(text, err=True))


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
