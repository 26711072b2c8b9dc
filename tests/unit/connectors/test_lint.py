"""Lint: nothing against our own configurations, and one failing example of every rule."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.connectors import DatabaseShape, render
from wms_connector.connectors.lint import HIDDEN, Kind, Severity, committed, lint
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.table import Table

if TYPE_CHECKING:
    from wms_connector.model.pipeline import Pipeline

ORACLE = Kind.DEBEZIUM_ORACLE
POSTGRES = Kind.DEBEZIUM_POSTGRES
CONFLUENT = Kind.JDBC_CONFLUENT
AIVEN = Kind.JDBC_AIVEN
SHAPES = [
    *(DatabaseShape(pdb=pdb, url=url) for pdb, url in product([False, True], repeat=2)),
    DatabaseShape(vendor="postgres"),
]
BOUNDARY = "internal.log.mining.transaction.snapshot.boundary.mode"
HISTORY = "schema.history.internal"
AIVEN_CLASS = "io.aiven.connect.jdbc.JdbcSourceConnector"


@pytest.fixture(scope="session")
def clean(wms: Pipeline, wms_jdbc: Pipeline) -> dict[Kind, dict[str, str]]:
    """A configuration of each kind against which nothing can be said."""
    settings = wms_jdbc.jdbc.model_copy(
        update={
            "timestamp_columns": ("SYS_UPD_TS", "SYS_ADD_TS"),
            "keys": {str(table): ("ID",) for table in wms_jdbc.jdbc.tables},
        }
    )
    confluent = wms_jdbc.model_copy(update={"jdbc": settings})
    aiven = confluent.model_copy(
        update={"jdbc": settings.model_copy(update={"connector_class": AIVEN_CLASS})}
    )
    found = {}
    for kind, pipeline, shape in [
        (ORACLE, wms, DatabaseShape()),
        (POSTGRES, wms, DatabaseShape(vendor="postgres")),
        (CONFLUENT, confluent, DatabaseShape()),
        (AIVEN, aiven, DatabaseShape()),
    ]:
        stage = pipeline.stage("main")
        configs = render(pipeline, stage, database=shape, security=KafkaSecurity.SCRAM)
        found[kind] = configs["wms-oracle-cdc"]
    return found


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_said_against_a_clean_configuration(
    clean: dict[Kind, dict[str, str]], kind: Kind
) -> None:
    assert lint(clean[kind], kind=kind) == []


@pytest.mark.parametrize(("shape", "security"), list(product(SHAPES, KafkaSecurity)))
@pytest.mark.parametrize("stage", ["main", "Feature_7"])
def test_nothing_is_said_against_our_own(
    wms: Pipeline, shape: DatabaseShape, security: KafkaSecurity, stage: str
) -> None:
    for config in render(wms, wms.stage(stage), database=shape, security=security).values():
        kind = Kind.of(config["connector.class"])
        assert kind is not None
        assert lint(config, kind=kind) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_of_jdbc_it_says_that_updates_are_lost(wms_jdbc: Pipeline, shape: DatabaseShape) -> None:
    stage, security = wms_jdbc.stage("main"), KafkaSecurity.IAM
    for config in render(wms_jdbc, stage, database=shape, security=security).values():
        [finding] = lint(config, kind=CONFLUENT)
        assert finding.severity is Severity.WARNING
        assert finding.key == "timestamp.column.name"
        assert "updates are lost" in finding.message


def test_a_table_of_dollars_is_linted_clean(wms: Pipeline) -> None:
    for name in ("S.T$", "S$.T", "A_B.C#D"):
        pipeline = wms.model_copy(update={"tables": (Table.parse(name),)})
        [config] = render(
            pipeline, pipeline.stage("main"), database=SHAPES[0], security=KafkaSecurity.IAM
        ).values()
        assert lint(config, kind=ORACLE) == []


Example = tuple[Kind, dict[str, str | None], str, Severity, str, str]
E, W = Severity.ERROR, Severity.WARNING
# Kind; settings changed (None: removed); then key, severity, and parts of message and advice.
EXAMPLES: Final[list[Example]] = [
    # Keys that nothing reads
    (ORACLE, {"heartbeat.intervall.ms": "1"}, "heartbeat.intervall.ms", E,
     "does not know it", "Did you mean heartbeat.interval.ms?"),
    (ORACLE, {"zzz": "1"}, "zzz", E, "does not know it", "Remove it"),
    (ORACLE, {"database.server.name": "x"}, "database.server.name", E,
     "another name", "Write topic.prefix"),
    (ORACLE, {"table.whitelist": "A.B"}, "table.whitelist", E,
     "another name", "Write table.include.list"),
    (ORACLE, {"database.history.kafka.topic": "x"}, "database.history.kafka.topic", E,
     "another name", "Write schema.history.internal.kafka.topic"),
    (POSTGRES, {"heartbeat.topics.prefix": "x"}, "heartbeat.topics.prefix", E,
     "another name", "Write topic.heartbeat.prefix"),
    (ORACLE, {"log.mining.batch.size.max": "1"}, "log.mining.batch.size.max", E,
     "exists no longer", "log.mining.log.count.min"),
    (ORACLE, {"log.mining.sleep.time.max.ms": "1"}, "log.mining.sleep.time.max.ms", E,
     "exists no longer", "log.mining.log.count.min"),
    (ORACLE, {BOUNDARY.removeprefix("internal."): "all"}, BOUNDARY.removeprefix("internal."), E,
     "internal. is part of this key", f"Write {BOUNDARY}"),
    (ORACLE, {"value.converter.replace.null.with.default": None},
     "value.converter.replace.null.with.default", E, "arrives as its default", "Write false"),
    (CONFLUENT, {"value.converter.replace.null.with.default": "true"},
     "value.converter.replace.null.with.default", E, "arrives as its default", "Write false"),
    (ORACLE, {"topic.creation.enable": "false"}, "topic.creation.enable", E,
     "setting of the worker", "worker's properties"),
    (ORACLE, {"producer.override.lingr.ms": "5"}, "producer.override.lingr.ms", E,
     "a Kafka producer does not know it", "producer.override.linger.ms"),
    (ORACLE, {f"{HISTORY}.consumer.fetch.max.byte": "5"}, f"{HISTORY}.consumer.fetch.max.byte", E,
     "a Kafka consumer does not know it", "fetch.max.bytes"),
    (ORACLE, {"database.hostnam": "h"}, "database.hostnam", W,
     "would go to the JDBC driver", "database.hostname"),
    (ORACLE, {"database.oracle.net.encryption_client": "R"},
     "database.oracle.net.encryption_client", W,
     "would go to the JDBC driver", "driver.oracle.net.encryption_client"),
    (CONFLUENT, {"sql.quote.identifiers": "true"}, "sql.quote.identifiers", E,
     "the other JDBC plugin (jdbc-aiven)", "connector.class"),
    (AIVEN, {"poll.linger.ms": "0"}, "poll.linger.ms", E,
     "the other JDBC plugin (jdbc-confluent)", "connector.class"),
    (CONFLUENT, {"transforms.typo.type": "x"}, "transforms.typo.type", E,
     "does not know it", "Remove it"),
    # Values
    (ORACLE, {"max.batch.size": "many"}, "max.batch.size", E, "no whole number", "digits"),
    (ORACLE, {"max.batch.size": "0"}, "max.batch.size", E, "out of range", "from 1 to"),
    (ORACLE, {"database.port": "70000"}, "database.port", E, "out of range", "to 65535"),
    (ORACLE, {"snapshot.fetch.size": "3000000000"}, "snapshot.fetch.size", E,
     "out of range", "2147483647"),
    (ORACLE, {"lob.enabled": "yes"}, "lob.enabled", E, "no boolean", "true or false"),
    (ORACLE, {"decimal.handling.mode": "text"}, "decimal.handling.mode", E,
     "not among", "double or precise or string"),
    (ORACLE, {"log.mining.strategy": "online"}, "log.mining.strategy", E,
     "not among", "hybrid or online_catalog"),
    (ORACLE, {"snapshot.mode": "schema_only"}, "snapshot.mode", E,
     "exists no longer", "Write no_data"),
    (ORACLE, {"snapshot.mode": "schema_only_recovery"}, "snapshot.mode", E,
     "exists no longer", "Write recovery"),
    (ORACLE, {"topic.prefix": None}, "topic.prefix", E, "is required", "Add it"),
    (ORACLE, {"topic.prefix": " "}, "topic.prefix", E, "is required", "Add it"),
    (POSTGRES, {"database.hostname": None}, "database.hostname", E, "is required", "Add it"),
    (AIVEN, {"connection.url": None}, "connection.url", E, "is required", "Add it"),
    (POSTGRES, {"converters": "mine"}, "mine.type", E, "has no type", "Add its class"),
    # Delivery and secrets, of any kind
    (ORACLE, {"errors.tolerance": "all"}, "errors.tolerance", E, "dropped", "Write none"),
    (ORACLE, {"exactly.once.support": None}, "exactly.once.support", W,
     "at-least-once", "Write required"),
    (POSTGRES, {"producer.override.acks": "1"}, "producer.override.acks", E, "loses", "all"),
    (POSTGRES, {"producer.override.enable.idempotence": "false"},
     "producer.override.enable.idempotence", E, "repeats", "true"),
    (POSTGRES, {"producer.override.max.in.flight.requests.per.connection": "6"},
     "producer.override.max.in.flight.requests.per.connection", E, "order", "5"),
    (POSTGRES, {"producer.override.transactional.id": "x"},
     "producer.override.transactional.id", E, "escapes its stage", "Remove it"),
    (ORACLE, {"database.password": "tiger"}, "database.password", E,
     "plain text", "${env:DB_PASSWORD}"),
    (ORACLE, {"database.url": "jdbc:oracle:thin:scott/tiger@//h:1521/s"}, "database.url", E,
     "plain text", "${env:"),
    (CONFLUENT, {"connection.url": "jdbc:postgresql://h/d?user=a&password=b"}, "connection.url",
     E, "plain text", "${env:"),
    # Debezium
    (ORACLE, {"tasks.max": "2"}, "tasks.max", E, "one task", "Write 1"),
    (POSTGRES, {"table.include.list": None, "schema.include.list": None}, "table.include.list",
     E, "every table", "List the tables"),
    (ORACLE, {"table.include.list": "WMS.T"}, "table.include.list", E,
     "matches any character", r"Write WMS\.T"),
    (ORACLE, {"table.include.list": "T"}, "table.include.list", E,
     "has no schema", r"SCHEMA\.T"),
    (POSTGRES, {"decimal.handling.mode": "precise"}, "decimal.handling.mode", W,
     "base64", "string"),
    (POSTGRES, {"decimal.handling.mode": "double"}, "decimal.handling.mode", W,
     "rounded", "string"),
    (POSTGRES, {"skipped.operations": None}, "skipped.operations", W, "TRUNCATE", "none"),
    (POSTGRES, {"skipped.operations": "u,d"}, "skipped.operations", E,
     "updates and deletes", "none"),
    (POSTGRES, {"tombstones.on.delete": "false"}, "tombstones.on.delete", W, "for ever", "true"),
    (POSTGRES, {"snapshot.mode": "no_data"}, "snapshot.mode", W, "exist already", "initial"),
    (POSTGRES, {"snapshot.mode": "always"}, "snapshot.mode", W, "every start", "initial"),
    (POSTGRES, {"provide.transaction.metadata": "true"}, "provide.transaction.metadata", W,
     "nobody made", "Remove it"),
    (ORACLE, {"errors.max.retries": "10"}, "errors.max.retries", W, "outlasts", "-1"),
    (ORACLE, {"event.processing.failure.handling.mode": "skip"},
     "event.processing.failure.handling.mode", E, "dropped", "fail"),
    (ORACLE, {"max.queue.size": "8192"}, "max.queue.size", E, "larger than a batch", "32768"),
    (ORACLE, {"max.queue.size.in.bytes": None}, "max.queue.size.in.bytes", W, "heap", "67108864"),
    # Oracle
    (ORACLE, {BOUNDARY: None}, BOUNDARY, E, "are lost", "Write all"),
    (ORACLE, {BOUNDARY: " SKIP "}, BOUNDARY, E, "are lost", "Write all"),
    *(
        (ORACLE, {key: "BATCH"}, key, E, "never arrive", "Remove it")
        for key in ("log.mining.username.exclude.list", "log.mining.clientid.include.list")
    ),
    (ORACLE, {"internal.log.position.check.enable": "false"},
     "internal.log.position.check.enable", E, "not noticed", "Remove it"),
    (ORACLE, {"archive.log.hours": "12"}, "archive.log.hours", W, "a gap", "Remove it"),
    (ORACLE, {"snapshot.include.collection.list": r"WMS\.A"},
     "snapshot.include.collection.list", W, "already never reach", "Remove it"),
    (ORACLE, {"snapshot.locking.mode": "none"}, "snapshot.locking.mode", W, "wrong columns",
     "shared"),
    (ORACLE, {"snapshot.mode": "when_needed"}, "snapshot.mode", W, "nobody is told", "initial"),
    (ORACLE, {"log.mining.log.query.max.retries": "9"}, "log.mining.log.query.max.retries", E,
     "internal. is part of this key", "internal.log.mining.log.query.max.retries"),
    (ORACLE, {BOUNDARY: "transaction_view_only"}, BOUNDARY, W, "missed", "Write all"),
    (ORACLE, {"log.mining.transaction.retention.ms": "60000"},
     "log.mining.transaction.retention.ms", E, "discarded", "Remove it"),
    (ORACLE, {"log.mining.buffer.transaction.events.threshold": "9"},
     "log.mining.buffer.transaction.events.threshold", E, "discarded", "Remove it"),
    (ORACLE, {"log.mining.window.max.ms": "60000"}, "log.mining.window.max.ms", W,
     "moves on", "Remove it"),
    (ORACLE, {"log.mining.buffer.deferred.transaction.start": "true"},
     "log.mining.buffer.deferred.transaction.start", W, "forgotten", "Remove it"),
    (ORACLE, {"log.mining.query.filter.mode": None}, "log.mining.query.filter.mode", W,
     "all tables", "Write in"),
    (ORACLE, {"table.include.list": r"WMS\.PLAN_.*"}, "log.mining.query.filter.mode", E,
     "compares names", "regex"),
    (ORACLE, {"table.include.list": r"(WMS|MMDL)\.T"}, "log.mining.query.filter.mode", E,
     "compares names", "regex"),
    (ORACLE, {"schema.include.list": r"A\$B"}, "log.mining.query.filter.mode", E,
     "backslash", "regex"),
    (ORACLE, {"schema.include.list": None}, "schema.include.list", W, "every schema", "List"),
    (ORACLE, {"lob.enabled": "true", "log.mining.strategy": "hybrid"}, "log.mining.strategy", E,
     "lob.enabled", "online_catalog"),
    (ORACLE, {"log.mining.strategy": "redo_log_catalog"}, "log.mining.strategy", W,
     "deprecated", "hybrid"),
    (ORACLE, {"heartbeat.interval.ms": None}, "heartbeat.interval.ms", E, "stands still", "60000"),
    (ORACLE, {"heartbeat.interval.ms": "0"}, "heartbeat.interval.ms", E, "stands still", "60000"),
    (ORACLE, {"log.mining.read.only": "true", "database.pdb.name": "P"}, "heartbeat.action.query",
     W, "quiet pluggable", "UPDATE"),
    (ORACLE, {"log.mining.flush.table.name": None}, "log.mining.flush.table.name", W,
     "must not share", "stage's own"),
    (ORACLE, {"database.hostname": None}, "database.hostname", E, "no address", "database.url"),
    (ORACLE, {"database.port": None}, "database.port", W, "1528", "1521"),
    (ORACLE, {"include.schema.changes": None}, "include.schema.changes", W, "nobody made", "false"),
    (ORACLE, {f"{HISTORY}.store.only.captured.tables.ddl": None},
     f"{HISTORY}.store.only.captured.tables.ddl", W, "all tables", "true"),
    (ORACLE, {f"{HISTORY}.skip.unparseable.ddl": "true"}, f"{HISTORY}.skip.unparseable.ddl", E,
     "wrong columns", "false"),
    (ORACLE, {f"{HISTORY}.consumer.sasl.mechanism": None},
     f"{HISTORY}.consumer.security.protocol", E, "sign in differently", "same"),
    (ORACLE, {f"{HISTORY}.producer.sasl.mechanism": None},
     f"{HISTORY}.producer.security.protocol", E, "sign in differently", "same"),
    # PostgreSQL
    (POSTGRES, {"plugin.name": None}, "plugin.name", W, "extension", "pgoutput"),
    (POSTGRES, {"slot.name": None}, "slot.name", W, "must not share", "stage's own"),
    (POSTGRES, {"slot.drop.on.stop": "true"}, "slot.drop.on.stop", E, "are lost", "false"),
    (POSTGRES, {"publication.autocreate.mode": None}, "publication.autocreate.mode", W,
     "all tables", "filtered"),
    (POSTGRES, {"offset.mismatch.strategy": None}, "offset.mismatch.strategy", W,
     "gap", "trust_offset"),
    (POSTGRES, {"heartbeat.interval.ms": None}, "heartbeat.interval.ms", W, "keeps", "10000"),
    (POSTGRES, {"message.prefix.exclude.list": None}, "message.prefix.exclude.list", E,
     "writes nothing more", "Write .*"),
    (POSTGRES, {"message.prefix.exclude.list": "mine"}, "message.prefix.exclude.list", E,
     "whole database", "Write .*"),
    # JDBC
    (CONFLUENT, {"mode": "bulk"}, "mode", E, "every row again", "timestamp"),
    (CONFLUENT, {"mode": "incrementing", "incrementing.column.name": "ID"}, "mode", W,
     "updates are not seen", "timestamp+incrementing"),
    (CONFLUENT, {"mode": "timestamp+incrementing"}, "incrementing.column.name", E,
     "deliver nothing", "NOT NULL"),
    (CONFLUENT, {"timestamp.column.name": None}, "timestamp.column.name", E,
     "deliver nothing", "first"),
    (CONFLUENT, {"timestamp.column.name": "SYS_ADD_TS"}, "timestamp.column.name", W,
     "updates are lost", "SYS_UPD_TS,SYS_ADD_TS"),
    (CONFLUENT, {"timestamp.column.name": "SYS_ADD_TS,SYS_UPD_TS"}, "timestamp.column.name", W,
     "updates are lost", "Write SYS_UPD_TS,SYS_ADD_TS"),
    (CONFLUENT, {"timestamp.delay.interval.ms": "0"}, "timestamp.delay.interval.ms", W,
     "are lost", "8000"),
    (AIVEN, {"validate.non.null": "false"}, "validate.non.null", W, "skipped", "true"),
    (AIVEN, {"db.timezone": None}, "db.timezone", W, "UTC", "zone"),
    (CONFLUENT, {"table.whitelist": None}, "table.whitelist", E, "every table", "List"),
    (CONFLUENT, {"table.whitelist": "WMS.A,MMDL.B"}, "table.whitelist", E,
     "do not carry the schema", "one connector a schema"),
    (CONFLUENT, {"tasks.max": "5"}, "tasks.max", W, "a task at most", "Write 2"),
    (CONFLUENT, {"numeric.mapping": "best_fit"}, "numeric.mapping", W, "1.5", "NUMERIC"),
    (AIVEN, {"value.converter.decimal.format": None}, "value.converter.decimal.format", W,
     "base64", "NUMERIC"),
    (AIVEN, {"connection.attempts": None}, "connection.attempts", W, "for good", "1000000"),
    (CONFLUENT, {"query.retry.attempts": "3"}, "query.retry.attempts", W, "for good", "-1"),
    (CONFLUENT, {"poll.linger.ms": None}, "poll.linger.ms", W, "latency", "Write 0"),
    (CONFLUENT, {"exactly.once.support": "required"}, "exactly.once.support", E,
     "at-least-once", "requested"),
    (AIVEN, {"exactly.once.support": "required"}, "exactly.once.support", E,
     "at-least-once", "requested"),
]  # fmt: skip


def changed(config: dict[str, str], changes: dict[str, str | None]) -> dict[str, str]:
    merged = {**config, **changes}
    return {key: value for key, value in merged.items() if value is not None}


@pytest.mark.parametrize(("kind", "changes", "key", "severity", "message", "instead"), EXAMPLES)
def test_each_rule_has_an_example(
    clean: dict[Kind, dict[str, str]],
    kind: Kind,
    changes: dict[str, str | None],
    key: str,
    severity: Severity,
    message: str,
    instead: str,
) -> None:
    findings = lint(changed(clean[kind], changes), kind=kind)
    [finding] = [finding for finding in findings if finding.key == key]
    assert finding.severity is severity
    assert message in finding.message
    assert instead in finding.instead
    assert {finding.key for finding in findings} == {key}


def test_records_without_keys_are_said_to_be_unordered(clean: dict[Kind, dict[str, str]]) -> None:
    keyless = {
        key: value
        for key, value in clean[CONFLUENT].items()
        if not key.startswith(("transforms", "predicates"))
    }
    [finding] = lint(keyless, kind=CONFLUENT)
    assert finding.key == "transforms"
    assert "unordered" in finding.message


@pytest.mark.parametrize(
    "more",
    [
        {"driver.oracle.net.TCP_KEEPIDLE": "60"},
        {"column.mask.with.10.chars": r"WMS\.T\.C"},
        {"converters": "mine", "mine.type": "a.B", "mine.whatever": "1"},
        {"transforms": "t", "transforms.t.type": "a.B", "transforms.t.whatever": "1"},
        {"signal.kafka.topic": "t", "signal.consumer.security.protocol": "SSL"},
        {"value.converter": "a.Avro", "value.converter.registry.url": "http://r"},
        {f"{HISTORY}.producer.sasl.x": "1", f"{HISTORY}.consumer.sasl.x": "1"},
        {"database.password": "${file:/run/secrets/db:password}"},
        {"max.batch.size": "${env:BATCH}"},
        {"table.include.list": r"WMS\.T,MMDL\.U"},
        {"table.include.list": r"WMS[.]T.*", "log.mining.query.filter.mode": "regex"},
    ],
)  # fmt: skip
def test_what_is_allowed_is_left_alone(
    clean: dict[Kind, dict[str, str]], more: dict[str, str]
) -> None:
    assert lint(clean[ORACLE] | more, kind=ORACLE) == []


def test_aiven_can_be_exactly_once_with_an_incrementing_column(
    clean: dict[Kind, dict[str, str]],
) -> None:
    changes = {
        "mode": "timestamp+incrementing",
        "incrementing.column.name": "ID",
        "exactly.once.support": "required",
    }
    assert lint(clean[AIVEN] | changes, kind=AIVEN) == []


def test_a_query_needs_no_list_of_tables(clean: dict[Kind, dict[str, str]]) -> None:
    changes = {"table.whitelist": None, "query": "select * from (select 1) q"}
    assert lint(changed(clean[CONFLUENT], changes), kind=CONFLUENT) == []


def test_errors_come_first_and_read_as_one_line(clean: dict[Kind, dict[str, str]]) -> None:
    changes = {"tasks.max": "2", "errors.max.retries": "1", "zzz": "1"}
    findings = lint(clean[ORACLE] | changes, kind=ORACLE)
    assert [finding.key for finding in findings] == ["tasks.max", "zzz", "errors.max.retries"]
    assert str(findings[0]) == (
        "error: tasks.max=2: Debezium runs one task, and refuses more. Write 1"
    )


secrets = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=8, max_size=40)


@given(secret=secrets, kind=st.sampled_from(list(Kind)))
def test_no_finding_shows_a_secret(
    clean: dict[Kind, dict[str, str]], secret: str, kind: Kind
) -> None:
    secret = f"Qz{secret}"
    places = {
        "database.password": secret,
        "connection.password": secret,
        "database.url": f"jdbc:oracle:thin:scott/{secret}@//h:1521/s",
        "connection.url": f"jdbc:postgresql://scott:{secret}@h/d",
        f"{HISTORY}.producer.sasl.jaas.config": f'x required password="{secret}";',
        "ssl.keystore.password": secret,
        "my.api.token": secret,
    }
    findings = lint(clean[kind] | places, kind=kind)
    assert any(finding.value == HIDDEN for finding in findings)
    assert not [finding for finding in findings if secret in str(finding)]


@given(
    config=st.dictionaries(
        st.one_of(st.text(max_size=20), st.sampled_from(sorted(committed(ORACLE).by_name))),
        st.text(max_size=20),
        max_size=20,
    ),
    kind=st.sampled_from(list(Kind)),
)
def test_whatever_is_given_lint_answers(config: dict[str, str], kind: Kind) -> None:
    for finding in lint(config, kind=kind):
        assert finding.message
        assert finding.instead
