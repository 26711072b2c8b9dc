"""The redo as LogMiner shows it (Oracle Database Utilities, "Using LogMiner")."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from tests.standin.kit import Miner

    from wms_connector.local.standin.control import Standin
    from wms_connector.oracle.database import Database

ROW = (
    "INSERT INTO {} VALUES (:id, 'a''b', 10.5, -0.25, 'x', DATE '2026-01-15',"
    " TIMESTAMP '2026-01-15 10:11:12.123456',"
    " TIMESTAMP WITH TIME ZONE '2026-01-15 10:11:12.5+02:00', 'long text')"
)


def _sql(rows: list[dict[str, object]]) -> list[object]:
    return [row["SQL_REDO"] for row in rows]


def test_an_insert_has_every_column_as_a_literal(app: Database, table: str, miner: Miner) -> None:
    # The forms that Debezium 3.6.1's LogMinerDmlParser and value converters read.
    app.execute(ROW.format(table), id=1)
    app.commit()
    (row,) = miner.rows(table)
    owner, name = table.split(".")
    assert row["SQL_REDO"] == (
        f'insert into "{owner}"."{name}"'
        '("ID","CODE","QTY","FREE","FLG","DUE","TS","TZ","NOTE") values '
        "('1','a''b','10.5','-.25','x  ',TO_DATE('2026-01-15 00:00:00', 'YYYY-MM-DD HH24:MI:SS'),"
        "TO_TIMESTAMP('2026-01-15 10:11:12.123456000'),"
        "TO_TIMESTAMP_TZ('2026-01-15 10:11:12.500000000 +02:00'),EMPTY_CLOB());"
    )
    assert (row["OPERATION_CODE"], row["STATUS"], row["CSF"]) == (1, 0, 0)
    assert (row["USERNAME"], row["SRC_CON_NAME"]) == ("WMS_APP", "ORCLPDB1")
    assert len(row["ROW_ID"]) == 18


def test_an_update_has_what_changed_and_with_all_columns_logged_the_whole_row(
    app: Database, table: str, miner: Miner
) -> None:
    # Utilities, "Supplemental Logging": ALL columns put every column into the WHERE clause.
    app.execute(ROW.format(table), id=1)
    app.execute(f"UPDATE {table} SET QTY = 11, CODE = NULL")
    app.commit()
    update = miner.rows(table)[1]["SQL_REDO"]
    assert " set \"CODE\" = NULL, \"QTY\" = '11' where \"ID\" = '1' and \"CODE\" = 'a''b'" in update
    assert "NOTE" not in update  # LOBs are never logged supplementally


def test_without_supplemental_logging_an_update_has_no_key(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    standin.sql(f"ALTER TABLE {table} DROP SUPPLEMENTAL LOG DATA (ALL) COLUMNS")
    app.execute(ROW.format(table), id=1)
    app.execute(f"UPDATE {table} SET QTY = 11")
    app.commit()
    assert miner.rows(table)[-1]["SQL_REDO"].endswith(" set \"QTY\" = '11' where \"QTY\" = '10.5';")


def test_changes_are_seen_before_they_are_committed(
    app: Database, table: str, miner: Miner
) -> None:
    # Utilities: without COMMITTED_DATA_ONLY all rows are returned, whatever becomes of them.
    app.execute(ROW.format(table), id=1)
    assert len(miner.rows(table)) == 1
    assert miner.rows(table, options=" + DBMS_LOGMNR.COMMITTED_DATA_ONLY") == []
    app.commit()
    (row,) = miner.rows(table, options=" + DBMS_LOGMNR.COMMITTED_DATA_ONLY")
    assert row["COMMIT_SCN"] > row["SCN"] > row["START_SCN"]


def test_a_rollback_undoes_backwards_with_rows_of_its_own(
    app: Database, table: str, miner: Miner
) -> None:
    # Reference, V$LOGMNR_CONTENTS: ROLLBACK = 1 marks redo that a rollback made.
    app.execute(ROW.format(table), id=1)
    app.execute(f"DELETE FROM {table}")
    app.rollback()
    rows = miner.rows(table)
    assert [(row["OPERATION"], row["ROLLBACK"]) for row in rows] == [
        ("INSERT", 0),
        ("DELETE", 0),
        ("INSERT", 1),
        ("DELETE", 1),
    ]
    assert len({row["ROW_ID"] for row in rows}) == 1
    ends = [row["OPERATION"] for row in miner.rows() if row["XID"] == rows[0]["XID"]]
    assert (ends[0], ends[-1]) == ("START", "ROLLBACK")


def test_a_failed_statement_is_undone_and_the_transaction_goes_on(
    app: Database, table: str, miner: Miner
) -> None:
    # Concepts, "Statement-Level Rollback".
    app.execute(ROW.format(table), id=3)
    with pytest.raises(OracleFailure, match="ORA-00001"):
        app.execute(f"INSERT INTO {table}(ID) SELECT 6 - X FROM SYSTEM_RANGE(1, 4)")
    app.execute(ROW.format(table), id=9)
    app.commit()
    rows = miner.rows(table)
    assert sum(1 - 2 * row["ROLLBACK"] for row in rows) == 2
    assert app.scalar(f"SELECT COUNT(*) FROM {table}") == 2


def test_what_is_undone_to_a_savepoint_is_undone_in_the_redo(
    app: Database, table: str, miner: Miner
) -> None:
    # SQL Language Reference, ROLLBACK: the transaction goes on, the savepoint stays, later ones go.
    app.execute("SAVEPOINT before_all")
    app.execute(f"INSERT INTO {table}(ID) VALUES (1)")
    app.execute("SAVEPOINT Here")
    for number in (2, 3):
        app.execute(f"INSERT INTO {table}(ID) VALUES (:id)", id=number)
        app.execute("SAVEPOINT later")
        app.execute("ROLLBACK TO SAVEPOINT here")
    with pytest.raises(OracleFailure, match="ORA-01086"):
        app.execute("ROLLBACK TO later")
    app.execute(f"INSERT INTO {table}(ID) VALUES (4)")
    app.commit()
    with pytest.raises(OracleFailure, match="ORA-01086"):
        app.execute("ROLLBACK TO before_all")
    assert [(row["OPERATION"], row["ROLLBACK"]) for row in miner.rows(table)] == [
        ("INSERT", 0),
        ("INSERT", 0),
        ("DELETE", 1),
        ("INSERT", 0),
        ("DELETE", 1),
        ("INSERT", 0),
    ]
    assert [row["ID"] for row in app.query(f"SELECT ID FROM {table} ORDER BY ID")] == [1, 4]


def test_nothing_is_left_of_what_was_undone_to_the_beginning(
    app: Database, table: str, miner: Miner
) -> None:
    app.execute("SAVEPOINT nothing_yet")
    app.execute(f"INSERT INTO {table}(ID) VALUES (1)")
    app.execute("ROLLBACK TO nothing_yet")
    app.commit()
    assert [row["ROLLBACK"] for row in miner.rows(table)] == [0, 1]
    assert app.scalar(f"SELECT COUNT(*) FROM {table}") == 0


def test_long_redo_comes_in_pieces(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    # Reference, V$LOGMNR_CONTENTS: CSF = 1 says that SQL_REDO continues in the next row.
    standin.sql(f"ALTER TABLE {table} MODIFY (CODE VARCHAR2(4000))")
    app.execute(f"INSERT INTO {table}(ID, CODE) VALUES (1, :text)", text="x'" * 2000)
    app.commit()
    rows = [row for row in miner.rows(table) if row["OPERATION"] == "INSERT"]
    assert [row["CSF"] for row in rows] == [1, 0]
    assert "".join(str(text) for text in _sql(rows)).count("x''") == 2000


def test_numbers_of_every_shape(app: Database, table: str, miner: Miner) -> None:
    # The stored form is Oracle's own (base 100, 20 digits): what goes in comes out.
    numbers = ["0", "1", "-1", "100", "-100", ".5", "-.05", "123456789012345678901234567890.12345"]
    for number, text in enumerate(numbers):
        app.execute(f"INSERT INTO {table}(ID, FREE) VALUES (:id, {text})", id=number)
    app.commit()
    texts = [str(text).split(",NULL,NULL,'")[1].split("'")[0] for text in _sql(miner.rows(table))]
    assert texts == numbers


def test_ddl_is_a_transaction_of_its_own(table: str, miner: Miner, standin: Standin) -> None:
    # Debezium 3.6.1 asks for OPERATION_CODE 5 whose INFO does not begin with INTERNAL DDL.
    standin.sql(f"ALTER TABLE {table} ADD (MORE NUMBER(3))")
    standin.sql(f"TRUNCATE TABLE {table}")
    rows = miner.rows(table)
    assert [row["SQL_REDO"] for row in rows] == [
        f"ALTER TABLE {table} ADD (MORE NUMBER(3));",
        f"TRUNCATE TABLE {table};",
    ]
    assert {row["INFO"] for row in rows} == {"USER DDL (PlSql=0 RecDep=0)"}
    now = standin.database.one(
        "SELECT * FROM ALL_OBJECTS WHERE OBJECT_ID = :id", id=rows[0]["DATA_OBJ#"]
    )
    assert now is not None
    assert now["DATA_OBJECT_ID"] != now["OBJECT_ID"]


def test_what_is_written_while_columns_change_is_in_the_redo(
    table: str, miner: Miner, standin: Standin
) -> None:
    # Utilities: redo is a record of every change; DDL leaves none out.
    over = threading.Event()
    failures: list[OracleFailure] = []

    def write(first: int) -> None:
        with standin.session("WMS_APP") as writer:
            for number in range(first, first + 100_000):
                if over.is_set():
                    return
                try:
                    writer.scalar(f"SELECT COUNT(*) FROM {table}")
                    writer.execute(f"INSERT INTO {table}(ID) VALUES (:id)", id=number)
                    writer.execute(f"UPDATE {table} SET QTY = 1 WHERE ID = :id", id=number)
                    writer.commit()
                except OracleFailure as failure:
                    failures.append(failure)
                    writer.rollback()

    writers = [threading.Thread(target=write, args=(n * 100_000,)) for n in range(3)]
    for writer in writers:
        writer.start()
    for number in range(5):
        standin.sql(f"ALTER TABLE {table} ADD (A{number} NUMBER(3), B{number} DATE)")
        standin.sql(f"ALTER TABLE {table} MODIFY (CODE VARCHAR2({number + 20}))")
        standin.sql(f"ALTER TABLE {table} DROP COLUMN A{number}")
    over.set()
    for writer in writers:
        writer.join()
    assert failures == []
    mined = miner.rows(table, options=" + DBMS_LOGMNR.COMMITTED_DATA_ONLY")
    changes = [row["OPERATION"] for row in mined]
    inserts, updates = (changes.count(what) for what in ("INSERT", "UPDATE"))
    assert inserts == updates == standin.database.scalar(f"SELECT COUNT(*) FROM {table}")


def test_a_transaction_of_many_rows(app: Database, table: str, miner: Miner) -> None:
    app.execute(f"INSERT INTO {table}(ID) SELECT X FROM SYSTEM_RANGE(1, 20000)")
    app.commit()
    assert len(miner.rows(table)) == 20_000
