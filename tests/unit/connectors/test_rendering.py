"""What holds for every configuration, whatever the stage."""

from __future__ import annotations

import re
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.connectors import DatabaseShape, WorkerPlace, render, worker_properties
from wms_connector.connectors.debezium_common import escaped, include_list
from wms_connector.connectors.lint import holds_secret
from wms_connector.connectors.tuning import producer_settings
from wms_connector.model.environment import ALLOWLIST
from wms_connector.model.errors import StageError
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.stage import Stage
from wms_connector.model.table import Table
from wms_connector.model.topics import topic_names

SHAPES = [
    *(DatabaseShape(pdb=pdb, url=url) for pdb, url in product([False, True], repeat=2)),
    DatabaseShape(vendor="postgres"),
]
PLAIN = KafkaSecurity.PLAINTEXT


def is_stage(text: str) -> bool:
    try:
        Stage.parse(text)
    except StageError:
        return False
    return True


stages = (
    st.one_of(
        st.sampled_from(["main", "val", "production"]),
        st.from_regex(r"[a-zA-Z0-9._-]{1,64}", fullmatch=True).filter(is_stage),
    )
).map(Stage.parse)


def all_configs(pipeline: Pipeline, stage: Stage) -> list[dict[str, str]]:
    return [
        config
        for shape, security in product(SHAPES, KafkaSecurity)
        for config in render(pipeline, stage, database=shape, security=security).values()
    ]


@given(stage=stages)
def test_configurations_are_strings_without_secrets(
    wms: Pipeline, wms_jdbc: Pipeline, stage: Stage
) -> None:
    for pipeline in (wms, wms_jdbc):
        for config in all_configs(pipeline, stage):
            assert all(isinstance(value, str) and value for value in config.values())
            assert list(config) == sorted(config)
            assert not [key for key, value in config.items() if holds_secret(key, value)]


@given(stage=stages)
def test_every_reference_is_on_the_worker_s_allow_list(wms: Pipeline, stage: Stage) -> None:
    for config in all_configs(wms, stage):
        for value in config.values():
            for provider, name in re.findall(r"\$\{(\w+):([^}]*)\}", value):
                assert provider == "env"
                assert re.fullmatch(ALLOWLIST, name)


def own_names(pipeline: Pipeline, stage: Stage) -> set[tuple[str, str]]:
    oracle = next(iter(render(pipeline, stage, database=SHAPES[0], security=PLAIN).values()))
    postgres = next(iter(render(pipeline, stage, database=SHAPES[-1], security=PLAIN).values()))
    place = WorkerPlace(plugin_path="/plugins", advertised_host="here")
    worker = worker_properties(pipeline, stage, where=place)
    return {
        ("prefix", oracle["topic.prefix"]),
        ("flush table", oracle["log.mining.flush.table.name"]),
        ("history", oracle["schema.history.internal.kafka.topic"]),
        ("slot", postgres["slot.name"]),
        ("publication", postgres["publication.name"]),
        ("group", worker["group.id"]),
        *(("topic", worker[f"{name}.storage.topic"]) for name in ("config", "offset", "status")),
    }


@given(one=stages, other=stages)
def test_no_two_ephemeral_stages_share_a_name(wms: Pipeline, one: Stage, other: Stage) -> None:
    if one == other or (one.is_named and other.is_named):
        return
    assert not own_names(wms, one) & own_names(wms, other)


@pytest.mark.parametrize(("one", "other"), list(combinations(["main", "val", "production"], 2)))
def test_named_stages_share_topics_and_nothing_that_breaks(
    wms: Pipeline, one: str, other: str
) -> None:
    shared = own_names(wms, wms.stage(one)) & own_names(wms, wms.stage(other))
    assert shared == {("prefix", "wms"), ("history", "wms.schema-changes")}


@given(stage=stages)
def test_debezium_writes_the_topics_that_the_model_names(wms: Pipeline, stage: Stage) -> None:
    topics = topic_names(wms, stage)
    for shape in (SHAPES[0], SHAPES[-1]):
        [config] = render(wms, stage, database=shape, security=PLAIN).values()
        made = {f"{config['topic.prefix']}.{table}" for table in wms.tables}
        assert made == set(topics.data.values())
        assert f"__debezium-heartbeat.{config['topic.prefix']}" == topics.heartbeat


@given(stage=stages)
def test_jdbc_writes_the_topics_that_the_model_names(wms_jdbc: Pipeline, stage: Stage) -> None:
    made = set()
    for config in render(wms_jdbc, stage, database=SHAPES[0], security=PLAIN).values():
        for table in config["table.whitelist"].split(","):
            made.add(config["topic.prefix"] + Table.parse(table).name)
    assert made == set(topic_names(wms_jdbc, stage).data.values())


