"""Names that settings once had, names that plugins read without reporting them, and prefixes."""

from __future__ import annotations

from typing import Final

from wms_connector.connectors.lint.definitions import Kind

RENAMED: Final[dict[str, str]] = {
    # Debezium 1.x to 2.x
    "database.server.name": "topic.prefix",
    "table.whitelist": "table.include.list",
    "table.blacklist": "table.exclude.list",
    "schema.whitelist": "schema.include.list",
    "schema.blacklist": "schema.exclude.list",
    "column.whitelist": "column.include.list",
    "column.blacklist": "column.exclude.list",
    "heartbeat.topics.prefix": "topic.heartbeat.prefix",
    "transaction.topic": "topic.transaction",
    "toasted.value.placeholder": "unavailable.value.placeholder",
    "database.out.server.name": "xstream.out.server.name",
    # Debezium Oracle
    "log.mining.view.fetch.size": "query.fetch.size",
    "log.mining.transaction.retention.hours": "log.mining.transaction.retention.ms",
    "log.mining.archive.log.hours": "archive.log.hours",
    "log.mining.archive.destination.name": "archive.destination.name",
}
"""Debezium: old name to new. Read from the field definitions of 1.9.7, 2.7.4 and 3.6.1."""

RENAMED_PREFIXES: Final[dict[str, str]] = {"database.history.": "schema.history.internal."}

_LOG_COUNT: Final = (
    "Remove it: since 3.6 mining goes by whole logs; log.mining.log.count.min (2) is what is left"
)
_RETIRED_IN_3_6: Final = (
    "log.mining.batch.size.default",
    "log.mining.batch.size.increment",
    "log.mining.batch.size.max",
    "log.mining.batch.size.min",
    "log.mining.scn.gap.detection.gap.size.min",
    "log.mining.scn.gap.detection.time.interval.max.ms",
    "log.mining.sleep.time.default.ms",
    "log.mining.sleep.time.increment.ms",
    "log.mining.sleep.time.max.ms",
    "log.mining.sleep.time.min.ms",
)
REMOVED: Final[dict[str, str]] = {
    **dict.fromkeys(_RETIRED_IN_3_6, _LOG_COUNT),
    "database.oracle.version": "Remove it: the connector asks the database",
    "log.mining.buffer.location": "Remove it, or set up log.mining.buffer.type",
    "log.mining.readonly.hostname": "Write log.mining.read.only",
    "sanitize.field.names": "Write field.name.adjustment.mode=avro",
    "truncate.handling.mode": "Write skipped.operations=none to see TRUNCATE",
    "snapshot.custom.class": "Write snapshot.mode.custom.name",
}
"""Debezium: settings without a successor of the same meaning, and what to do."""

WORKER_KEYS: Final = frozenset(
    {
        "connector.client.config.override.policy",
        "exactly.once.source.support",
        "offset.flush.interval.ms",
        "offset.flush.timeout.ms",
        "plugin.path",
        "scheduled.rebalance.max.delay.ms",
        "task.shutdown.graceful.timeout.ms",
        "topic.creation.enable",
    }
)
"""Settings of the worker that are often put into a connector, where nothing reads them."""

