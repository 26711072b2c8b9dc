"""The verbs of connectors, verify and destroy, at a deployment in AWS."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from tests.unit.aws.fakes import ControlFunction
from tests.unit.cli.served import served
from tests.unit.cli.stub_aws import ACCOUNT, StubAws
from tests.unit.connect.fake_worker import FakeWorker, status

from wms_connector.aws.control import digest
from wms_connector.aws.deletion import Deletion
from wms_connector.aws.verify.assess import OUTPUTS
from wms_connector.cli.app import App, default_pipeline
from wms_connector.connectors import render
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.health.findings import BY_ID
from wms_connector.health.verdict import Finding
from wms_connector.local.state import StateFolder
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.unit.cli.conftest import Result

    Wms = Callable[..., Result]

OWN = "wms-oracle-cdc"
PLACE = f"account {ACCOUNT}, region eu-central-1"
RUNNING = {OWN: "RUNNING, task 0 RUNNING"}


class Here:
    """A stage that is deployed, and a command line that is signed in to its account."""

    def __init__(self, wms: Wms, stub: StubAws, stage: str) -> None:
        self._wms, self.aws, self.stage = wms, stub, stage
        pipeline = Pipeline.load(default_pipeline())
        self.names = pipeline.names(pipeline.stage(stage))
        self.configs = render(
            pipeline,
            pipeline.stage(stage),
            database=DatabaseShape(pdb=True),
            security=KafkaSecurity.IAM,
        )
        self.worker = FakeWorker()
        self.worker.add(OWN, self.configs[OWN])
        self.control = ControlFunction(self.names, self.worker)
        self.control.configs = self.configs
        self.report = {
            "stage": stage, "product": "wms", "version": "1", "security": "iam",
            "database": {"vendor": "oracle", "pdb": True, "url": False},
            "guarantee": "exactly-once, as it was deployed",
            "connectors": {name: digest(config) for name, config in self.configs.items()},
        }  # fmt: skip
        self.control.own = {"/-/deployment": self.report, "/-/health": {"check": None}}
        self.aws.control = self.control.handle

    def __call__(self, *args: str) -> Result:
        return self._wms(*args, "--stage", self.stage)

    @property
    def changed(self) -> bool:
        return any(asked.method != "GET" for asked in self.control.asked)


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[StubAws, str]]:
    stub = StubAws()
    with served(stub) as url:
        yield stub, url


@pytest.fixture(scope="module")
def session() -> Any:
    """One session for all tests: each reads the descriptions of AWS's services anew."""
    made = boto3.session.Session("k", "s", region_name="eu-central-1")
    return lambda region_name: made


