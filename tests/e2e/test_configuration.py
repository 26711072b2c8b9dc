"""An edited pipeline file: the difference is shown, applied, and works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.e2e.command import Wms
from tests.e2e.support import Reader, flows

from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime

NAME = "wms-oracle-cdc"
TABLE = '"WMS"."CARRIER_TBL"'


@pytest.fixture
def edited(runtime: LocalRuntime, repository: Path, tmp_path: Path) -> Iterator[Path]:
    """The pipeline file with one more table, which the database has; undone at the end."""
    text = (repository / "pipeline.toml").read_text()
    last = '  "WMS.PLAN_WVR_RVSN_TBL",\n'
    more = text.replace(last, last + '  "WMS.CARRIER_TBL",\n', 1)
    file = tmp_path / "edited.toml"
    file.write_text(more.replace("retention_hours = 168", "retention_hours = 200"))
    with psycopg.connect(runtime.status().database_dsn, autocommit=True) as connection:
        connection.execute(
            f'CREATE TABLE {TABLE} ("CARR_ID" int PRIMARY KEY, "CARR_NM" text)'.encode()
        )
        connection.execute(f"INSERT INTO {TABLE} VALUES (0, 'was there before')".encode())
        yield file
        runtime.up()  # with the file as it is
        connection.execute(f"DROP TABLE {TABLE}".encode())


def test_one_more_table(runtime: LocalRuntime, reader: Reader, edited: Path) -> None:
    command = Wms(runtime, runtime.stage.name)
    assert command("plan", "--json").json["changes"] is False

    shown = command("plan", "--pipeline", edited, "--json").json
    [action] = shown["actions"]
    [change] = action["changes"]
    assert (action["action"], action["connector"]) == ("update", NAME)
    assert change["key"] == "table.include.list"
    assert "CARRIER" in change["after"]
    assert "CARRIER" not in change["before"]
    assert "table.include.list" in command("plan", "--pipeline", edited).out
    assert command("plan", "--json").json["changes"] is False  # a plan changes nothing

    topics = command("topics", "apply", "--pipeline", edited, "--json").json
    assert topics["created"] == [f"{runtime.stage}.wms.WMS.CARRIER_TBL"]
    assert f"{runtime.stage}.wms.WMS.PLAN_BASE_WVR_TBL" in topics["altered"]
    applied = command("apply", "--pipeline", edited, "--json")
    assert applied.status == 0
    assert applied.json["running"] == {NAME: "RUNNING, task 0 RUNNING"}
    assert command("plan", "--pipeline", edited, "--json").json["changes"] is False

    with psycopg.connect(runtime.status().database_dsn, autocommit=True) as connection:
        connection.execute(f"INSERT INTO {TABLE} VALUES (1, 'North Freight')".encode())
    status = runtime.status()
    topic = Pipeline.load(edited).data_topic(runtime.stage, Pipeline.load(edited).tables[-1])
    with Reader(status, [topic], from_beginning=True) as new:
        [arrived] = new.until(lambda change: True, "a row of the new table")
    assert (arrived.op, arrived.after) == ("c", {"CARR_ID": 1, "CARR_NM": "North Freight"})
    flows(reader, status)
    assert not any(change.op == "r" for change in reader.changes)
