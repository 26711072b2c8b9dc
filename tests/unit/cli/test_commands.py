from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wms_connector.cli.main import COMMANDS
from wms_connector.local.connected import connected
from wms_connector.local.errors import LocalError, TablesMissingError
from wms_connector.local.runtime import LocalRuntime
from wms_connector.model.errors import WmsError
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Result

    Wms = Callable[..., Result]

ROOT = Path(__file__).parents[3]
LOCAL = ["up", "down", "status", "tail", "write", "logs", "rotate", "kill"]
GROUPS = {"image", "local", "topics", "secrets", "recover"}
ALL = [
    *([name] for name in COMMANDS if name not in GROUPS),
    *(["local", name] for name in LOCAL),
    *(["topics", name] for name in ("plan", "apply", "destroy")),
    ["secrets", "check"],
    *(["image", name] for name in ("context", "build")),
    *(["recover", what] for what in ("snapshot", "schema-history")),
]


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_help_with_an_example(wms: Wms, path: list[str]) -> None:
    result = wms(*path, "--help")
    assert result.status == 0
    assert f"Example: wms-connector {' '.join(path)}" in " ".join(result.out.split())
    assert "--stage" in result.out
    assert "--pipeline" in result.out
    assert "--json" in result.out


def test_help_lists_every_command_without_importing_any(wms: Wms) -> None:
    result = wms("--help")
    assert result.status == 0
    assert all(f"\n  {name} " in result.out for name in COMMANDS)


@pytest.mark.parametrize(
    "args", [[], ["local"], ["topics"], ["secrets"], ["recover"]], ids=" ".join
)
def test_without_a_command_the_help_page_is_shown_as_it_stands(wms: Wms, args: list[str]) -> None:
    result = wms(*args)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"Usage: {' '.join(['wms-connector', *args])} ")
    assert "\nCommands:\n" in result.err