@pytest.fixture
def unsigned(address: tuple[StubAws, str], monkeypatch: pytest.MonkeyPatch) -> StubAws:
    """AWS on this machine, and nobody who is signed in to it."""
    stub, url = address
    stub.__init__()  # type: ignore[misc]
    for name, value in {
        "AWS_ENDPOINT_URL": url, "AWS_REGION": "eu-central-1", "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    return stub


@pytest.fixture
def aws(unsigned: StubAws, session: Any, monkeypatch: pytest.MonkeyPatch) -> StubAws:
    monkeypatch.setattr(boto3.session, "Session", session)
    return unsigned


@pytest.fixture
def here(wms: Wms, aws: StubAws) -> Here:
    return Here(wms, aws, "branch-1")


def test_a_stage_that_does_not_run_here_is_looked_at_in_aws(here: Here) -> None:
    told = here("status")
    assert (told.status, told.err) == (0, "")
    assert told.out.startswith(
        f"stage branch-1 in AWS ({PLACE}), exactly-once, as it was deployed\n{OWN}"
    )
    found = here("status", "--json").json
    assert found["where"] == {"kind": "aws", "stage": "branch-1", "place": PLACE}
    assert found["healthy"] is True


def test_what_the_deployed_pipeline_names_has_to_run(here: Here) -> None:
    here.report["connectors"] = {OWN: "d", f"{OWN}-MORE": "d"}
    told = here("status", "--json")
    assert told.status == 1
    assert [entry["state"] for entry in told.json["connectors"]] == ["RUNNING", "MISSING"]


def _checked(here: Here, *findings: dict[str, Any], at: float) -> None:
    here.control.own["/-/health"] = {
        "check": {
            "at": at, "interval": 600, "severity": "critical" if findings else "info",
            "findings": list(findings),
            "restarts": {"limit": 3, "left": 2, "allowed_at": at},
        }
    }  # fmt: skip


def test_status_tells_what_the_last_check_has_found(here: Here) -> None:
    at = time.time() - 120
    found = Finding(BY_ID["headroom-low"], OWN, "1.5 h are left", at).as_json()
    _checked(here, found, at=at)
    told = here("status", "--json")
    assert told.status == 1
    assert told.json["healthy"] is False
    [finding] = told.json["findings"]
    assert (finding["id"], finding["seen_at"]) == ("headroom-low", at)
    assert told.json["restarts"]["left"] == 2
    text = here("status").out
    assert "CRITICAL  The restart point will soon be thrown away" in text
    assert "automatic restarts left: 2 of 3" in text
    assert "last health check: 2 min ago" in text
    _checked(here, at=at)
    assert here("status").status == 0


def test_a_check_that_has_fallen_silent_is_found_by_status(here: Here) -> None:
    _checked(here, at=time.time() - 86_400)
    told = here("status")
    assert told.status == 1
    assert "the last check was 24 h ago, and one is due every 10 min" in told.out


def test_a_deployment_that_cannot_tell_its_last_check_is_looked_at_all_the_same(
    here: Here,
) -> None:
    assert "no health check has run yet" in here("status").out
    here.control.own["/-/health"] = {"check": {"at": "nonsense"}}
    told = here("status")
    assert told.status == 0
    assert "the last health check is not known: " in told.out


def test_every_verb_says_where_and_does_it_there(here: Here) -> None:
    told = here("wait")
    assert told.err.splitlines()[0] == f"stage branch-1 in AWS ({PLACE})"
    assert told.out == f"{OWN}: RUNNING, task 0 RUNNING\n"
    where = here("wait", "--json").json.pop("where")
    assert here("wait", "--json").json == RUNNING | {"where": where}
    assert here("pause", "--json").json[OWN] == "PAUSED, task 0 PAUSED"
    assert here("resume").status == 0
    assert here("restart", "--all").out == f"{OWN}: restarts\n"
    assert here("stop").out == f"{OWN}: STOPPED, no task\n"
    here.worker.offsets[OWN] = [{"partition": {"server": "wms"}, "offset": {"scn": "1"}}]
    assert here("offsets", "--json").json[OWN][0]["offset"] == {"scn": "1"}
    assert here("offsets", OWN, "--reset", "--yes").status == 0
    assert here.worker.offsets[OWN] == []


def test_offsets_cannot_be_set_through_it_and_it_says_why(here: Here, tmp_path: Path) -> None:
    (tmp_path / "offsets.json").write_text(json.dumps({OWN: [{"partition": {}, "offset": {}}]}))
    told = here("offsets", OWN, "--set", str(tmp_path / "offsets.json"), "--yes")
    assert told.status == 2
    assert "takes no body, because it never forwards what a caller sends" in told.err
    assert "--url URL" in told.err
    assert not here.changed


def test_plan_and_apply_render_what_the_deployed_secrets_ask_for(here: Here) -> None:
    assert here("plan", "--json").json["changes"] is False
    here.worker.configs[OWN]["database.pdb.name"] = "other"
    told = here("plan")
    assert "~ database.pdb.name = other -> ${env:DB_PDB}" in told.out
    assert here("apply").status == 0
    assert here.worker.configs[OWN]["database.pdb.name"] == "${env:DB_PDB}"


def test_another_pipeline_than_the_deployed_one_is_shown_and_not_applied(
    here: Here, tmp_path: Path
) -> None:
    text = default_pipeline().read_text(encoding="utf-8")
    (tmp_path / "pipeline.toml").write_text(f"{text}\n[debezium]\nheartbeat_interval_ms = 12345\n")
    told = here("plan")
    assert "heartbeat.interval.ms" in told.out
    assert f"has another configuration of {OWN} than the pipeline file here" in told.out
    assert here("plan", "--json").json["not_deployed"] == [OWN]
    refused = here("apply", "--yes")
    assert refused.status == 2
    assert "Deploy: `wms-connector deploy --stage branch-1`" in refused.err
    assert not here.changed


def test_options_about_secrets_mean_nothing_at_a_deployment(here: Here) -> None:
    told = here("apply", "--pdb")
    assert told.status == 2
    assert "the secrets that were deployed decide" in told.err


class Runtime:
    """A laptop's runtime that runs a stage, as far as the choice of the place asks."""

    def __init__(self, stage: str, urls: tuple[str, ...]) -> None:
        self.stage, self.connect_urls, self.state_dir = stage, urls, "/state"

    folder = type("Folder", (), {"passwords": staticmethod(tuple)})

    def status(self) -> Runtime:
        return self


@pytest.mark.parametrize(
    ("stage", "urls", "args", "kind"),
    [
        ("branch-1", ("http://127.0.0.1:1",), (), "laptop"),
        ("branch-1", ("http://127.0.0.1:1",), ("--aws",), "aws"),
        ("branch-1", (), (), "aws"),
        ("other", ("http://127.0.0.1:1",), (), "aws"),
    ],
)
def test_the_laptop_comes_first_if_it_runs_the_stage(
    here: Here,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    urls: tuple[str, ...],
    args: tuple[str, ...],
    kind: str,
) -> None:
    monkeypatch.setattr(App, "control", lambda self: Runtime(stage, urls))
    told = here("wait", "--timeout", "0", *args)
    if kind == "laptop":
        assert "stage branch-1 on this laptop (/state)" in told.err
        assert "http://127.0.0.1:1" in told.err
        assert here.aws.calls == []
    else:
        assert told.status == 0
        assert f"in AWS ({PLACE})" in told.err


def test_without_a_stage_it_is_the_laptop(wms: Wms, aws: StubAws) -> None:
    told = wms("status")
    assert told.status == 1
    assert "local up" in told.err
    assert aws.calls == []


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--aws", "--url", "http://127.0.0.1:1"), "--url and --aws name two places"),
        (("--aws", "--state", "x"), "--state and --aws name two places"),
    ],
)
def test_two_places_are_refused(here: Here, args: tuple[str, ...], told: str) -> None:
    result = here("status", *args)
    assert result.status == 2
    assert told in result.err


