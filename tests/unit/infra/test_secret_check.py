"""`secrets check` and synthesis are of one mind: what one approves, the other can use."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.infra.test_inputs import AUTH_ARN, CANARY, CLUSTER, PIPELINE, SECRETS, Secrets

from wms_connector.infra.inputs import read_inputs
from wms_connector.infra.secret_check import CheckedSecret, check_secrets
from wms_connector.model.errors import SecretError, SecretSourceError
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.secret_sources import FileSecrets

if TYPE_CHECKING:
    from pydantic import SecretStr


def checked(more: str = "", **default: Any) -> dict[str, CheckedSecret]:
    """Check, and compare with synthesis: it stops exactly if something is told to have failed."""
    pipeline = Pipeline.parse(PIPELINE + more)
    stage = pipeline.stage("main")
    found = check_secrets(pipeline, stage, Secrets(**default))
    failed = [finding for finding in found if finding.state == "failed"]
    if failed:
        with pytest.raises(SecretError) as caught:
            read_inputs(pipeline, stage, Secrets(**default))
        assert str(caught.value) in [finding.problem for finding in failed]
    else:
        read_inputs(pipeline, stage, Secrets(**default))
    assert CANARY not in repr(found)
    return {finding.key: finding for finding in found}


def test_each_secret_is_told_once_and_those_that_are_not_needed_with_the_reason() -> None:
    found = checked()
    assert list(found) == ["vpc", "brokerString", "kafkaAuth", "dbInfo", "alertEmails",
                           "iam/path", "iam/permissionsBoundary"]  # fmt: skip
    assert found.keys() == SECRETS.keys()
    assert {f.state for key, f in found.items() if key != "kafkaAuth"} == {"ok"}
    assert found["kafkaAuth"].state == "not needed"
    assert "TLS" in str(found["kafkaAuth"].problem)


@pytest.mark.parametrize("key", ["vpc", "brokerString", "dbInfo", "alertEmails", "iam__path",
                                 "iam__permissionsBoundary"])  # fmt: skip
def test_what_is_missing_fails(key: str) -> None:
    found = checked(**{key: None})[key.replace("__", "/")]
    assert (found.state, found.found) == ("failed", None)


@pytest.mark.parametrize(
    ("key", "setting"),
    [("iam/path", "path"), ("iam/permissionsBoundary", "permissions_boundary")],
)
def test_what_the_pipeline_file_says_is_not_there_is_not_needed(key: str, setting: str) -> None:
    found = checked(f"[iam]\n{setting} = false\n", **{key.replace("/", "__"): None})[key]
    assert found.state == "not needed"
    assert f"{setting} = false" in str(found.problem)


@pytest.mark.parametrize(
    ("auth", "state"),
    [(None, "failed"), ({"username": "u"}, "failed"), (AUTH_ARN, "ok"),
     ({"username": "u", "password": CANARY}, "ok")],
)  # fmt: skip
def test_scram_needs_its_secret(auth: Any, state: str) -> None:
    assert checked(brokerString="b:9096", kafkaAuth=auth)["kafkaAuth"].state == state


def test_iam_needs_the_clusters_arn_and_no_password() -> None:
    found = checked(brokerString="b:9098")
    assert (found["brokerString"].state, found["kafkaAuth"].state) == ("failed", "not needed")
    assert "cluster_arn" in str(found["brokerString"].problem)
    found = checked(f'[kafka]\ncluster_arn = "{CLUSTER}"\n', brokerString="b:9098")
    assert found["brokerString"].state == "ok"


def test_without_brokers_nobody_knows_whether_there_is_a_password() -> None:
    assert checked(brokerString="b")["kafkaAuth"].state == "unknown"
    more = '[kafka]\nsecurity = "scram"\n'
    assert checked(more, brokerString="b", kafkaAuth=None)["kafkaAuth"].state == "failed"


@pytest.mark.parametrize(("key", "value"), [("iam__path", "teams"), ("vpc", {"id": "vpc-0a1b"})])
def test_what_is_malformed_fails_with_its_path(key: str, value: Any) -> None:
    found = checked(**{key: value})[key.replace("__", "/")]
    assert found.state == "failed"
    assert found.found is not None
    assert found.found.path in str(found.problem)


@pytest.mark.parametrize(
    ("bad", "told"),
    [(["x"], "'x', which is no address and hears"),
     (["x", "y z@a"], "'x', 'y z@a', which are no addresses and hear")],
)  # fmt: skip
def test_an_address_that_is_none_is_a_warning_while_others_hear(bad: list[str], told: str) -> None:
    found = checked(alertEmails={"emails": ["a@example.com", *bad]})["alertEmails"]
    assert found.state == "warning"
    assert told in str(found.problem)
    assert checked(alertEmails={"emails": bad})["alertEmails"].state == "failed"


def test_the_secrets_of_the_documentation_are_right(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs/aws.md").read_text(encoding="utf-8")
    file = re.search(r"secrets.json <<'END'\n(.*?)\nEND\n", text, re.DOTALL)
    vpc = re.search(r"^\| `vpc` \| `(.*?)`", text, re.MULTILINE)
    assert file
    assert vpc
    values = json.loads(file[1])
    pipeline = Pipeline.load(Path(__file__).parents[3] / "pipeline.toml")
    for more in ({}, {"mmdl/main/vpc": json.loads(vpc[1])}):
        (tmp_path / "secrets.json").write_text(json.dumps(values | more))
        source = FileSecrets(tmp_path / "secrets.json")
        found = check_secrets(pipeline, pipeline.stage("main"), source)
        assert {finding.state for finding in found} == {"ok", "not needed"}


class Unreadable:
    """A file that is none."""

    def read(self, path: str) -> SecretStr:
        raise SecretSourceError(f"the file with {path} is not JSON")


def test_what_holds_for_all_secrets_is_told_once() -> None:
    pipeline = Pipeline.parse(PIPELINE)
    with pytest.raises(SecretSourceError):
        check_secrets(pipeline, pipeline.stage("main"), Unreadable())
