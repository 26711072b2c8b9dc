"""What LogMiner says of redo that is older than its dictionary, which is the online catalog's.

Database Utilities, "Using the Online Catalog": it can only reconstruct SQL for the latest version
of a table. The forms of names and texts are those that Debezium 3.6.1's hybrid strategy reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.standin.kit import Miner

    from wms_connector.local.standin.control import Standin
    from wms_connector.oracle.database import Database


def _insert(app: Database, table: str) -> None:
    app.execute(f"INSERT INTO {table}(ID, CODE, DUE) VALUES (1, 'ab', DATE '2026-01-15')")
    app.commit()


def test_after_ddl_older_redo_has_numbered_columns_and_raw_values(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    _insert(app, table)
    standin.sql(f"ALTER TABLE {table} ADD (MORE NUMBER(3))")
    change = miner.rows(table)[0]
    assert (change["STATUS"], change["INFO"]) == (2, "Dictionary Version Mismatch")
    assert '("COL 1","COL 2","COL 3"' in change["SQL_REDO"]
    # NUMBER 1 is c102; text its bytes; DATE century, year, month, day, hour + 1, minute + 1, …
    assert "values (HEXTORAW('c102'),HEXTORAW('6162'),NULL" in change["SQL_REDO"]
    assert "HEXTORAW('787e010f010101')" in change["SQL_REDO"]


def test_redo_after_the_ddl_has_names_again(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    standin.sql(f"ALTER TABLE {table} DROP COLUMN NOTE")
    _insert(app, table)
    change = miner.rows(table)[-1]
    assert (change["STATUS"], change["INFO"]) == (0, None)
    assert '("ID","CODE"' in change["SQL_REDO"]


def test_a_purged_table_is_known_by_its_number_only(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    _insert(app, table)
    number = miner.rows(table)[0]["DATA_OBJ#"]
    standin.sql(f"DROP TABLE {table} PURGE")
    change = next(row for row in miner.rows() if row["OPERATION"] == "INSERT")
    assert (change["SEG_OWNER"], change["TABLE_NAME"]) == ("UNKNOWN", f"OBJ# {number}")
    assert change["STATUS"] == 2


def test_a_dropped_table_is_in_the_recycle_bin(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    _insert(app, table)
    standin.sql(f"DROP TABLE {table}")
    change = next(row for row in miner.rows() if row["OPERATION"] == "INSERT")
    # 30 characters, as Debezium's isTableLookupByObjectIdRequired tests.
    assert change["TABLE_NAME"].startswith("BIN$")
    assert change["TABLE_NAME"].endswith("==$0")
    assert len(change["TABLE_NAME"]) == 30
    original = standin.database.one(
        "SELECT OWNER, ORIGINAL_NAME FROM DBA_RECYCLEBIN WHERE OBJECT_NAME = :name",
        name=change["TABLE_NAME"],
    )
    assert original == dict(zip(("OWNER", "ORIGINAL_NAME"), table.split("."), strict=True))
