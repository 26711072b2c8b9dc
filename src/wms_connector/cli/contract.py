"""`contract`: what consumers may rely on, out of the records themselves."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.model.table import Table


@click.command(epilog="Example: wms-connector contract WMS.PLAN_BASE_WVR_TBL --json")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option("--brokers", metavar="LIST", help="host:port,…  [default: the laptop runtime's]")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write one file a key and value there.",
)
@laptop_command
def contract(app: App, tables: tuple[str, ...], brokers: str | None, folder: Path | None) -> None:
    """JSON Schema of keys and values, from the schema that the newest record of a topic carries.

    It describes a record's payload. docs/contract.md tells the rest.
    """
    from confluent_kafka import Consumer

    from wms_connector.events.carried import carried
    from wms_connector.events.contract import json_schema
    from wms_connector.events.reader import consumer_settings
    from wms_connector.kafka.clients import Cluster, client_settings

    if brokers:
        app.leave_laptop()
    else:
        brokers = app.control().status().bootstrap_servers
    topics = _topics(app, tables)
    settings = client_settings(Cluster(brokers or "", app.pipeline.security(brokers or "")))
    with closing(Consumer(consumer_settings(settings))) as client:
        found = carried(client, list(topics.values()))
    told: dict[str, dict[str, Any]] = {}
    for table, topic in topics.items():
        if topic in found:
            key, value = found[topic]
            told[str(table)] = {
                "topic": topic,
                "key": None if key is None else json_schema(key),
                "value": json_schema(value),
            }
    for table in topics:
        if str(table) not in told:
            click.echo(f"{table}: its topic has no record yet", err=True)
    if folder is not None:
        for path in _written(folder, told):
            click.echo(path, err=app.as_json)
    if app.as_json or folder is None:
        app.show(told, None if app.as_json else "\n\n".join(map(_lines, told.values())))


def _topics(app: App, tables: tuple[str, ...]) -> dict[Table, str]:
    from wms_connector.model.table import Table
    from wms_connector.model.topics import topic_names

    known = topic_names(app.pipeline, app.stage).data
    for table in (wanted := [Table.parse(text) for text in tables]):
        if table not in known:
            raise UsageError(
                f"the pipeline has no table {table}", hint=f"It has {', '.join(map(str, known))}"
            )
    return {table: topic for table, topic in known.items() if not wanted or table in wanted}


def _written(folder: Path, told: Mapping[str, Mapping[str, Any]]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for table, parts in told.items():
        for part in ("key", "value"):
            if parts[part] is not None:
                path = folder / f"{table}.{part}.schema.json"
                path.write_text(json.dumps(parts[part], indent=2) + "\n")
                paths.append(path)
    return paths


def _lines(parts: Mapping[str, Any]) -> str:
    """Give a topic's columns for people: name, type, what it means; the key's are marked."""
    keys = set((parts["key"] or {}).get("properties", ()))
    value = parts["value"]
    rows = value.get("$defs", {}).values() or [value]
    columns = next(iter(rows)).get("properties", {})
    wide = max(map(len, columns), default=0)
    lines = [parts["topic"]]
    for name, column in columns.items():
        kinds = column.get("type", "object or null")
        kind = " or ".join(kinds) if isinstance(kinds, list) else kinds
        meaning = column.get("description", "")
        mark = "*" if name in keys else " "
        lines.append(f"{mark} {name:<{wide}}  {kind:<16}  {meaning}".rstrip())
    return "\n".join(lines)
