"""`audit` and `contract`: which database is meant, and what is refused before it is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from wms_connector.cli.contract import _lines
from wms_connector.cli.database import is_oracle
from wms_connector.local.state import State, StateFolder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

    Wms = Callable[..., Result]

ELSEWHERE = ["--stage", "a", "--brokers", "127.0.0.1:1", "--url", "http://127.0.0.1:1"]


@pytest.mark.parametrize(
    "dsn",
    [
        "oracle-standin://WMS_APP@127.0.0.1:1234/ORCLPDB1?passfile=p=w",
        "wms@host:1521/service",
        "wms@host:1521/service?passfile=x",
        "wms@(DESCRIPTION=(ADDRESS=(HOST=h)))",
        "C##WMS@alias",
    ],
)
def test_oracle_s_addresses_are_known(dsn):
    assert is_oracle(dsn)


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://wms@127.0.0.1:5432/wms?passfile=p",
        "postgres://wms:secret@h/wms",
        "host=/run/postgresql user=a@b",
        "dbname=wms",
        "",
    ],
)
def test_postgresql_s_are_no_oracle_s(dsn):
    assert not is_oracle(dsn)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--oracle-dsn", "u@h:1521/s", "--dsn", "x"], "name two databases"),
        (["--oracle-dsn", "u/secret@h:1521/s", *ELSEWHERE], "a password, or something like it"),
        (["--oracle-dsn", "nothing", *ELSEWHERE], "names no user and database"),
        (["--oracle-dsn", "u@h:1521/s"], "go together"),
        (["--oracle-dsn", "u@h:1521/s", *ELSEWHERE[2:]], "no stage was given"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(wms: Wms, args: list[str], told: str):
    result = wms("audit", *args)
    assert result.status == 2, result.err
    assert told in result.err
    assert "secret" not in result.err


@pytest.mark.parametrize(
    ("dsn", "told"),
    [("u@127.0.0.1:1/s", "there is no password"), ("u@127.0.0.1:1/s?passfile=none", "none cannot")],
)
def test_without_a_password_it_says_where_one_may_be(wms: Wms, monkeypatch, dsn: str, told: str):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    monkeypatch.delenv("WMS_CONNECTOR_ORACLE_PASSWORD", raising=False)
    result = wms("audit", "--oracle-dsn", dsn, *ELSEWHERE)
    assert result.status in {1, 2}
    assert told in result.err


def test_a_runtime_that_is_down_is_to_be_started(wms: Wms, tmp_path: Path):
    ports = {"postgres": 1, "broker": 1}
    state = State(
        stage="local", product="wms", cluster_id="c", database="wms", user="wms", ports=ports
    )
    StateFolder(tmp_path / "state").make()
    StateFolder(tmp_path / "state").write(state)
    result = wms("audit")
    assert result.status == 1
    assert "no worker runs in" in result.err
    assert "Start it with `wms-connector local up`" in result.err


@pytest.mark.parametrize("scheme", ["", "oracle-standin://"])
def test_an_oracle_that_is_not_there_is_a_sentence(wms: Wms, monkeypatch, scheme: str):
    monkeypatch.setenv("WMS_CONNECTOR_ORACLE_PASSWORD", "secret")
    result = wms("audit", "--oracle-dsn", f"{scheme}u@127.0.0.1:1/s", *ELSEWHERE)
    assert result.status == 1
    assert "DPY-6005" in result.err
    assert "secret" not in result.err


def test_contract_names_the_pipeline_s_tables(wms: Wms):
    result = wms("contract", "NO.SUCH", "--stage", "a", "--brokers", "127.0.0.1:1")
    assert result.status == 2
    assert "the pipeline has no table NO.SUCH" in result.err
    assert "wms-connector local up" in wms("contract").err


def test_a_contract_for_people_names_columns_types_and_meanings():
    column: dict[str, Any] = {"type": ["integer", "null"], "description": "days since 1970-01-01"}
    row = {"type": "object", "properties": {"ID": {"type": "string"}, "DAY": column}}
    key = {"properties": {"ID": {"type": "string"}}}
    told = _lines({"topic": "t", "key": key, "value": {"$defs": {"t.Value": row}}})
    assert told.splitlines() == [
        "t",
        "* ID   string",
        "  DAY  integer or null   days since 1970-01-01",
    ]
    assert json.dumps(row)
    plain = _lines({"topic": "t", "key": None, "value": row})
    assert plain.splitlines()[1] == "  ID   string"
