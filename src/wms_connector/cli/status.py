"""`status`: connectors, tasks and lag, with what failed and who acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.lag import Source, source_options
from wms_connector.cli.target import Asked, place_options, target

if TYPE_CHECKING:
    from wms_connector.connect.models import ConnectorStatus, Expanded


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