def test_starting_imports_only_what_is_needed() -> None:
    program = (
        "import sys; from wms_connector.cli.main import run; run(['names', '--stage', 'a']);"
        "heavy = {'confluent_kafka', 'httpx', 'psycopg', 'rich', 'psutil', 'boto3', 'jgo'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_is_about_oracle_alone_needs_no_driver_of_postgresql() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None;"  # an import of it fails
        "import wms_connector.local.generator, wms_connector.cli.write;"
        "from wms_connector.cli.main import run;"
        "sys.exit(run(['preflight', '--dsn', 'WMS@127.0.0.1:1/X', '--stage', 'a']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={"WMS_CONNECTOR_ORACLE_PASSWORD": "canary-78"},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "cannot be reached" in done.stdout or "refused" in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["nams"], "there is no command 'nams' (near: names). See wms-connector --help"),
        (["names"], "Name one with --stage, --branch or the environment variable STAGE"),
        (["names", "--stage", ""], "no stage was given"),
        (["names", "--stage", "Main"], "differs from main in case only"),
        (["names", "--stage", "a b"], "white space"),
        (["names", "--stage", "x" * 65], "longer than 64"),
        (["names", "--stag", "main"], "No such option"),
        (["names", "--stage", "main", "--branch", "a"], "both a branch ('a') and a stage ('main')"),
        (["names", "--branch", ""], "the branch's name is empty"),
        (["names", "--branch", "Main"], "differs from main in case only"),
        (["names", "--stage", "main", "extra"], "unexpected extra argument"),
        (["destroy", "my-branch"], "(my-branch). If that is the stage, write --stage my-branch"),
        (["names", "--stage", "main", "--pipeline", "none.toml"], "no pipeline file none.toml"),
        (["config", "--stage", "wms"], "begin with 'wms'"),
        (["config", "--stage", "main", "--security", "ssl"], "'ssl' is not one of"),
        (["worker", "--stage", "main", "--replication", "0"], "1<=x<=9"),
        (["lint", "none.json"], "none.json cannot be read"),
        (["topics", "destroy", "--stage", "main", "--yes"], "main are never deleted"),
        (["topics", "destroy", "--stage", "a", "--also", "wms.WMS.T"], "does not own wms.WMS.T"),
        (["topics", "destroy", "--stage", "a", "--also", "*"], "does not own *"),
        (["topics", "plan", "--stage", "a", "--brokers", "nonsense"], "'nonsense' is no broker"),
        (["audit", "--dsn", "x"], "--dsn or --oracle-dsn, --brokers and --url"),
        (["offsets", "--reset"], "needs NAME"),
        (["offsets", "n", "--reset", "--set", __file__], "exclude each other"),
        (["local", "kill", "worker-1", "--signal", "NONSENSE"], "'NONSENSE' is no signal"),
        (["local", "up", "--workers", "0"], "1<=x<=8"),
        (["local", "up", "--tables", "nonsense"], "'nonsense' is no table"),
        (["local", "up", "--tables", "A.B,A.B"], "--tables names A.B twice"),
        (["local", "up", "--init", "none.sql"], "'none.sql' does not exist"),
        (["local", "write", "--rate", "-1"], "0.1<=x<=100000"),
        (["demo", "--rows", "x"], "'x' is not a valid integer"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else "",
)
def test_wrong_use_is_one_line_and_status_2(wms: Wms, args: list[str], told: str) -> None:
    result = wms(*args)
    assert result.status == 2, result.err
    assert told in result.err
    assert result.err.startswith("wms-connector: ")
    assert result.err.count("\n") == 1
    assert result.out == ""


@pytest.mark.parametrize(
    "args",
    [["status"], ["watch"], ["wait"], ["plan"], ["apply"], ["restart"], ["pause"], ["resume"],
     ["stop"], ["offsets"], ["audit"], ["local", "status"], ["local", "tail"], ["local", "write"],
     ["local", "logs"], ["local", "rotate"], ["local", "kill", "worker-1"], ["topics", "plan"],
     ["recover", "snapshot"], ["recover", "schema-history"]],
    ids=" ".join,
)  # fmt: skip
def test_without_a_runtime_it_says_how_to_start_one(wms: Wms, args: list[str]) -> None:
    result = wms(*args)
    assert result.status == 1
    assert "wms-connector local up" in result.err
    assert result.err.count("\n") == 1


def test_down_where_nothing_runs_is_no_failure(wms: Wms) -> None:
    assert wms("local", "down").out == "nothing ran\n"
    assert wms("local", "down", "--purge", "--json").json == {"stopped": [], "purged": True}


def test_a_pipeline_of_kind_jdbc_needs_the_plugin_s_folder(
    wms: Wms, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("jdbc.toml").write_text('connector = "jdbc"\ntables = ["A.B"]')
    up = ["local", "up", "--pipeline", "jdbc.toml"]
    assert "WMS_CONNECTOR_JDBC_PLUGIN" in wms(*up).err
    assert "/none. Name the folder" in wms(*up, "--plugin", "none").err
    monkeypatch.setenv("WMS_CONNECTOR_JDBC_PLUGIN", "not here")
    assert "/not here. Name the folder" in wms(*up).err


@pytest.mark.parametrize("missing", [True, False])
def test_up_remembers_the_pipeline_of_what_runs(
    wms: Wms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: bool
) -> None:
    error = TablesMissingError("no table") if missing else LocalError("no space")

    def up(_: LocalRuntime) -> None:
        raise error

    monkeypatch.setattr(LocalRuntime, "up", up)
    file = ROOT / "tests/data/tms.toml"
    assert wms("local", "up", "--pipeline", str(file), "--state", "here").status == 1
    remembered = tmp_path / "here/pipeline.json"
    assert remembered.exists() == missing
    if missing:
        assert json.loads(remembered.read_text())["path"] == str(file)


@pytest.mark.parametrize("more", [[], ["--keep"]])
def test_the_demo_leaves_a_runtime_alone_that_is_there(wms: Wms, more: list[str]) -> None:
    state = Path("mine/state.json")
    state.parent.mkdir()
    state.write_text("{}")
    result = wms("demo", "--state", "mine", *more)
    assert result.status == 2
    assert "mine has a runtime already" in result.err
    assert state.read_text() == "{}"


def test_names(wms: Wms) -> None:
    found = wms("names", "--stage", "b.1", "--json").json
    assert (found["stage"], found["kind"], found["namespace"]) == ("b.1", "ephemeral", "b.1")
    assert found["slug"].startswith("b-1--")
    assert "b.1.wms.WMS.PLAN_BASE_WVR_TBL" in found["topics"]["data"]
    assert "b.1.wms.schema-changes" in found["topics"]["internal"]
    assert found["connectors"] == ["wms-oracle-cdc"]
    assert found["consumer_groups"] == ["wms-connector-b.1", "b.1.wms-schemahistory"]
    assert "wms-connector-b.1-wms-oracle-cdc-0" in found["transactional_ids"]
    assert "mmdl/b.1/kafkaAuth" in found["secrets"]
    text = wms("names", "--stage", "b.1").out
    assert all(topic in text for topic in found["topics"]["data"])


def test_names_of_jdbc_connectors_and_their_tasks(wms: Wms) -> None:
    Path("jdbc.toml").write_text('connector = "jdbc"\ntables = ["A.B", "A.C", "D.E"]')
    found = wms("names", "--stage", "main", "--pipeline", "jdbc.toml", "--json").json
    assert found["connectors"] == ["wms-oracle-cdc", "wms-oracle-cdc-D"]
    assert found["consumer_groups"] == ["wms-connector-main"]
    assert found["transactional_ids"] == [
        "connect-cluster-wms-connector-main",
        "wms-connector-main-wms-oracle-cdc-0",
        "wms-connector-main-wms-oracle-cdc-1",
        "wms-connector-main-wms-oracle-cdc-D-0",
    ]


@pytest.mark.parametrize("branch", ["main", "feature/WMS-12", "$(id)`id`;x", "--help", "a b"])
def test_the_stage_can_come_from_a_branch(wms: Wms, branch: str) -> None:
    found = wms("names", f"--branch={branch}", "--json").json
    assert found["stage"] == Stage.from_branch(branch).name


def test_a_branch_beside_a_stage_of_the_environment_is_refused(
    wms: Wms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE", "val")
    result = wms("names", "--branch", "feature")
    assert (result.status, result.out) == (2, "")


def test_the_stage_can_come_from_the_environment(wms: Wms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "val")
    assert wms("names", "--json").json["stage"] == "val"


def test_pipeline_toml_of_this_folder_is_taken(wms: Wms) -> None:
    Path("pipeline.toml").write_text((ROOT / "tests/data/tms.toml").read_text())
    assert wms("names", "--stage", "main", "--json").json["product"] == "tms"


def test_config_and_worker_hold_references_only(wms: Wms) -> None:
    config = wms("config", "--stage", "main", "--pdb", "--json").json["wms-oracle-cdc"]
    assert config["database.password"] == "${env:DB_PASSWORD}"
    assert config["database.pdb.name"] == "${env:DB_PDB}"
    text = wms("config", "--stage", "main").out
    assert text.startswith("# wms-oracle-cdc\n")
    worker = wms("worker", "--stage", "main", "--json").json
    assert worker["group.id"] == "wms-connector-main"
    assert worker["exactly.once.source.support"] == "enabled"


def secrets_file(**values: object) -> str:
    entries = {f"mmdl/default/{key}": value for key, value in values.items()}
    Path("secrets.json").write_text(json.dumps(entries))
    return "secrets.json"


DB = {"ip": "10.0.0.1", "db": "ORCL", "pdb": "P1", "user": "u", "password": "canary-77"}


def test_config_takes_its_shape_from_secrets_and_shows_none(wms: Wms) -> None:
    file = secrets_file(dbInfo=DB, brokerString="b-1:9096,b-2:9096")
    result = wms("config", "--stage", "main", "--secrets", file, "--json")
    config = result.json["wms-oracle-cdc"]
    assert config["database.pdb.name"] == "${env:DB_PDB}"
    history = config["schema.history.internal.producer.sasl.jaas.config"]
    assert "${env:KAFKA_PASSWORD}" in history
    assert "canary-77" not in result.out


WHOLE = {
    "vpc": {"id": "vpc-0a1b2c3d", "privateSubnets": ["subnet-0a1b2c3d"]},
    "dbInfo": DB,
    "brokerString": "b-1:9094",
    "alertEmails": {"emails": ["a@example.com", "nobody"]},
    "iam/path": "/teams/",
    "iam/permissionsBoundary": "boundary",
}


def test_secrets_check_tells_paths_and_never_values(wms: Wms) -> None:
    file = secrets_file(**WHOLE)
    result = wms("secrets", "check", "--stage", "feature", "--secrets", file)
    assert result.status == 0
    assert "mmdl/default/dbInfo" in result.out
    assert "canary-77" not in result.out + result.err
    found = wms("secrets", "check", "--stage", "feature", "--secrets", file, "--json").json
    assert {
        "key": "dbInfo",
        "state": "ok",
        "path": "mmdl/default/dbInfo",
        "origin": "default",
    } in found
    states = {finding["key"]: finding["state"] for finding in found}
    assert (states["kafkaAuth"], states["alertEmails"]) == ("not needed", "warning")


def test_secrets_that_are_not_there(wms: Wms) -> None:
    result = wms("config", "--stage", "main", "--secrets", "none")
    assert result.status == 1
    assert "there is no file or folder none" in result.err


def test_secrets_check_tells_once_what_holds_for_all(wms: Wms) -> None:
    result = wms("secrets", "check", "--stage", "main", "--secrets", "none")
    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
    assert "there is no file or folder none" in result.err


def test_secrets_check_fails_for_a_malformed_one(wms: Wms) -> None:
    file = secrets_file(dbInfo={"password": "canary-77"}, brokerString="b-1:9094")
    result = wms("secrets", "check", "--stage", "main", "--secrets", file)
    assert result.status == 1
    assert "mmdl/default/dbInfo is malformed" in result.out
    assert "canary-77" not in result.out


def test_lint_of_our_own_is_clean(wms: Wms) -> None:
    result = wms("lint", "--stage", "main")
    assert (result.status, result.out) == (0, "wms-oracle-cdc: clean\n")


def test_lint_of_an_old_configuration(wms: Wms) -> None:
    config = wms("config", "--stage", "main", "--json").json["wms-oracle-cdc"]
    config["database.server.name"] = config.pop("topic.prefix")
    config["database.password"] = "canary-77"
    Path("old.json").write_text(json.dumps({"name": "x", "config": config}))
    result = wms("lint", "old.json")
    assert result.status == 1
    assert "Write topic.prefix" in result.out
    assert "canary-77" not in result.out
    Path("old.properties").write_text(wms("config", "--stage", "main").out)
    assert wms("lint", "old.properties").status == 0


@pytest.mark.parametrize(
    "text", ["{", "{}", r"a=\uXYZW", '{"connector.class": "X"}', '{"config": []}', "[1]"]
)
def test_lint_of_what_is_no_configuration(wms: Wms, text: str) -> None:
    Path("x.json").write_text(text)
    assert wms("lint", "x.json").status == 2


def test_a_file_that_cannot_be_written_is_one_line(
    wms: Wms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/some/file")

    monkeypatch.setattr("wms_connector.cli.names.described", full)
    result = wms("names", "--stage", "main")
    assert result.status == 1
    assert result.err == (
        "wms-connector: /some/file: No space left on device. "
        "Check the path, its rights and the free space\n"
    )


@pytest.mark.parametrize(
    "dsn",
    ["postgresql://u:canary@127.0.0.1:1/d", "canary", "postgresql://u:p@canary@h/d", "canary=7"],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(dsn: str) -> None:
    with pytest.raises(WmsError, match=r"cannot be reached|no address") as caught, connected(dsn):
        pass
    assert "canary" not in str(caught.value)


def test_a_dead_worker_is_told_with_its_address(wms: Wms) -> None:
    result = wms("status", "--stage", "a", "--url", "http://127.0.0.1:1")
    assert result.status == 1
    assert "127.0.0.1:1" in result.err
    assert wms("status", "--stage", "a", "--url", "nonsense").status == 2


ELSEWHERE = [
    *([verb, "--url", "http://127.0.0.1:1"] for verb in
      ("status", "wait", "plan", "apply", "restart", "pause", "resume", "stop", "offsets")),
    *(["topics", verb, "--brokers", "127.0.0.1:1"] for verb in ("plan", "apply", "destroy")),
    ["topics", "destroy", "--yes", "--secrets", "none"],
    ["audit", "--dsn", "x", "--brokers", "127.0.0.1:1", "--url", "http://127.0.0.1:1"],
]  # fmt: skip


@pytest.mark.parametrize("args", ELSEWHERE, ids=" ".join)
def test_away_from_the_laptop_a_stage_has_to_be_named(wms: Wms, args: list[str]) -> None:
    result = wms(*args)
    assert result.status == 2
    assert "no stage was given" in result.err


def test_away_from_the_laptop_its_pipeline_means_nothing(wms: Wms, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "pipeline.json").write_text(json.dumps({"path": str(ROOT / "tests/data/tms.toml")}))
    args = ["topics", "destroy", "--stage", "a", "--state", str(state), "--also", "a.tms.TMS.T"]
    here, there = wms(*args), wms(*args, "--brokers", "127.0.0.1:1")
    assert "nothing was started" in here.err  # the laptop's product is tms, so the name is its own
    assert "does not own a.tms.TMS.T" in there.err
