"""A JDBC source connector: polls for new rows. docs/connectors.md lists what it cannot see.

Delivery is at least once. Confluent's plugin and Aiven's share most keys; the rest is sent only to
the one that knows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connectors.converters import JSON_WITH_SCHEMAS
from wms_connector.connectors.debezium_common import escaped
from wms_connector.connectors.tuning import producer_overrides
from wms_connector.model.environment import Env

if TYPE_CHECKING:
    from wms_connector.connectors.shape import DatabaseShape
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage
    from wms_connector.model.table import Table

CONFLUENT: Final = "io.confluent.connect.jdbc."
AIVEN: Final = "io.aiven.connect.jdbc."

# Known to Confluent's plugin alone.
_CONFLUENT_ONLY: Final = {
    # The default, 5 s, is waited after every empty poll: 4 s of latency were seen with it, 0.9 s
    # without (poll interval 1 s).
    "poll.linger.ms": "0",
    "query.retry.attempts": "-1",
}


def jdbc_source(
    pipeline: Pipeline, stage: Stage, schema: str, *, database: DatabaseShape
) -> dict[str, str]:
    """Give the configuration for the tables of one schema.

    The plugin's topics are `topic.prefix` and the bare table name, so that the schema has to
    stand in the prefix, and each schema needs a connector of its own.
    """
    settings = pipeline.jdbc
    tables = [table for table in pipeline.captured if table.schema == schema]
    config = {
        "connector.class": settings.connector_class,
        # A table is a task at most.
        "tasks.max": str(len(tables)),
        "topic.prefix": pipeline.names(stage).jdbc_prefix(schema),
        **_connection(database),
        "schema.pattern": schema,
        "table.whitelist": ",".join(_listed(pipeline, table, database) for table in tables),
        "mode": settings.mode,
        "timestamp.column.name": ",".join(settings.timestamp_columns),
        "timestamp.delay.interval.ms": str(settings.delay_ms),
        "validate.non.null": "true",
        "db.timezone": settings.db_timezone,
        "poll.interval.ms": str(settings.poll_interval_ms),
        "batch.max.rows": str(settings.batch_max_rows),
        **_numbers(),
        **_keys(pipeline, stage, tables),
        "exactly.once.support": "requested",
        "transaction.boundary": "poll",
        "errors.tolerance": "none",
        **producer_overrides(pipeline),
        **JSON_WITH_SCHEMAS,
    }
    if settings.incrementing_column is not None:
        config["incrementing.column.name"] = settings.incrementing_column
    if settings.connector_class.startswith(CONFLUENT):
        config |= _CONFLUENT_ONLY
    return config


def _connection(database: DatabaseShape) -> dict[str, str]:
    """Say where the database is, and that its outages are waited for.

    Seen: with the defaults (3 attempts, 10 s apart) an outage fails the task after 20 s for good.
    The time-outs turn a server that accepts and never answers into an error.
    """
    return {
        "connection.url": _url(database),
        "connection.user": Env.DB_USER.reference,
        "connection.password": Env.DB_PASSWORD.reference,
        "connection.attempts": "1000000",
        "connection.backoff.ms": "2000",
    }


def _url(database: DatabaseShape) -> str:
    if database.url:
        return Env.DB_URL.reference
    host, port = Env.DB_HOST.reference, Env.DB_PORT.reference
    if database.vendor == "postgres":
        limits = "connectTimeout=10&socketTimeout=60&tcpKeepAlive=true"
        return f"jdbc:postgresql://{host}:{port}/{Env.DB_NAME.reference}?{limits}"
    # A pluggable database's default service has its name.
    service = (Env.DB_PDB if database.pdb else Env.DB_NAME).reference
    limits = "oracle.net.CONNECT_TIMEOUT=10000&oracle.jdbc.ReadTimeout=60000"
    return f"jdbc:oracle:thin:@//{host}:{port}/{service}?{limits}"


def _listed(pipeline: Pipeline, table: Table, database: DatabaseShape) -> str:
    """Spell a table as `table.whitelist` wants it: Aiven wants PostgreSQL's database before it."""
    aiven = pipeline.jdbc.connector_class.startswith(AIVEN)
    if aiven and database.vendor == "postgres":
        return f"{Env.DB_NAME.reference}.{table}"
    return str(table)


def _numbers() -> dict[str, str]:
    """Make numbers exact and readable.

    The column's type stays a decimal, which JSON then writes as a plain number instead of base64.
    `best_fit` would be readable too, but was seen to turn 1.5 into 1 where a column has no
    precision, and makes doubles of decimals.
    """
    return {
        "numeric.mapping": "none",
        "key.converter.decimal.format": "NUMERIC",
        "value.converter.decimal.format": "NUMERIC",
    }


def _keys(pipeline: Pipeline, stage: Stage, tables: list[Table]) -> dict[str, str]:
    """Give records of the tables that have keys a struct of those columns, as Debezium does.

    A transform sees every record of the connector, and fails on one without its columns: a
    predicate on the topic keeps each to its own table.
    """
    keyed = [table for table in tables if pipeline.jdbc.keys.get(str(table))]
    if not keyed:
        return {}
    aliases = [f"key{number}" for number, _ in enumerate(keyed, start=1)]
    config = {"transforms": ",".join(aliases), "predicates": ",".join(aliases)}
    for alias, table in zip(aliases, keyed, strict=True):
        topic = pipeline.names(stage).jdbc_topic(table)
        config |= {
            f"transforms.{alias}.type": "org.apache.kafka.connect.transforms.ValueToKey",
            f"transforms.{alias}.fields": ",".join(pipeline.jdbc.keys[str(table)]),
            f"transforms.{alias}.predicate": alias,
            f"predicates.{alias}.type": (
                "org.apache.kafka.connect.transforms.predicates.TopicNameMatches"
            ),
            f"predicates.{alias}.pattern": escaped(topic),
        }
    return config