_TOPIC_NAMING: Final = {
    "topic.cache.size": "int",
    "topic.delimiter": "string",
    "topic.heartbeat.name": "string",
    "topic.heartbeat.prefix": "string",
    "topic.transaction": "string",
}
_HISTORY: Final = {
    f"schema.history.internal.{name}": kind
    for name, kind in {
        "kafka.bootstrap.servers": "string",
        "kafka.buffer.batch.size": "int",
        "kafka.create.timeout.ms": "long",
        "kafka.query.timeout.ms": "long",
        "kafka.recovery.attempts": "int",
        "kafka.recovery.poll.interval.ms": "int",
        "kafka.topic": "string",
        "name": "string",
        "skip.unparseable.ddl": "boolean",
        "store.only.captured.databases.ddl": "boolean",
        "store.only.captured.tables.ddl": "boolean",
    }.items()
}
UNREPORTED: Final[dict[Kind, dict[str, str]]] = {
    Kind.DEBEZIUM_ORACLE: {
        **_TOPIC_NAMING,
        **_HISTORY,
        "schema.exclude.list": "list",
        "schema.include.list": "list",
    },
    Kind.DEBEZIUM_POSTGRES: {**_TOPIC_NAMING, "offset.mismatch.strategy": "string"},
    Kind.JDBC_CONFLUENT: {},
    Kind.JDBC_AIVEN: {},
}
"""Settings that 3.6.1 reads (its sources: AbstractTopicNamingStrategy, KafkaSchemaHistory,
RelationalTableFilters, PostgresConnectorConfig) and does not report, and their types."""

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "config.action.reload": ("none", "restart"),
    "errors.tolerance": ("all", "none"),
    "exactly.once.support": ("requested", "required"),
    "log.mining.buffer.type": ("ehcache", "infinispan_embedded", "infinispan_remote", "memory"),
    "log.mining.query.filter.mode": ("in", "none", "regex"),
    "log.mining.strategy": ("hybrid", "online_catalog", "redo_log_catalog"),
    "mode": ("bulk", "incrementing", "timestamp", "timestamp+incrementing"),
    "numeric.mapping": ("best_fit", "best_fit_eager_double", "none", "precision_only"),
    "offset.mismatch.strategy": (
        "no_validation",
        "trust_greater_lsn",
        "trust_offset",
        "trust_slot",
    ),
    "transaction.boundary": ("connector", "interval", "poll"),
    "key.converter.decimal.format": ("BASE64", "NUMERIC"),
    "value.converter.decimal.format": ("BASE64", "NUMERIC"),
}
"""Values that are allowed where the plugin's answer does not list them."""

REQUIRED: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.DEBEZIUM_ORACLE: (
        "connector.class",
        "database.dbname",
        "database.password",
        "database.user",
        "schema.history.internal.kafka.bootstrap.servers",
        "schema.history.internal.kafka.topic",
        "topic.prefix",
    ),
    Kind.DEBEZIUM_POSTGRES: (
        "connector.class",
        "database.dbname",
        "database.hostname",
        "database.user",
        "topic.prefix",
    ),
    Kind.JDBC_CONFLUENT: ("connection.url", "connector.class", "mode", "topic.prefix"),
    Kind.JDBC_AIVEN: ("connection.url", "connector.class", "mode", "topic.prefix"),
}

CLIENT_PREFIXES: Final[dict[str, str]] = {
    "producer.override.": "producer",
    "consumer.override.": "consumer",
    "admin.override.": "admin",
    "schema.history.internal.producer.": "producer",
    "schema.history.internal.consumer.": "consumer",
    "signal.consumer.": "consumer",
}
"""Prefixes of a Kafka client's settings, and the client."""

FREE_PREFIXES: Final[dict[str, tuple[Kind, ...]]] = {
    "column.mask.": (Kind.DEBEZIUM_ORACLE, Kind.DEBEZIUM_POSTGRES),
    "column.truncate.to.": (Kind.DEBEZIUM_ORACLE, Kind.DEBEZIUM_POSTGRES),
    "driver.": (Kind.DEBEZIUM_ORACLE, Kind.DEBEZIUM_POSTGRES),
    "notification.sink.": (Kind.DEBEZIUM_ORACLE, Kind.DEBEZIUM_POSTGRES),
    "openlineage.": (Kind.DEBEZIUM_ORACLE, Kind.DEBEZIUM_POSTGRES),
    "signal.kafka.": (Kind.DEBEZIUM_ORACLE, Kind.DEBEZIUM_POSTGRES),
    "snapshot.select.statement.overrides.": (Kind.DEBEZIUM_ORACLE, Kind.DEBEZIUM_POSTGRES),
    "connection.oracle.": (Kind.JDBC_CONFLUENT, Kind.JDBC_AIVEN),
    "topic.creation.": tuple(Kind),
}
"""Prefixes under which a plugin passes on whatever stands there."""

ALIASED: Final[dict[str, str]] = {
    "transforms": "transforms.",
    "predicates": "predicates.",
    "converters": "",
    "post.processors": "",
}
"""Lists of names of the author's own, and what stands before each name in its settings."""

CONVERTERS: Final = ("key.converter", "value.converter", "header.converter")
