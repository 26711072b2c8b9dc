from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from tests.unit.oracle import healthy

from wms_connector.cli.app import App
from wms_connector.cli.preflight import _show
from wms_connector.cli.preflight_table import table
from wms_connector.local.state import State, StateFolder
from wms_connector.oracle.preflight.assess import assess
from wms_connector.oracle.preflight.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

    Wms = Callable[..., Result]

NOBODY = "wms@127.0.0.1:1/ORCL"  # no server has port 1


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    file = tmp_path / "secrets.json"
    info = {
        "ip": "127.0.0.1", "port": 1, "db": "ORCLCDB", "pdb": "ORCLPDB1",
        "user": "C##WMS", "password": "hush-hush",
    }  # fmt: skip
    file.write_text(json.dumps({"mmdl/default/dbInfo": info}))
    return file


@pytest.fixture(autouse=True)
def _no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WMS_CONNECTOR_ORACLE_PASSWORD", raising=False)


def test_the_script_needs_no_stage_no_secret_and_no_database(wms: Wms) -> None:
    result = wms("preflight", "--sql")
    assert result.status == 0
    assert "CREATE USER WMS_CONNECTOR" in result.out
    assert result.out.rstrip().endswith("EXIT SUCCESS")
    assert wms("preflight", "--sql", "--json").json == {"sql": result.out}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--pdb", "ORCLPDB1"], "CREATE USER C##WMS"),
        (["--pdb", "ORCLPDB1", "--user", "C##OTHER"], "CREATE USER C##OTHER"),
        (["--variant", "rds"], "rdsadmin.rdsadmin_util.set_configuration"),
        (["--undo"], "DROP USER WMS_CONNECTOR CASCADE"),
        (["--dsn", "someone@db:1521/x"], "CREATE USER SOMEONE"),
        (["--tablespace", "TOOLS"], "QUOTA 10M ON TOOLS"),
        (["--variant", "rds", "--outage", "48"], "value => '48'"),
    ],
)
def test_the_script_is_made_for_the_database(wms: Wms, args: list[str], said: str) -> None:
    assert said in wms("preflight", "--sql", *args).out


def test_the_script_takes_user_and_containers_from_the_secret(wms: Wms, secrets: Path) -> None:
    result = wms("preflight", "--sql", "--stage", "main", "--secrets", str(secrets))
    assert "ALTER SESSION SET CONTAINER = ORCLPDB1;" in result.out
    assert "CREATE USER C##WMS" in result.out
    assert "hush-hush" not in result.out + result.err


def test_a_database_that_does_not_answer_is_a_failed_check(wms: Wms, secrets: Path) -> None:
    result = wms("preflight", "--stage", "main", "--secrets", str(secrets))
    assert result.status == 1
    assert result.out.startswith("fail    log-in  user: DPY-6005")
    assert "mend: " in result.out
    assert result.out.endswith("0 pass, 0 warn, 1 fail, 0 unknown\n")
    found = wms("preflight", "--stage", "main", "--secrets", str(secrets), "--json").json
    assert found["database"] == "C##WMS@127.0.0.1:1/ORCLCDB"
    assert found["verdict"] == "fail"
    assert found["counts"] == {"pass": 0, "warn": 0, "fail": 1, "unknown": 0}
    assert found["checks"][0]["name"] == "log-in"
    assert "hush-hush" not in json.dumps(found)


def test_a_stand_in_that_does_not_run(wms: Wms, tmp_path: Path) -> None:
    file = tmp_path / "pw"
    file.write_text("hush-hush")
    dsn = f"oracle-standin://C##WMS@127.0.0.1:1/ORCLPDB1?passfile={file}"
    result = wms("preflight", "--stage", "main", "--dsn", dsn)
    assert result.status == 1
    assert "fail    log-in" in result.out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--undo"], "--undo goes with --sql"),
        (["--dsn", NOBODY, "--secrets", "x"], "two databases"),
        (["--dsn", NOBODY], "there is no password"),
        (["--dsn", "wms/hush-hush@db/x"], "shell's history"),
        (["--sql", "--user", "C##WMS"], "common user"),
        (["--outage", "0"], "Invalid value"),
    ],
)
def test_wrong_use(wms: Wms, args: list[str], said: str) -> None:
    result = wms("preflight", "--stage", "main", *args)
    assert (result.status, result.out) == (2, "")
    assert said in result.err
    assert "hush-hush" not in result.err


def test_without_a_word_it_means_the_laptop(wms: Wms, tmp_path: Path) -> None:
    result = wms("preflight")
    assert result.status == 1
    assert "nothing was started" in result.err
    folder = StateFolder(tmp_path / "postgres")
    folder.make()
    folder.write(State(stage="x", product="wms", cluster_id="c", database="wms", user="wms"))
    result = wms("preflight", "--state", str(folder.path))
    assert (result.status, result.out) == (2, "")
    assert "the laptop's database is PostgreSQL" in result.err


@pytest.mark.parametrize("args", [["--dsn", NOBODY], ["--secrets", "x"]])
def test_another_place_needs_a_stage(wms: Wms, args: list[str]) -> None:
    result = wms("preflight", *args)
    assert (result.status, result.out) == (2, "")
    assert "stage" in result.err


def test_what_has_to_be_mended_stands_last(capsys: pytest.CaptureFixture[str]) -> None:
    answers = healthy.debezium() | {"roles@main": (), "keys": (), "logs@main": healthy.HIDDEN}
    checks = assess(Facts(answers), healthy.DEBEZIUM)
    _show(App("main", None, as_json=False), "C##WMS@db/ORCLCDB", checks)
    lines = capsys.readouterr().out.splitlines()
    verdicts = [line.split()[0] for line in lines[:-1] if not line.startswith(" ")]
    assert sorted(verdicts, key=["pass", "warn", "unknown", "fail"].index) == verdicts
    assert set(verdicts) == {"pass", "warn", "unknown", "fail"}
    assert len(verdicts) == len(checks)


def test_the_table_says_what_to_do() -> None:
    answers = healthy.debezium() | {
        "keys": (),
        "log groups": (),
        "V$LOG@main": healthy.HIDDEN,
        "destinations@main": healthy.HIDDEN,
    }
    console = Console(file=io.StringIO(), width=320)
    console.print(table(assess(Facts(answers), healthy.DEBEZIUM)))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert 'ALTER TABLE "MMDL"."PLAN_BASE_WVR_TBL" ADD SUPPLEMENTAL' in shown
    first = {line.split(" ")[0] for line in shown.splitlines()}
    assert {"pass", "warn", "fail", "unknown"} <= first
