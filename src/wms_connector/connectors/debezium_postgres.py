"""Debezium's PostgreSQL connector: the laptop's source, with the topics of the Oracle one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connectors.debezium_common import debezium_settings
from wms_connector.model.environment import Env

if TYPE_CHECKING:
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

CONNECTOR_CLASS: Final = "io.debezium.connector.postgresql.PostgresConnector"

HEARTBEAT_MS: Final = 1_000
"""Milliseconds between heartbeats. The audit waits for the offset to pass a position in the log,
which on an idle database takes two heartbeats: one writes a message, the next reports it."""


def debezium_postgres(pipeline: Pipeline, stage: Stage) -> dict[str, str]:
    """Give the configuration: topics, envelope, keys and delivery as in `debezium_oracle`."""
    names = pipeline.names(stage)
    return {
        **debezium_settings(pipeline, stage),
        "connector.class": CONNECTOR_CLASS,
        "database.hostname": Env.DB_HOST.reference,
        "database.port": Env.DB_PORT.reference,
        "database.dbname": Env.DB_NAME.reference,
        "database.user": Env.DB_USER.reference,
        "database.password": Env.DB_PASSWORD.reference,
        "plugin.name": "pgoutput",
        "slot.name": names.slot,
        "slot.drop.on.stop": "false",
        "publication.name": names.slot,
        "publication.autocreate.mode": "filtered",
        # A slot that was made anew is ahead of the offset: fail, rather than go on with a gap.
        "offset.mismatch.strategy": "trust_offset",
        "status.update.interval.ms": "1000",
        "retriable.restart.connector.wait.ms": "1000",
        "slot.retry.delay.ms": "1000",
        **_heartbeat(names.slot),
    }


def _heartbeat(prefix: str) -> dict[str, str]:
    """Move the offset although no captured table changes, without a table of our own.

    The message goes into the write-ahead log and comes back through the replication slot, which
    moves the offset past it. It takes no transaction id and no right but that to connect.

    No message becomes a record, whoever wrote it: messages are the whole database's, and that of
    another connector's heartbeat would wait for a topic that is not there, and all changes behind
    it (seen with two stages on one database).
    """
    return {
        "heartbeat.interval.ms": str(HEARTBEAT_MS),
        "heartbeat.action.query": f"SELECT pg_logical_emit_message(false, '{prefix}', '')",
        "message.prefix.exclude.list": ".*",
    }
