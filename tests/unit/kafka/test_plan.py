from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.model.strategies import pipeline

from wms_connector.kafka.errors import RefusedPlanError
from wms_connector.kafka.plan import Alter, Change, plan
from wms_connector.kafka.topics import ActualTopic, DesiredTopic, Purpose, desired
from wms_connector.model.stage import Stage

WANTED = desired(pipeline(), Stage.parse("main"))
BY_PURPOSE = {topic.purpose: topic for topic in WANTED}
DATA = WANTED[0]


def as_desired(topic: DesiredTopic) -> ActualTopic:
    """The topic as a cluster shows it that has it as desired, with settings of its own."""
    settings = {**topic.settings, "segment.bytes": "1073741824"}
    return ActualTopic(topic.name, topic.partitions, topic.replication, settings)


ALL = {topic.name: as_desired(topic) for topic in WANTED}


def with_settings(topic: DesiredTopic, **settings: str) -> dict[str, ActualTopic]:
    found = as_desired(topic)
    changed = {key.replace("_", "."): value for key, value in settings.items()}
    return {topic.name: replace(found, settings={**found.settings, **changed})}


def test_an_empty_cluster_gets_every_topic() -> None:
    made = plan(WANTED, {})
    assert made.create == WANTED
    assert not made.is_empty
    assert (
        "+ wms.schema-changes (schema history: 1 partition, 3 replicas, delete, kept for ever)"
        in (made.lines())
    )
    assert made.lines()[0] == (
        "+ wms.MMDL.PLAN_BASE_WVR_TBL (data: 3 partitions, 3 replicas, delete, 168 h)"
    )


def test_what_is_as_desired_is_left() -> None:
    made = plan(WANTED, ALL)
    assert made.is_empty
    assert made.unchanged == tuple(topic.name for topic in WANTED)
    assert made.lines() == ["0 to create, 0 to alter, 9 as desired, 0 left different"]


def test_retention_and_compaction_are_aligned() -> None:
    actual = with_settings(DATA, retention_ms="-1", cleanup_policy="compact")
    made = plan([DATA], actual)
    assert made.alter == (
        Alter(
            DATA.name,
            (
                Change("cleanup.policy", "compact", "delete"),
                Change("retention.ms", "-1", "604800000"),
            ),
        ),
    )
    assert made.lines()[1] == (
        f"~ {DATA.name}: retention.ms kept for ever -> 168 h  (older records may go)"
    )


def test_the_order_of_policies_is_no_difference() -> None:
    topic = replace(DATA, settings={"cleanup.policy": "compact,delete"})
    actual = with_settings(topic, cleanup_policy="delete, compact")
    assert plan([topic], actual).is_empty


def test_a_setting_that_the_broker_does_not_have_is_set() -> None:
    actual = {DATA.name: replace(as_desired(DATA), settings={})}
    made = plan([DATA], actual)
    assert made.alter[0].changes[0] == Change("cleanup.policy", None, "delete")
    assert "cleanup.policy unset -> delete" in made.lines()[0]


@pytest.mark.parametrize("partitions", [1, 2, 4, 100])
def test_partitions_of_data_are_never_changed_only_reported(partitions: int) -> None:
    actual = {DATA.name: replace(as_desired(DATA), partitions=partitions)}
    made = plan([DATA], actual)
    assert made.is_empty
    made.check()
    (found,) = made.differences
    assert (found.what, found.actual, found.desired) == ("partitions", partitions, 3)
    assert "moves keys" in made.lines()[0]


def test_replication_is_reported() -> None:
    made = plan([DATA], {DATA.name: replace(as_desired(DATA), replication=2)})
    assert made.is_empty
    made.check()
    assert made.lines()[0].startswith(f"! {DATA.name}: 2 replicas, desired 3; left as it is")


@pytest.mark.parametrize(
    ("purpose", "why"),
    [(Purpose.CONNECT_CONFIG, "refuses to start"), (Purpose.SCHEMA_HISTORY, "Debezium replays")],
)
def test_a_second_partition_that_breaks_a_reader_refuses_the_plan(
    purpose: Purpose, why: str
) -> None:
    topic = BY_PURPOSE[purpose]
    made = plan(WANTED, {**ALL, topic.name: replace(as_desired(topic), partitions=3)})
    with pytest.raises(RefusedPlanError, match=why) as caught:
        made.check()
    assert topic.name in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("change", "drops"),
    [
        (Change("retention.ms", "-1", "1000"), True),
        (Change("retention.ms", "2000", "1000"), True),
        (Change("retention.ms", None, "1000"), True),
        (Change("retention.ms", "1000", "2000"), False),
        (Change("retention.ms", "1000", "-1"), False),
        (Change("cleanup.policy", "compact", "compact,delete"), True),
        (Change("cleanup.policy", "delete", "compact"), True),
        (Change("cleanup.policy", "delete,compact", "compact"), False),
        (Change("cleanup.policy", None, "delete"), False),
        (Change("max.message.bytes", "9", "1"), False),
    ],
)
def test_a_change_that_drops_records_says_so(change: Change, *, drops: bool) -> None:
    assert change.drops_records is drops


def test_json_has_everything() -> None:
    actual = with_settings(DATA, retention_ms="5")
    actual[DATA.name] = replace(actual[DATA.name], partitions=9)
    made = json.loads(json.dumps(plan(WANTED[:3], actual | dict([list(ALL.items())[1]])).as_json()))
    assert [topic["topic"] for topic in made["create"]] == [WANTED[2].name]
    assert made["create"][0]["settings"]["cleanup.policy"] == "delete"
    assert made["alter"] == [
        {
            "topic": DATA.name,
            "changes": [{"key": "retention.ms", "before": "5", "after": "604800000"}],
        }
    ]
    assert made["differences"][0]["blocking"] is False
    assert made["unchanged"] == [WANTED[1].name]


layouts = st.builds(
    lambda partitions, replication, retention: (partitions, replication, retention),
    st.integers(1, 50),
    st.integers(1, 5),
    st.sampled_from(["-1", "1", "604800000"]),
)


@given(st.lists(st.one_of(st.none(), layouts), min_size=len(WANTED), max_size=len(WANTED)))
def test_every_topic_has_one_fate_and_what_is_altered_matches_afterwards(
    found: list[tuple[int, int, str] | None],
) -> None:
    actual = {
        topic.name: ActualTopic(
            topic.name, layout[0], layout[1], {**topic.settings, "retention.ms": layout[2]}
        )
        for topic, layout in zip(WANTED, found, strict=True)
        if layout is not None
    }
    made = plan(WANTED, actual)
    created = {topic.name for topic in made.create}
    altered = {alter.topic for alter in made.alter}
    different = {difference.topic for difference in made.differences}
    assert created == {topic.name for topic in WANTED} - set(actual)
    assert created | altered | different | set(made.unchanged) == {t.name for t in WANTED}
    assert not set(made.unchanged) & (created | altered | different)
    for alter in made.alter:
        topic = actual[alter.topic]
        changes = {change.key: change.after for change in alter.changes}
        actual[alter.topic] = replace(topic, settings={**topic.settings, **changes})
    assert not plan(WANTED, actual).alter