def test_aws_needs_a_stage(wms: Wms, aws: StubAws) -> None:
    told = wms("status", "--aws")
    assert told.status == 2
    assert "no stage was given" in told.err


def test_recovery_stays_on_the_laptop(here: Here) -> None:
    told = here("recover", "snapshot")
    assert told.status == 1
    assert "control function takes no configuration or offsets: reach its workers" in told.err
    assert here.aws.calls == []


def test_a_stage_that_is_not_deployed(here: Here) -> None:
    here.aws.control = None
    told = here("status")
    assert told.status == 1
    assert f"stage branch-1 is not deployed in this account and region ({PLACE})" in told.err


def test_who_is_not_signed_in_hears_of_both_ways(wms: Wms, unsigned: StubAws) -> None:
    told = wms("status", "--stage", "branch-1").err
    assert "it does not run on this laptop, and its deployment cannot be asked: " in told
    assert "there are no AWS credentials" in told
    assert "local up --stage branch-1" in told
    assert "laptop" not in wms("status", "--stage", "branch-1", "--aws").err
    assert unsigned.calls == []


def test_without_boto3_it_says_how_to_get_it(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert "scripts/setup aws" in here("status").err
    assert "scripts/setup aws" in here("verify").err
    assert "scripts/setup aws" in here("destroy", "--yes").err


def test_a_fault_inside_names_its_log(here: Here) -> None:
    here.control.answers = [(True, {"errorType": "KeyError", "errorMessage": "tiger"})]
    told = here("status").err
    assert "aws logs tail /aws/lambda/wms-connector-branch-1-control" in told
    assert "tiger" not in told


# verify


@pytest.fixture
def whole(here: Here) -> Here:
    values = dict.fromkeys(OUTPUTS, "x") | {"Stage": "branch-1"}
    here.aws.add_stack(here.names.connector_stack, "UPDATE_COMPLETE", **values)
    here.aws.add_stack(here.names.alerts_stack, AlertsTopicArn="arn:topic")
    here.aws.subscriptions = [("ann@example.com", "arn:aws:sns:1")]
    topics = [{"name": "branch-1.wms.A.B", "purpose": "data", "exists": True, "newest_ms": 1}]
    tried = [{"what": "broker 1", "kind": "broker", "port": 9098, "reached": True}]
    here.control.own |= {"/-/topics": {"topics": topics}, "/-/reach": {"tried": tried}}
    service = {"desiredCount": 1, "runningCount": 1, "status": "ACTIVE"}
    emails = json.dumps({"emails": ["ann@example.com"]})
    here.aws.json = {
        "amazonec2containerservicev20141113.DescribeServices": {"services": [service]},
        "dynamodb.GetItem": {},
        "secretsmanager.GetSecretValue": {"SecretString": emails},
    }
    return here


def test_verify_shows_each_part_and_exits_with_the_verdict(whole: Here) -> None:
    told = whole("verify")
    assert told.status == 0, told.out
    assert told.err == f"stage branch-1 in AWS ({PLACE})\n"
    assert "ok    workers    wms-connector-branch-1: 1 of 1 running" in told.out
    assert "ok    alerts     ann@example.com: subscribed and confirmed" in told.out
    assert "warn  health     last check: there was none yet" in told.out
    assert told.out.splitlines()[-1] == "7 ok, 1 warn, 0 fail"
    whole.worker.states[OWN] = status(OWN, "RUNNING", ("FAILED",))
    told = whole("verify", "--json")
    assert told.status == 1
    assert told.json["verdict"] == "fail"
    assert told.json["counts"] == {"ok": 6, "warn": 1, "fail": 1}
    [failed] = [found for found in told.json["findings"] if found["level"] == "fail"]
    assert failed["subject"] == OWN
    assert "restart --stage branch-1" in failed["step"]


def test_verify_of_a_stage_that_is_not_there(here: Here) -> None:
    told = here("verify")
    assert told.status == 1
    assert "fail  stack  wms-connector-branch-1: is not there" in told.out
    assert "      -> Check AWS_PROFILE and AWS_REGION" in told.out


# destroy


@pytest.fixture
def doomed(here: Here) -> Here:
    here.aws.add_stack(here.names.connector_stack)
    here.aws.add_stack(here.names.alerts_stack)
    items: dict[str, Any] = {
        "topics": {"id": {"S": "topics"}, "names": {"SS": ["branch-1.wms.A.B"]}},
        "deletion": {"topics": {"N": "1"}, "flush_table": {"S": "T"}, "dropped": {"BOOL": True}},
    }
    here.aws.json["dynamodb.GetItem"] = lambda request: {"Item": items[request["Key"]["id"]["S"]]}
    return here


def test_destroy_says_what_and_takes_both_stacks(doomed: Here) -> None:
    told = doomed("destroy", "--yes")
    assert told.status == 0, told.err
    assert f"stage branch-1 in AWS ({PLACE}):" in told.err
    assert "  topic branch-1.wms.A.B" in told.err
    assert "wms-connector-branch-1: DELETE_COMPLETE Rules (AWS::X::Y)" in told.err
    assert told.out == (
        f"stage branch-1 is destroyed ({PLACE}): wms-connector-branch-1, wms-alerts-branch-1\n"
        "1 topic deleted\nnothing is left\n"
    )
    assert doomed.control.asked == []


def test_destroy_without_anything_there(here: Here) -> None:
    told = here("destroy")  # nothing to ask
    assert told.status == 0
    assert told.out == f"there is nothing of stage branch-1 in AWS ({PLACE})\nnothing is left\n"
    found = here("destroy", "--json").json
    assert found == {
        "stage": "branch-1", "place": PLACE, "deleted": [],
        "not_there": ["wms-connector-branch-1", "wms-alerts-branch-1"],
        "topics_deleted": None, "left": [],
    }  # fmt: skip


def test_destroy_asks_first(doomed: Here) -> None:
    told = doomed("destroy")
    assert told.status == 2
    assert "this would destroy stage branch-1 and all that its topics hold" in told.err
    assert not any(call.startswith("DeleteStack") for call in doomed.aws.calls)


def test_destroy_tells_what_it_cannot_know(doomed: Here) -> None:
    del doomed.aws.json["dynamodb.GetItem"]
    told = doomed("destroy", "--yes")
    assert "it cannot be read from here" in told.err
    assert "left: perhaps the table LOG_MINING_FLUSH_BRANCH_1 in Oracle" in told.out


@pytest.mark.parametrize("stage", ["main", "val", "production"])
def test_destroy_refuses_named_stages_without_asking_aws(
    wms: Wms, aws: StubAws, stage: str
) -> None:
    told = wms("destroy", "--stage", stage, "--yes")
    assert told.status == 2
    assert f"stage {stage} is a named stage" in told.err
    assert aws.calls == []


@pytest.mark.parametrize(
    ("args", "stack"),
    [
        (("--branch", "feature/New_Thing"), "wms-connector-feature-new-thin--"),
        (("--stage", "x", "--product", "stock"), "stock-connector-x"),
    ],
)
def test_destroy_by_branch_and_by_product(
    wms: Wms, aws: StubAws, args: tuple[str, ...], stack: str
) -> None:
    told = wms("destroy", *args, "--json")
    assert told.status == 0, told.err
    assert told.json["not_there"][0].startswith(stack)


def test_a_product_needs_no_pipeline_file_that_can_be_read(
    wms: Wms, aws: StubAws, tmp_path: Path
) -> None:
    (tmp_path / "pipeline.toml").write_text("no toml")
    assert wms("destroy", "--stage", "x").status == 2
    assert wms("destroy", "--stage", "x", "--product", "wms").status == 0


def test_who_may_not_delete_is_told(doomed: Here) -> None:
    doomed.aws.denies = {"DeleteStack"}
    told = doomed("destroy", "--yes")
    assert told.status == 1
    assert "you may not delete the stack wms-connector-branch-1" in told.err
    assert "Ask for x:DeleteStack" in told.err


def test_an_interrupted_destroy_says_that_it_goes_on(
    doomed: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(self: Deletion) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Deletion, "run", interrupt)
    told = doomed("destroy", "--yes")
    assert told.status == 130
    assert "AWS goes on deleting what was begun" in told.err


def test_a_runtime_that_nobody_can_read_is_no_obstacle(here: Here, tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    folder.path.mkdir()
    (folder.path / "state.json").write_text("{")
    assert here("wait").status == 0


def test_a_stage_is_watched_in_aws_with_what_its_last_check_found(here: Here) -> None:
    topic = {"name": "wms.branch-1.T", "purpose": "data", "exists": True, "newest_ms": None}
    here.control.own = {**here.control.own, "/-/topics": {"topics": [topic]}}
    told = here("watch", "--for", "0")
    assert told.status == 0, told.err
    assert f"stage branch-1 in AWS ({PLACE})" in told.out
    assert f"{OWN}: RUNNING" in told.out
    found = here("watch", "--for", "0", "--json").json
    assert found["where"]["kind"] == "aws"
    assert found["topics"][0]["name"] == "wms.branch-1.T"
    assert not here.changed


def test_a_deployment_is_repaired_by_its_own_check(here: Here) -> None:
    told = here("watch", "--repair")
    assert told.status == 2
    assert "restarts are counted where the check runs" in told.err
