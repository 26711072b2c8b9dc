"""The connector of Fargate on the Oracle stand-in: the same story, the same topics."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.e2e.command import process
from tests.e2e.support import (
    ORACLE_ROWS,
    PATIENCE,
    Reader,
    assert_exact,
    audited,
    flows,
    insert_waiver,
    new_number,
    snapshot_rows,
    until,
)
from tests.e2e.test_interrupted import of_folder

from wms_connector.cli.database import signed_in
from wms_connector.connectors.rendering import render
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.local.generator import generate
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.status import LocalStatus
    from wms_connector.oracle.database import Database


@pytest.fixture
def database(oracle: LocalStatus) -> Iterator[Database]:
    with signed_in(oracle.database_dsn) as database:
        yield database


def insert(database: Database, number: int, note: str | None = None) -> int:
    insert_waiver(database, number, NOTE_TXT=note, PLAN_QTY=Decimal("12.5"))
    return number


def test_the_configuration_is_fargates(oracle_runtime: LocalRuntime, oracle: LocalStatus) -> None:
    expected = render(
        oracle_runtime.pipeline,
        oracle_runtime.stage,
        database=DatabaseShape("oracle", pdb=True, url=True),
        security=KafkaSecurity.PLAINTEXT,
    )
    (name,) = expected
    url = f"{oracle.connect_url}/connectors/{name}/config"
    found = httpx.get(url, timeout=60).json()
    assert {key: found.get(key) for key in expected[name]} == expected[name]
    assert (oracle.source, oracle.running) == ("oracle", True)
    assert {part.name for part in oracle.parts} == {"oracle-standin", "broker", "worker-1"}


def test_insert_update_and_delete_arrive(reader: Reader, database: Database) -> None:
    number = insert(database, new_number(), "Kühlkette: o'clock\n佐藤")
    database.commit()
    database.execute(
        "UPDATE WMS.PLAN_BASE_WVR_TBL SET STAT_CD = 'RELEASED', PLAN_QTY = NULL"
        " WHERE PLAN_WVR_ID = :id",
        id=number,
    )
    database.commit()
    database.execute("DELETE FROM WMS.PLAN_BASE_WVR_TBL WHERE PLAN_WVR_ID = :id", id=number)
    database.commit()
    created, updated, deleted = reader.until_key(number, "three changes", count=3)
    assert [created.op, updated.op, deleted.op] == ["c", "u", "d"]
    assert created.after is not None
    assert created.after["NOTE_TXT"] == "Kühlkette: o'clock\n佐藤"
    assert created.after["PLAN_QTY"] == "12.500"
    assert created.key == {"PLAN_WVR_ID": str(number)}
    assert updated.before == created.after
    assert updated.after == {**created.after, "STAT_CD": "RELEASED", "PLAN_QTY": None}
    assert deleted.before == updated.after
    reader.to_the_end()
    assert len(reader.tombstones(number)) == 1
    assert int(created.source["scn"]) < int(updated.source["scn"])


def test_what_was_rolled_back_does_not_arrive(
    reader: Reader, database: Database, oracle: LocalStatus
) -> None:
    never = insert(database, new_number())
    database.rollback()
    kept = insert(database, new_number())
    database.execute("SAVEPOINT here")
    undone = insert(database, new_number())
    database.execute("ROLLBACK TO SAVEPOINT here")
    database.commit()
    lost = signed_in(oracle.database_dsn)
    left = insert(lost, new_number())
    lost.close()
    flows(reader, oracle)
    assert [change.op for change in reader.of_key(kept)] == ["c"]
    assert [reader.of_key(number) for number in (never, undone, left)] == [[], [], []]


def test_offsets_are_scns_and_the_history_is_a_topic(
    oracle_runtime: LocalRuntime, oracle: LocalStatus, reader: Reader
) -> None:
    flows(reader, oracle)

    def scns() -> Any:
        url = f"{oracle.connect_url}/connectors/wms-oracle-cdc/offsets"
        return [entry["offset"] for entry in httpx.get(url, timeout=60).json()["offsets"]]

    (offset,) = until(scns, "an offset")
    assert int(offset["scn"]) > 0
    history = oracle_runtime.pipeline.names(oracle_runtime.stage).schema_history
    assert history == "oracle-tests.wms.schema-changes"
    with Reader(oracle, [history], from_beginning=True) as ddl:
        ddl.to_the_end()
        assert ddl.records


@pytest.mark.usefixtures("long")  # tests/oracle/recovery/test_kills.py has it in its short form
def test_a_worker_that_was_killed_takes_no_second_snapshot(
    oracle_runtime: LocalRuntime, oracle: LocalStatus, reader: Reader, database: Database
) -> None:
    flows(reader, oracle)
    over = insert(database, new_number())
    oracle_runtime.kill("worker-1")
    meanwhile = insert(database, new_number())
    database.commit()
    oracle_runtime.start("worker-1")
    reader.until_key(meanwhile, "what was written meanwhile")
    flows(reader, oracle)
    assert [[c.op for c in reader.of_key(number)] for number in (over, meanwhile)] == [["c"], ["c"]]
    assert not any(change.op == "r" for change in reader.changes)


def test_down_and_up_again_go_on_and_everything_adds_up(oracle_runtime: LocalRuntime) -> None:
    with signed_in(oracle_runtime.status().database_dsn) as database:
        generate(database, rate=0, count=300, seed=11)
    assert set(oracle_runtime.down()) == {"worker-1", "broker", "oracle-standin"}
    after = oracle_runtime.up()
    assert set(after.started) == {"worker-1", "broker", "oracle-standin"}
    with Reader.of(oracle_runtime, from_beginning=True) as reader:
        flows(reader, after)
        assert snapshot_rows(reader) == ORACLE_ROWS
    assert_exact(audited(oracle_runtime))


@pytest.mark.slow
def test_a_short_demo_on_the_stand_in_holds_both_promises(tmp_path: Path) -> None:
    options = ("--source", "oracle", "--plain", "--json", "--rows", "800", "--seconds", "6")
    with process("demo", *options, TMPDIR=str(tmp_path)) as started:
        out, err = started.communicate(timeout=3 * PATIENCE)
    assert started.returncode == 0, err
    told = json.loads(out)
    assert (told["held"], told["missing"], told["twice"]) == (True, 0, 0)
    assert told["snapshot_rows"] == 800
    assert told["events"] > 0
    assert "a stand-in for Oracle" in err
    assert of_folder(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
