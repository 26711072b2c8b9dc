from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.model.strategies import ephemeral_stages, neighbours

from wms_connector.model.errors import StageError
from wms_connector.model.stage import NAMED_STAGES, Stage, check_product

SLUG = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


@pytest.mark.parametrize("name", NAMED_STAGES)
def test_the_named_stages(name: str) -> None:
    stage = Stage.parse(name)
    assert (stage.kind, stage.slug, stage.namespace, stage.is_named) == ("named", name, None, True)


def test_any_other_stage_is_ephemeral_and_its_name_is_its_namespace() -> None:
    stage = Stage.parse("feature-1")
    assert (stage.kind, stage.slug, stage.namespace) == ("ephemeral", "feature-1", "feature-1")
    assert str(stage) == "feature-1"


@pytest.mark.parametrize(
    ("given_text", "told"),
    [
        (None, "no stage was given"),
        ("", "no stage was given"),
        (" main", "white space"),
        ("main ", "white space"),
        ("a b", "white space"),
        ("main\n", "white space"),
        ("a/b", "'/'"),
        ("a*", "'*'"),
        ("ü", "'ü'"),
        ("x" * 65, "longer than 64"),
        ("x" * 5000, "5000 characters"),
        ("Main", "differs from main in case only"),
        ("PRODUCTION", "differs from production in case only"),
        ("master", "reads as the named stage main"),
        ("Prod", "reads as the named stage production"),
        ("dev", "reads as the named stage main"),
        ("default", "secrets fall back"),
        ("Default", "secrets fall back"),
        ("wms", "begin with 'wms'"),
        ("WMS", "begin with 'wms'"),
        ("aws", "begin with 'aws'"),
        ("mgmt", "every team's"),
        ("mgmt.connect", "every team's"),
        ("aws.wms.cdc", "begin with 'aws'"),
        ("__debezium-heartbeat", "Kafka's and Debezium's own"),
        ("__consumer_offsets", "Kafka's and Debezium's own"),
    ],
)
def test_what_is_refused_says_why_and_what_is_allowed(given_text: str | None, told: str) -> None:
    with pytest.raises(StageError) as caught:
        Stage.parse(given_text)
    assert told in str(caught.value)
    assert caught.value.hint
    assert caught.value.exit_code == 2


def test_another_product_owns_its_own_first_label() -> None:
    assert Stage.parse("tms").name == "tms"
    with pytest.raises(StageError, match="begin with 'tms'"):
        Stage.parse("TMS", product="tms")
    with pytest.raises(StageError, match="begin with 'wms'"):
        Stage.parse("wms", product="tms")


@pytest.mark.parametrize("name", ["a.b", "a_b", "A-B", "a--b", "-a", "a-", "x" * 29, "."])
def test_what_aws_would_refuse_gets_a_hashed_slug(name: str) -> None:
    slug = Stage.parse(name).slug
    assert re.fullmatch(r"[a-z0-9-]{1,16}--[0-9a-f]{10}", slug)
    assert SLUG.fullmatch(slug)


@given(ephemeral_stages)
def test_every_slug_is_valid_and_short(stage: Stage) -> None:
    assert SLUG.fullmatch(stage.slug)
    assert len(stage.slug) <= 28


@given(neighbours)
def test_no_two_stages_share_a_slug(pair: tuple[Stage, Stage]) -> None:
    one, other = pair
    assert one == other or one.slug != other.slug


@given(ephemeral_stages)
def test_a_stage_that_spells_anothers_slug_has_another_one(stage: Stage) -> None:
    if stage.slug != stage.name:
        assert Stage.parse(stage.slug).slug != stage.slug


@pytest.mark.parametrize(
    ("branch", "stage"),
    [("main", "main"), ("refs/heads/val", "val"), ("feature-1", "feature-1"), ("a.b", "a.b")],
)
def test_a_branch_that_is_a_stage_is_its_own(branch: str, stage: str) -> None:
    assert Stage.from_branch(branch).name == stage


@pytest.mark.parametrize("branch", ["feature/x", "x" * 70, "fix--2", "feature/" + "y" * 300, "ü/ß"])
def test_any_other_branch_gets_a_readable_hashed_stage(branch: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]{1,16}--[0-9a-f]{10}", Stage.from_branch(branch).name)


@pytest.mark.parametrize("branch", ["", "refs/heads/", "Main", "prod", "wms", "default"])
def test_branches_that_would_be_mistaken_are_refused(branch: str) -> None:
    with pytest.raises(StageError):
        Stage.from_branch(branch)


@given(st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80))
def test_different_branches_have_different_stages(one: str, other: str) -> None:
    try:
        stages = Stage.from_branch(one), Stage.from_branch(other)
    except StageError:
        return
    same = one.removeprefix("refs/heads/") == other.removeprefix("refs/heads/")
    assert (stages[0] == stages[1]) == same
    assert stages[0].kind == "ephemeral" or one.removeprefix("refs/heads/") in NAMED_STAGES


@pytest.mark.parametrize("name", ["", "W", "1a", "a_b", "x" * 17, "aws", "mgmt", "default", "cdc",
                                  "wms-connector", "a-alerts-b"])  # fmt: skip
def test_products_that_cannot_be(name: str) -> None:
    with pytest.raises(StageError):
        check_product(name)


def test_a_product() -> None:
    assert check_product("tms-2") == "tms-2"
    assert check_product("my-connectors") == "my-connectors"
