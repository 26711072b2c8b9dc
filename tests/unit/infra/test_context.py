"""The context of a synthesis: the stage first, and from where each thing is taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wms_connector.infra.context import Context
from wms_connector.model.errors import StageError, UsageError, WmsError

ROOT = Path(__file__).parents[3]


def read(environment: dict[str, str] | None = None, root: Path = ROOT, **context: Any) -> Context:
    values = {key.replace("_", "-"): value for key, value in context.items()}
    return Context.read({"CDK_CONTEXT_JSON": json.dumps(values), **(environment or {})}, root=root)


@pytest.mark.parametrize(
    "environment", [{}, {"STAGE": ""}, {"CDK_CONTEXT_JSON": "{}"}, {"CDK_CONTEXT_JSON": ""}]
)
def test_without_a_stage_the_right_commands_are_named(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(StageError) as caught:  # although there is no pipeline file there
        Context.read(environment, root=tmp_path)
    for command in (
        "scripts/cdk deploy wms-alerts-<stage> wms-connector-<stage> -c stage=<stage>",
        "wms-connector deploy --stage <stage>",
        "wms-connector destroy --stage <stage>",
    ):
        assert f"`{command}`" in str(caught.value)


@pytest.mark.parametrize("text", ["Main", "prod", "a b", "wms", " main", "x" * 65])
def test_a_bad_stage_is_told_before_anything_is_read(text: str, tmp_path: Path) -> None:
    with pytest.raises(StageError):
        read(stage=text, root=tmp_path)


def test_the_context_s_stage_wins() -> None:
    assert read({"STAGE": "main"}).stage.name == "main"
    assert read({"STAGE": "main"}, stage="feature-1").stage.name == "feature-1"


def test_a_stage_is_read_for_the_pipelines_product(tmp_path: Path) -> None:
    file = tmp_path / "tms.toml"
    file.write_text('product = "tms"\ntables = ["TMS.T"]\n')
    assert read(stage="a", pipeline=str(file)).pipeline.product == "tms"
    with pytest.raises(StageError, match="its topics would begin with 'tms'"):
        read(stage="tms", pipeline=str(file))


def test_what_else_is_given() -> None:
    found = read(
        {"CDK_DEFAULT_ACCOUNT": "111122223333", "CDK_DEFAULT_REGION": "eu-west-1"},
        stage="a",
        secrets="secrets.json",
        connect_url="http://127.0.0.1:1",
        functions_python="3.11",
    )
    assert found.secrets == Path("secrets.json")
    assert found.options.connect_url == "http://127.0.0.1:1"
    assert found.options.functions_python == "3.11"
    assert found.options.pipeline_file == ROOT / "pipeline.toml"
    assert (found.account, found.region) == ("111122223333", "eu-west-1")


def test_nothing_else_is_needed() -> None:
    found = read({"CDK_DEFAULT_ACCOUNT": ""}, stage="a")
    assert (found.secrets, found.account, found.region) == (None, None, None)
    assert found.options.connect_url is None
    assert found.options.functions_python == "3.13"


def test_a_context_that_is_too_long_for_the_environment(tmp_path: Path) -> None:
    overflow = tmp_path / "context.json"
    overflow.write_text(json.dumps({"stage": "a"}))
    assert read({"CONTEXT_OVERFLOW_LOCATION": str(overflow)}).stage.name == "a"


def test_a_value_that_is_no_text_is_refused() -> None:
    with pytest.raises(UsageError, match="the context's 'stage' is 7, which is no text"):
        read(stage=7)


def test_a_pipeline_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WmsError, match="there is no pipeline file"):
        read(stage="a", root=tmp_path)
