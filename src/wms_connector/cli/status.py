"""`status`: connectors, tasks and lag; what is found, why, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.connector_json import connector_json
from wms_connector.cli.findings import (
    finding_lines,
    named,
    restart_lines,
    topic_lines,
    topics_json,
)
from wms_connector.cli.lag import Source, source_options
from wms_connector.cli.target import Asked, laptop_without_worker, place_options, target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wms_connector.cli.target import Target
    from wms_connector.health.flows import Flows
    from wms_connector.health.look import Look
    from wms_connector.health.source import Told


@click.command(epilog="Example: wms-connector status --stage main --url http://127.0.0.1:8083")
@source_options
@place_options
@laptop_command
def status(app: App, asked: Asked, source: Source) -> int:
    """Show connectors, tasks, lag and findings; exit 1 unless all is healthy.

    Nothing is changed. Exit 1: a finding of which somebody has to know, or a desired connector that
    does not run. Of a deployment it also tells the last check's findings.
    """
    where = laptop_without_worker(app, asked) or target(app, asked, quiet=True)
    flows = source.flows(app, where)
    taken = _laptop(app, flows) if where.is_local else _elsewhere(app, where, flows)
    told = flows.told if flows else {}
    findings = [finding.as_json() for finding in taken.verdict.findings]
    restarts = taken.restarts_json()
    notes: Sequence[str] = ()
    if where.deployment is not None:
        from wms_connector.cli.last_check import last_check

        last = last_check(where.deployment, taken.seen.at)
        findings, restarts, notes = last.beside(findings), last.restarts, last.lines
    connectors = _connectors(taken, told)
    findings = named(findings, app.names)
    healthy = _runs(taken) and all(finding["severity"] == "info" for finding in findings)
    now, guarantee = taken.seen.at, where.guarantee(app)
    head = f"{where.told or f'stage {app.stage.name}'}, {guarantee}"
    lines = [
        head,
        *_table(taken, connectors, {name: list(one.lines) for name, one in told.items()}),
        *topic_lines(taken.seen.topics, now),
        *finding_lines(findings, now),
        *restart_lines(restarts, now),
        *notes,
    ]
    value = {
        "stage": app.stage.name,
        "healthy": healthy,
        "delivery": guarantee,
        "where": where.where,
        "connectors": connectors,
        "topics": topics_json(taken.seen.topics, now),
        "findings": findings,
        "restarts": restarts,
    }
    app.show(value, "\n".join(lines))
    return int(not healthy)


def _laptop(app: App, flows: Flows | None) -> Look:
    from wms_connector.local.health import Laptop

    return Laptop(app.control(), app.pipeline, app.stage, flows=flows).look()


def _elsewhere(app: App, where: Target, flows: Flows | None) -> Look:
    """Look at what Kafka Connect says; raises WmsError where it does not answer at all.

    Nothing is remembered from here, so nothing is found that only several looks can tell.
    """
    from wms_connector.connect.errors import ConnectFailure
    from wms_connector.health.look import look
    from wms_connector.health.observation import Question
    from wms_connector.health.observe import connect_probes
    from wms_connector.health.policy import Policy

    desired = where.connector_names(app)
    with where.client() as client:
        probes = connect_probes(client, app.names.owns_connector)
        probes = replace(probes, flow=flows) if flows else replace(probes, offsets=None)
        taken = look(probes, desired, Policy.of(app.pipeline), None, redact=client.redactor.text)
    seen = taken.seen
    reason = seen.unseen.get(Question.CONNECT) or (seen.connect and seen.connect.reason)
    if reason:
        raise ConnectFailure(
            reason,
            hint="Check that the worker runs, the address, and that the network lets you through",
        )
    return taken


def _runs(taken: Look) -> bool:
    """Whether each desired connector runs now, with all its tasks: one look can tell that much."""
    from wms_connector.health.assess_connectors import runs

    there = {connector.name: connector for connector in taken.seen.connectors or ()}
    return all(name in there and runs(there[name]) for name in taken.seen.desired)


def _connectors(taken: Look, told: Mapping[str, Told]) -> list[dict[str, Any]]:
    if taken.seen.connectors is None:
        return []
    there = [
        connector_json(connector, told.get(connector.name), _explained)
        for connector in taken.seen.connectors
    ]
    return there + [
        {"name": name, "state": "MISSING", "ours": True, "tasks": []} for name in taken.seen.missing
    ]


def _explained(trace: str) -> list[dict[str, object]]:
    from wms_connector.oracle.catalogue import explain

    return [entry.as_json() for entry in explain(trace)]


def _table(taken: Look, shown: list[dict[str, Any]], lags: Mapping[str, list[str]]) -> list[str]:
    if taken.seen.connectors is None:
        return ["connectors: not seen; the findings say why"]
    lines = []
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
    return lines


def _trace(trace: str | None) -> list[str]:
    """What a trace means, before what it says."""
    from wms_connector.connect.trace import causes
    from wms_connector.oracle.catalogue import explain

    entries = explain(trace or "")
    causing = [entry for entry in entries if not entry.frame] or list(entries)
    told = [f"    -> {entry.sentence}" for entry in causing]
    return told + [f"    {cause}" for cause in causes(trace or "")]
