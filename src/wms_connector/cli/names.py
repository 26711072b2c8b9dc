"""`names`: every name of a stage."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from wms_connector.cli.app import App, command
from wms_connector.model.secrets import PLAIN_SECRETS, SECRETS
from wms_connector.model.topics import topic_names


@click.command(epilog="Example: wms-connector names --stage main")
@command
def names(app: App) -> None:
    """Print every name of a stage: stacks, service, topics, alarms, secrets' paths."""
    found = described(app)
    app.show(found, _text(found))


def described(app: App) -> dict[str, Any]:
    """All names of the stage as plain values."""
    stage, own = app.stage, app.names
    topics = topic_names(app.pipeline, stage)
    prefix = app.pipeline.secrets_prefix
    debezium = app.pipeline.connector == "debezium"
    schemas = app.pipeline.connector_names(stage)
    connectors = list(dict.fromkeys(schemas.values()))
    # A JDBC connector has a task a table of its schema at most.
    tasks = Counter(schemas[table.schema] for table in topics.data)
    ids = [
        name
        for connector in connectors
        for name in own.transactional_ids(connector, 1 if debezium else tasks[connector])
    ]
    return {
        "stage": stage.name,
        "kind": stage.kind,
        "slug": stage.slug,
        "namespace": stage.namespace,
        "product": own.product,
        "stacks": {"alerts": own.alerts_stack, "connector": own.connector_stack},
        "service": own.service,
        "group_id": own.group_id,
        "connectors": connectors,
        "consumer_groups": [own.group_id, *([own.schema_history_group] if debezium else [])],
        "transactional_ids": list(dict.fromkeys(ids)),
        "topics": {
            "data": list(topics.data.values()),
            "internal": list(topics.internal),
        },
        "tables": {str(table): topic for table, topic in topics.data.items()},
        "database": {"flush_table": own.flush_table, "postgres_slot": own.slot},
        "log_group": own.log_group,
        "metrics_log_group": own.metrics_log_group,
        "metric_namespaces": [own.health_namespace, own.logs_namespace, own.workers_namespace],
        "alarm_prefix": own.alarm_prefix,
        "alerts_topic": own.alerts_topic,
        "secrets": [
            path for key in (*SECRETS, *PLAIN_SECRETS) for path in own.secret_paths(prefix, key)
        ],
    }


def _text(values: dict[str, Any], indent: str = "") -> str:
    lines = []
    width = max(len(key) for key in values) + 2
    for key, value in values.items():
        if isinstance(value, dict):
            lines += [f"{indent}{key}", _text(value, indent + "  ")]
        elif isinstance(value, list):
            lines += [f"{indent}{key}", *(f"{indent}  {item}" for item in value)]
        else:
            lines.append(f"{indent}{key:<{width}}{'-' if value is None else value}")
    return "\n".join(lines)
