"""Debezium's Oracle connector over LogMiner. docs/connectors.md says why each setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connectors.debezium_common import debezium_settings, escaped
from wms_connector.model.environment import Env
from wms_connector.model.security import KafkaSecurity, java_client_properties

if TYPE_CHECKING:
    from wms_connector.connectors.shape import DatabaseShape
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

CONNECTOR_CLASS: Final = "io.debezium.connector.oracle.OracleConnector"

BOUNDARY_MODE: Final = "internal.log.mining.transaction.snapshot.boundary.mode"
"""How transactions that are open when the snapshot starts are treated. `internal.` is part of the
key. Seen: the default (`skip`) loses what they changed before the snapshot; `all` keeps it."""

DDL_IGNORED_OF: Final = "internal.log.mining.schema_changes.username.exclude.list"
"""Whose DDL is not followed. Seen: with the default (`SYS,SYSTEM`) a column that a DBA adds fails
the task at the table's next change. Only DDL of captured tables is looked at here."""

_NOBODY: Final = "(none)"  # no user can be called so; an empty value would look like an oversight
_HISTORY: Final = "schema.history.internal"


def debezium_oracle(
    pipeline: Pipeline, stage: Stage, *, database: DatabaseShape, security: KafkaSecurity
) -> dict[str, str]:
    """Give the configuration for one stage, database form and way of signing in to Kafka."""
    names = pipeline.names(stage)
    settings = pipeline.debezium
    return {
        **debezium_settings(pipeline, stage),
        "connector.class": CONNECTOR_CLASS,
        **_database(database),
        "include.schema.changes": "false",
        "heartbeat.interval.ms": str(settings.heartbeat_interval_ms),
        "lob.enabled": str(settings.lob_enabled).lower(),
        "log.mining.strategy": settings.log_mining_strategy,
        "log.mining.query.filter.mode": _filter_mode(pipeline),
        "log.mining.flush.table.name": names.flush_table,
        BOUNDARY_MODE: "all",
        DDL_IGNORED_OF: _NOBODY,
        "retriable.restart.connector.wait.ms": "10000",
        # A log that is full and not archived yet is looked for every 10 seconds for an hour. The
        # default gives up after a minute, and the task is FAILED though nothing is lost.
        "internal.log.mining.log.query.max.retries": "360",
        "internal.log.mining.log.backoff.max.delay.ms": "10000",
        **_schema_history(names.schema_history, security),
    }


def _database(database: DatabaseShape) -> dict[str, str]:
    connection = {
        "database.user": Env.DB_USER.reference,
        "database.password": Env.DB_PASSWORD.reference,
        "database.dbname": Env.DB_NAME.reference,
        # Long mining queries send nothing for minutes; load balancers and NAT forget such
        # connections. `driver.` passes the properties on to ojdbc. Without the times, in seconds,
        # the first probe goes out after two hours: only then would a dead connection be noticed.
        "driver.oracle.net.keepAlive": "true",
        "driver.oracle.net.TCP_KEEPIDLE": "60",
        "driver.oracle.net.TCP_KEEPINTERVAL": "20",
        "driver.oracle.net.TCP_KEEPCOUNT": "6",
    }
    if database.pdb:
        connection["database.pdb.name"] = Env.DB_PDB.reference
    if database.url:
        return connection | {"database.url": Env.DB_URL.reference}
    return connection | {
        "database.hostname": Env.DB_HOST.reference,
        "database.port": Env.DB_PORT.reference,
    }


def _filter_mode(pipeline: Pipeline) -> str:
    """Push the table filter into the LogMiner query, in the form that can express it.

    `in` compares with literal names. Debezium takes the backslashes out of the table list for it
    but not out of the schema list, so that a schema whose name needs one (`A$B`) needs `regex`.
    """
    plain = all(escaped(schema) == schema for schema in pipeline.schemas)
    return "in" if plain else "regex"


def _schema_history(topic: str, security: KafkaSecurity) -> dict[str, str]:
    history = {
        f"{_HISTORY}.kafka.bootstrap.servers": Env.BROKERS.reference,
        f"{_HISTORY}.kafka.topic": topic,
        # The default, 3 s, is short for the first sign-in of a cold client.
        f"{_HISTORY}.kafka.query.timeout.ms": "30000",
        f"{_HISTORY}.store.only.captured.tables.ddl": "true",
    }
    signing_in = java_client_properties(security)
    for client in ("producer", "consumer"):
        history |= {f"{_HISTORY}.{client}.{key}": value for key, value in signing_in.items()}
    return history
