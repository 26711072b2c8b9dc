from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.connect.fake_worker import FakeWorker, status

from wms_connector.connect.models import ConnectorStatus
from wms_connector.connect.reconcile import (
    ActualConnector,
    KeyChange,
    Plan,
    Verb,
    actual_of,
    difference,
    plan,
)
from wms_connector.connect.redact import Redactor
from wms_connector.model.errors import UsageError

CANARY = "c4nary-s3cret"
CONFIG = {"connector.class": "C", "database.password": "${env:DB_PASSWORD}", "tasks.max": "1"}


def ours(name: str) -> bool:
    return name.startswith("wms")


def actual(
    config: dict[str, Any], state: str | None = "RUNNING", tasks: tuple[str, ...] = ("RUNNING",)
) -> ActualConnector:
    found = None if state is None else ConnectorStatus.model_validate(status("wms", state, tasks))
    return ActualConnector(config, found)


def verbs(made: Plan) -> list[tuple[str, str]]:
    return [(action.verb.value, action.name) for action in made.actions]


def test_what_is_missing_is_created() -> None:
    made = plan({"wms": CONFIG}, {}, owned=ours)
    assert verbs(made) == [("create", "wms")]
    assert made.lines() == [
        "+ create wms",
        "    + connector.class = C",
        "    + database.password = ${env:DB_PASSWORD}",
        "    + tasks.max = 1",
        "1 to create",
    ]


def test_what_is_as_desired_is_left_though_connect_adds_the_name() -> None:
    made = plan({"wms": CONFIG}, {"wms": actual({**CONFIG, "name": "wms"})}, owned=ours)
    assert verbs(made) == [("unchanged", "wms")]
    assert made.is_empty
    assert made.lines() == ["= unchanged wms", "1 as desired"]


def test_a_difference_is_shown_by_key_and_secrets_are_masked() -> None:
    before = {**CONFIG, "database.password": CANARY, "old": "x", "topic.prefix": f"a{CANARY}"}
    after = {**CONFIG, "tasks.max": "2", "topic.prefix": "b"}
    made = plan({"wms": after}, {"wms": actual(before)}, owned=ours)
    assert verbs(made) == [("update", "wms")]
    redactor = Redactor([CANARY])
    assert made.lines(redactor) == [
        "~ update wms",
        "    ~ database.password = ******** -> ${env:DB_PASSWORD}",
        "    - old = x",
        "    ~ tasks.max = 1 -> 2",
        "    ~ topic.prefix = a******** -> b",
        "1 to update",
    ]
    assert CANARY not in repr(made)
    told = made.as_json(redactor)
    assert CANARY not in json.dumps(told)
    assert told["changes"] is True
    assert told["actions"][0]["changes"][1] == {"key": "old", "before": "x", "after": None}


def test_a_literal_password_is_masked_by_its_key_alone() -> None:
    made = plan({"wms": {**CONFIG, "database.password": CANARY}}, {}, owned=ours)
    assert CANARY not in "\n".join(made.lines())
    assert CANARY not in json.dumps(made.as_json())


@pytest.mark.parametrize(
    ("state", "tasks"),
    [("FAILED", ()), ("RUNNING", ("FAILED",)), ("RUNNING", ("RUNNING", "FAILED"))],
)
def test_what_failed_is_restarted(state: str, tasks: tuple[str, ...]) -> None:
    made = plan({"wms": CONFIG}, {"wms": actual(CONFIG, state, tasks)}, owned=ours)
    assert verbs(made) == [("restart", "wms")]
    assert "FAILED" in made.lines()[0]


def test_what_failed_and_differs_is_updated_and_then_restarted() -> None:
    found = actual({**CONFIG, "tasks.max": "2"}, "RUNNING", ("FAILED",))
    made = plan({"wms": CONFIG}, {"wms": found}, owned=ours)
    assert verbs(made) == [("update", "wms"), ("restart", "wms")]


