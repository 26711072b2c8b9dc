"""`synth`, `diff`, `deploy`: what is refused before anything is started."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from wms_connector.cli.stacks import told_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

VERBS = ["synth", "diff", "deploy"]


@pytest.fixture
def signed_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL",
                 "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize("verb", VERBS)
def test_without_a_stage_nothing_is_done(wms: Callable[..., Result], verb: str) -> None:
    result = wms(verb, "--pipeline", "not-there.toml")
    assert result.status == 2
    assert "no stage was given" in result.err


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("stage", ["Main", "prod", "a b"])
def test_a_bad_stage_is_told_first(wms: Callable[..., Result], verb: str, stage: str) -> None:
    result = wms(verb, "--stage", stage, "--pipeline", "not-there.toml")
    assert result.status == 2
    assert repr(stage) in result.err


@pytest.mark.parametrize("verb", VERBS)
def test_a_bad_secret_is_one_line(wms: Callable[..., Result], verb: str, tmp_path: Path) -> None:
    vpc = {"id": "vpc-0a1b2c3d", "privateSubnets": []}
    (tmp_path / "secrets.json").write_text(json.dumps({"mmdl/default/vpc": vpc}))
    result = wms(verb, "--stage", "a", "--secrets", "secrets.json")
    assert result.status == 1
    assert "mmdl/default/vpc is malformed (privateSubnets:" in result.err
    assert result.err.count("\n") == 1
    assert result.out == ""


@pytest.mark.parametrize("pair", ["stage=b", "secrets=x", "word"])
def test_a_context_of_its_own_is_a_pair_and_no_option(
    wms: Callable[..., Result], pair: str
) -> None:
    result = wms("synth", "--stage", "a", "-c", pair)
    assert result.status == 2
    assert f"-c {pair} is refused" in result.err


@pytest.mark.usefixtures("signed_out")
@pytest.mark.parametrize("verb", VERBS)
def test_without_a_region_or_credentials_the_next_step_is_told(
    wms: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    result = wms(verb, "--stage", "a")
    assert result.status == 1
    assert "no AWS region was named. Set AWS_REGION" in result.err
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    result = wms(verb, "--stage", "a")
    assert result.status == 1
    assert "there are no AWS credentials. Sign in again" in result.err
    assert result.err.count("\n") == 1


def test_a_diff_as_json_says_how_many_stacks_differ() -> None:
    text = (
        "start: Publishing a\nStack a (aws://1/x)\n[+] b\n\n"
        "✨  Number of stacks with differences: 1\n"
    )
    told = told_of(text)
    assert told["stacks_that_differ"] == 1
    assert told["diff"].startswith("Stack a (aws://1/x)\n[+] b\n")
    assert told_of("other words") == {"stacks_that_differ": None, "diff": "other words"}


def test_the_app_itself_tells_a_wrong_start_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What plain `cdk destroy` shows, which names no stage."""
    from wms_connector.infra.__main__ import main

    monkeypatch.delenv("STAGE", raising=False)
    monkeypatch.delenv("CDK_CONTEXT_JSON", raising=False)
    assert main() == 2
    told = capsys.readouterr().err
    assert "`wms-connector destroy --stage <stage>`" in told
    assert told.count("\n") == 1
