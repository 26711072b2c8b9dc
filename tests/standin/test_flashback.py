"""AS OF SCN (Development Guide, "Using Oracle Flashback Query")."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from tests.standin.kit import Miner

    from wms_connector.local.standin.control import Standin
    from wms_connector.oracle.database import Database


def test_rows_are_as_they_were_committed_at_an_scn(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    for number in range(1, 4):
        app.execute(f"INSERT INTO {table}(ID, CODE, FREE) VALUES (:n, 'old', 1.5)", n=number)
    app.commit()
    app.execute(f"DELETE FROM {table} WHERE ID = 3")  # not committed at the SCN
    scn = miner.scn()
    app.execute(f"UPDATE {table} SET CODE = 'new' WHERE ID = 1")
    app.execute(f"INSERT INTO {table}(ID, CODE) VALUES (4, 'new')")
    app.commit()
    app.execute(f"UPDATE {table} SET CODE = 'open'")
    with standin.session("C##WMS") as reader:
        then = reader.query(f"SELECT ID, CODE, FREE FROM {table} AS OF SCN {scn} ORDER BY ID")
        now = reader.query(f"SELECT ID, CODE FROM {table} ORDER BY ID")
    app.rollback()
    assert [(row["ID"], row["CODE"], float(row["FREE"])) for row in then] == [
        (1, "old", 1.5),
        (2, "old", 1.5),
        (3, "old", 1.5),
    ]
    assert [(row["ID"], row["CODE"]) for row in now] == [(1, "new"), (2, "old"), (4, "new")]


def test_ddl_since_then_is_an_error(table: str, miner: Miner, standin: Standin) -> None:
    scn = miner.scn()
    standin.sql(f"ALTER TABLE {table} ADD (MORE NUMBER(3))")
    with (
        standin.session("C##WMS") as reader,
        pytest.raises(OracleFailure, match="ORA-01466"),
    ):
        reader.query(f"SELECT ID FROM {table} AS OF SCN {scn}")


def test_an_scn_to_come_is_an_error(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    with (
        standin.session("C##WMS") as reader,
        pytest.raises(OracleFailure, match="ORA-08181"),
    ):
        reader.query(f"SELECT ID FROM {table} AS OF SCN {miner.scn() + 1_000_000}")