@pytest.mark.parametrize("state", ["UNASSIGNED", "RESTARTING", None])
def test_what_is_on_its_way_is_not_restarted(state: str | None) -> None:
    made = plan({"wms": CONFIG}, {"wms": actual(CONFIG, state, ())}, owned=ours)
    assert verbs(made) == [("unchanged", "wms")]


@pytest.mark.parametrize("state", ["PAUSED", "STOPPED"])
def test_what_somebody_paused_stays_so_and_the_plan_says_it(state: str) -> None:
    made = plan({"wms": CONFIG}, {"wms": actual(CONFIG, state, ())}, owned=ours)
    assert made.actions[0].held
    assert made.lines()[0] == f"= unchanged wms  (it is {state}, and stays so)"
    changed = plan({"wms": CONFIG}, {"wms": actual({}, state, ())}, owned=ours)
    assert verbs(changed) == [("update", "wms")]
    assert changed.actions[0].held


def test_what_is_ours_and_not_desired_is_removed_first_and_the_rest_is_only_reported() -> None:
    found = {"wms-old": actual({}), "else": actual({}), "wms": actual({}, None)}
    made = plan({"wms": CONFIG, "wms-new": CONFIG}, found, owned=ours)
    assert verbs(made) == [
        ("remove", "wms-old"),
        ("update", "wms"),
        ("create", "wms-new"),
        ("foreign", "else"),
    ]
    assert "? foreign else  (left alone)" in made.lines()
    assert made.lines()[-1] == "1 to remove, 1 to create, 1 to update, 1 not ours"


def test_nothing_desired_and_nothing_there() -> None:
    assert plan({}, {}, owned=ours).lines() == ["no connectors"]


@pytest.mark.parametrize(
    ("desired", "why"),
    [
        ({"wms": {**CONFIG, "name": "other"}}, "has the name 'other'"),
        ({"other": CONFIG}, "not one of this pipeline's"),
    ],
)
def test_a_configuration_that_is_another_s_is_refused(desired: Any, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        plan(desired, {}, owned=ours)


def test_the_client_s_answer_is_what_a_plan_is_made_from() -> None:
    worker = FakeWorker()
    worker.add("wms", CONFIG)
    found = actual_of(worker.client().expanded())
    assert plan({"wms": CONFIG}, found, owned=ours).is_empty


configs = st.dictionaries(st.sampled_from(["a", "b", "name", "c"]), st.sampled_from("xyz"))


@given(configs, configs)
def test_a_difference_leads_from_one_to_the_other(before: Any, after: Any) -> None:
    changed = dict(before)
    for change in difference(before, after):
        assert change.before != change.after
        if change.after is None:
            del changed[change.key]
        else:
            changed[change.key] = change.after
    changed.pop("name", None)
    assert changed == {key: value for key, value in after.items() if key != "name"}
    assert difference(after, after) == ()


@given(
    st.dictionaries(
        st.sampled_from(["wms", "wms-a", "wms-b"]),
        configs.map(lambda c: {"k": "v"} | {k: v for k, v in c.items() if k != "name"}),
    ),
    st.dictionaries(
        st.sampled_from(["wms", "wms-a", "wms-b", "x", "y"]),
        st.builds(actual, configs, st.sampled_from(["RUNNING", "FAILED", "PAUSED", None])),
    ),
)
def test_nothing_foreign_is_touched_and_every_connector_has_a_fate(
    desired: dict[str, dict[str, str]], found: dict[str, ActualConnector]
) -> None:
    made = plan(desired, found, owned=ours)
    assert {action.name for action in made.actions} == set(desired) | set(found)
    for action in made.actions:
        if not ours(action.name):
            assert action.verb is Verb.FOREIGN
        if action.verb is Verb.REMOVE:
            assert action.name not in desired
        if action.verb is Verb.CREATE:
            assert action.name not in found


def test_changes_hide_values_in_their_repr() -> None:
    assert CANARY not in repr(KeyChange("database.password", CANARY, CANARY))
