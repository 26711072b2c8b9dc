from __future__ import annotations

from pathlib import Path

import pytest

from wms_connector.model.errors import PipelineError
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.settings import TopicSettings
from wms_connector.model.sizing import PRODUCTION, Sizing
from wms_connector.model.stage import Stage
from wms_connector.model.table import Table
from wms_connector.model.topics import topic_names

ROOT = Path(__file__).parents[3]
TABLES = 'tables = ["A.B"]\n'


def test_the_wms_file() -> None:
    wms = Pipeline.load(ROOT / "pipeline.toml")
    assert [str(table) for table in wms.captured] == [
        "MMDL.PLAN_BASE_WVR_TBL",
        "MMDL.PLAN_WVR_RVSN_TBL",
        "WMS.PLAN_BASE_WVR_TBL",
        "WMS.PLAN_WVR_RVSN_TBL",
    ]
    assert wms.schemas == ("MMDL", "WMS")
    assert wms.sizing(Stage.parse("production")) == PRODUCTION
    assert wms.sizing(Stage.parse("b")).heap_mib == 1536
    assert wms.topics.retention_ms == 604_800_000


def test_the_wms_file_as_jdbc_reads_the_two_tables_of_schema_wms() -> None:
    text = (ROOT / "pipeline.toml").read_text()
    jdbc = Pipeline.parse(text.replace('connector = "debezium"', 'connector = "jdbc"', 1))
    topics = topic_names(jdbc, Stage.parse("main"))
    assert list(topics.data.values()) == [
        "aws.wms.cdc.WMS.PLAN_BASE_WVR_TBL",
        "aws.wms.cdc.WMS.PLAN_WVR_RVSN_TBL",
    ]
    assert topics.schema_history is None
    assert topics.internal == tuple(topics.connect)


def test_another_products_file_changes_every_name() -> None:
    tms = Pipeline.load(ROOT / "tests/data/tms.toml")
    production = tms.stage("production")
    assert topic_names(tms, production).all == (
        "tms.TMS.SHIPMENT",
        "tms.TMS.STOP_",
        "tms.REF_DATA.CARRIER",
        "tms.schema-changes.production",
        "__debezium-heartbeat.tms",
        "mgmt.connect.tms-connector-production.config",
        "mgmt.connect.tms-connector-production.offsets",
        "mgmt.connect.tms-connector-production.status",
    )
    names = tms.names(production)
    assert names.secret_paths(tms.secrets_prefix, "dbInfo")[0] == "logistics/tms/production/dbInfo"
    assert tms.sizing(production).workers == 3
    assert tms.sizing(tms.stage("main")) == Sizing()
    assert tms.security("b:1") is KafkaSecurity.IAM


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "tables: it is required"),
        ("tables = []", "tables: [] is refused"),
        ('tables = "A.B"', "tables: 'A.B' is refused"),
        ('tables = ["AB"]', "tables.0: 'AB' is refused: 'AB' is no table"),
        ('tables = ["A.B.C"]', "tables.0"),
        ('tables = ["A.B", "A.B"]', "tables names A.B more than once"),
        ('tables = ["A.B$", "A.B#"]', "A.B$ and A.B# would share the topic"),
        ('tables = ["' + "S" * 90 + "." + "T" * 90 + '"]', "over Kafka's 249"),
        (TABLES + "topcis = 1", "topcis: no such key"),
        (TABLES + "[topics]\npartitons = 1", "topics.partitons: no such key"),
        (TABLES + '[topics]\npartitions = "3"', "topics.partitions: '3' is refused"),
        (TABLES + "[topics]\npartitions = true", "topics.partitions"),
        (TABLES + "[topics]\npartitions = 0", "topics.partitions: 0 is refused"),
        (TABLES + 'product = "WMS"', "product: 'WMS' is refused"),
        (TABLES + "product = 3", "product: 3 is refused"),
        (TABLES + 'connector = "Debezium"', "'debezium' or 'jdbc'"),
        (TABLES + 'delivery = "exactly_once"', "'exactly-once' or 'at-least-once'"),
        (TABLES + '[jdbc]\ntables = ["A.C"]', "jdbc.tables names A.C"),
        (TABLES + '[jdbc.keys]\n"A.C" = ["ID"]', "jdbc.keys names A.C"),
        (TABLES + '[jdbc]\nmode = "timestamp+incrementing"', "incrementing_column goes with"),
        (TABLES + '[jdbc]\nincrementing_column = "ID"', "incrementing_column goes with"),
        (TABLES + '[kafka]\nsecurity = "iam"', "needs cluster_arn"),
        (TABLES + '[kafka]\nsecurity = "ssl"', "kafka.security: 'ssl' is refused"),
        (TABLES + '[kafka]\ncluster_arn = "arn:x"', "no cluster's ARN"),
        (TABLES + "[debezium]\nlob_enabled = true\nlog_mining_strategy = 'hybrid'", "lob_enabled"),
        (TABLES + "[stages.Main]", "differs from main in case only"),
        (TABLES + "[stages.a.sizing]\ncpu = 1000", "cpu 1000 is not offered by Fargate"),
        (TABLES + "[stages.a.sizing]\ncpu = 256", "memory 3072 is not offered by Fargate"),
        (TABLES + "[stages.a.sizing]\ncontainer_cpu = 2048", "above the task's 1024"),
        (TABLES + "[stages.a.sizing]\ncontainer_memory = 4096", "above the task's 3072"),
        ("tables = [", "not valid TOML"),
        ('connector = "jdbc"\ntables = ["A.B$"]', "jdbc cannot read A.B$"),
        ("tables = [2026-01-01]", "tables.0"),
        ("tables = [1]", "tables.0: 1 is refused: write SCHEMA.TABLE as text"),
        (TABLES + "[kafka]\nsecurity = ['tls']", "kafka.security"),
    ],
)
def test_what_is_refused_names_file_key_and_value(text: str, told: str) -> None:
    with pytest.raises(PipelineError) as caught:
        Pipeline.parse(text, origin="my.toml")
    assert told in str(caught.value)
    assert str(caught.value).startswith("my.toml")
    assert caught.value.exit_code == 2