def test_jdbc_reads_all_tables_where_the_file_names_none_of_its_own() -> None:
    pipeline = Pipeline.parse('connector = "jdbc"\ntables = ["A.B", "A.C", "D.E"]')
    configs = render(pipeline, pipeline.stage("main"), database=SHAPES[0], security=PLAIN)
    listed = {name: config["table.whitelist"] for name, config in configs.items()}
    assert listed == {"wms-oracle-cdc": "A.B,A.C", "wms-oracle-cdc-D": "D.E"}
    assert [config["tasks.max"] for config in configs.values()] == ["2", "1"]


def test_jdbc_has_a_connector_a_schema(wms_jdbc: Pipeline) -> None:
    settings = wms_jdbc.jdbc.model_copy(
        update={"tables": (*wms_jdbc.jdbc.tables, Table.parse("MMDL.PLAN_BASE_WVR_TBL"))}
    )
    pipeline = wms_jdbc.model_copy(update={"jdbc": settings})
    configs = render(pipeline, pipeline.stage("main"), database=SHAPES[0], security=PLAIN)
    assert list(configs) == ["wms-oracle-cdc", "wms-oracle-cdc-MMDL"]
    assert {config["topic.prefix"] for config in configs.values()} == {
        "aws.wms.cdc.WMS.",
        "aws.wms.cdc.MMDL.",
    }
    assert configs["wms-oracle-cdc-MMDL"]["tasks.max"] == "1"


def test_jdbc_keys_are_made_for_their_own_table_only(tms: Pipeline) -> None:
    pipeline = tms.model_copy(update={"connector": "jdbc"})
    [config] = render(pipeline, pipeline.stage("x"), database=SHAPES[0], security=PLAIN).values()
    assert config["transforms"] == config["predicates"] == "key1"
    assert config["transforms.key1.fields"] == "ID"
    assert re.fullmatch(config["predicates.key1.pattern"], "x.aws.tms.cdc.TMS.SHIPMENT")
    assert config["incrementing.column.name"] == "ID"


@pytest.mark.parametrize(
    ("connector_class", "table"),
    [
        ("io.confluent.connect.jdbc.JdbcSourceConnector", "WMS.PLAN_BASE_WVR_TBL"),
        ("io.aiven.connect.jdbc.JdbcSourceConnector", "${env:DB_NAME}.WMS.PLAN_BASE_WVR_TBL"),
    ],
)
def test_each_jdbc_plugin_gets_what_it_knows(
    wms_jdbc: Pipeline, connector_class: str, table: str
) -> None:
    settings = wms_jdbc.jdbc.model_copy(update={"connector_class": connector_class})
    pipeline = wms_jdbc.model_copy(update={"jdbc": settings})
    [config] = render(
        pipeline, pipeline.stage("main"), database=SHAPES[-1], security=PLAIN
    ).values()
    assert config["table.whitelist"].split(",")[0] == table
    assert ("poll.linger.ms" in config) == ("confluent" in connector_class)
    assert config["exactly.once.support"] == "requested"


@pytest.mark.parametrize(
    ("delivery", "support"), [("exactly-once", "required"), ("at-least-once", "requested")]
)
def test_delivery(wms: Pipeline, delivery: str, support: str) -> None:
    pipeline = wms.model_copy(update={"delivery": delivery})
    for config in all_configs(pipeline, pipeline.stage("main")):
        assert config["exactly.once.support"] == support


def test_a_schema_that_needs_escaping_is_filtered_by_regex(wms: Pipeline) -> None:
    plain = wms.model_copy(update={"tables": (Table.parse("S.T$"),)})
    special = wms.model_copy(update={"tables": (Table.parse("S$.T"),)})
    modes = []
    for pipeline in (plain, special):
        [config] = render(
            pipeline, pipeline.stage("main"), database=SHAPES[0], security=PLAIN
        ).values()
        modes.append((config["log.mining.query.filter.mode"], config["table.include.list"]))
    assert modes == [("in", r"S\.T\$"), ("regex", r"S\$\.T")]


@given(st.text(min_size=1, max_size=30))
def test_an_escaped_name_matches_itself_only(name: str) -> None:
    pattern = re.compile(escaped(name), re.DOTALL)
    assert pattern.fullmatch(name)
    assert not pattern.fullmatch(name + "x")
    assert not pattern.fullmatch(name.replace(".", "x")) or "." not in name


def test_an_include_list_is_one_pattern_a_table() -> None:
    tables = [Table.parse("A.B"), Table.parse("A.C$1")]
    assert include_list(tables) == r"A\.B,A\.C\$1"


def test_a_record_that_the_producer_takes_fits_the_topic(wms: Pipeline) -> None:
    for size in (1_048_576, 8_388_608, 67_108_864):
        topics = wms.topics.model_copy(update={"max_message_bytes": size})
        settings = producer_settings(wms.model_copy(update={"topics": topics}))
        assert int(settings["max.request.size"]) == size
        assert int(settings["buffer.memory"]) >= 2 * size
        assert int(settings["batch.size"]) <= size