def test_a_stage_section_is_checked_for_the_files_product() -> None:
    with pytest.raises(PipelineError, match="begin with 'tms'"):
        Pipeline.parse(TABLES + 'product = "tms"\n[stages.tms]')


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="there is no pipeline file"):
        Pipeline.load(tmp_path / "none.toml")
    with pytest.raises(PipelineError, match="cannot be read"):
        Pipeline.load(tmp_path)
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff\xfe")
    with pytest.raises(PipelineError, match="not UTF-8 text"):
        Pipeline.load(bad)
    bad.write_bytes(b"#" * 2_000_000)
    with pytest.raises(PipelineError, match="2,000,000 bytes"):
        Pipeline.load(bad)


@pytest.mark.parametrize(
    ("brokers", "security"),
    [
        ("b-1.x:9092,b-2.x:9092", KafkaSecurity.PLAINTEXT),
        ("b-1.x:9094, b-2.x:9094", KafkaSecurity.TLS),
        ("b-1.x:9096", KafkaSecurity.SCRAM),
        ("b-1.x:9098", KafkaSecurity.IAM),
        ("127.0.0.1:40123", KafkaSecurity.PLAINTEXT),
    ],
)
def test_security_follows_the_brokers_ports(brokers: str, security: KafkaSecurity) -> None:
    assert Pipeline.parse(TABLES).security(brokers) is security


@pytest.mark.parametrize(
    "brokers", ["", "b", "b:", ":9092", "b:x", "b:0", "b:70000", "b:1234", "b:9092,b:9094"]
)
def test_brokers_that_do_not_tell(brokers: str) -> None:
    with pytest.raises(PipelineError):
        Pipeline.parse(TABLES).security(brokers)


def test_tables() -> None:
    table = Table.parse("WMS.T$1")
    assert (table.schema, table.name, str(table)) == ("WMS", "T$1", "WMS.T$1")
    assert table.topic_suffix == "WMS.T_1"
    assert not table.is_plain
    assert Table.parse("WMS.T_1").is_plain


def test_settings_hold_their_defaults() -> None:
    assert Pipeline.parse(TABLES).topics == TopicSettings()
