"""Log sequences, the archive, and what DBMS_LOGMNR says of files (Error Messages reference)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from tests.standin.kit import Miner

    from wms_connector.local.standin.control import Standin
    from wms_connector.oracle.database import Database


def test_a_switch_closes_a_sequence_and_archives_it(miner: Miner, standin: Standin) -> None:
    before = miner.session.one("SELECT * FROM V$LOG WHERE STATUS = 'CURRENT'")
    standin.switch_log()
    now = miner.session.one("SELECT * FROM V$LOG WHERE STATUS = 'CURRENT'")
    archived = miner.session.one(
        "SELECT * FROM V$ARCHIVED_LOG WHERE SEQUENCE# = :seq", seq=before["SEQUENCE#"]
    )
    assert now["SEQUENCE#"] == before["SEQUENCE#"] + 1
    assert now["NEXT_CHANGE#"] == 18446744073709551615
    assert archived["NEXT_CHANGE#"] == now["FIRST_CHANGE#"]
    assert (archived["STATUS"], archived["ARCHIVED"]) == ("A", "YES")
    assert archived["NAME"] is not None


def test_redo_across_a_switch_is_whole(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    app.execute(f"INSERT INTO {table}(ID) VALUES (1)")
    standin.switch_log()
    app.execute(f"INSERT INTO {table}(ID) VALUES (2)")
    app.commit()
    assert len(miner.rows(table)) == 2


def test_a_held_archive_leaves_a_gap_until_it_is_released(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    app.execute(f"INSERT INTO {table}(ID) VALUES (1)")
    app.commit()
    standin.hold_archiving()
    standin.switch_log()
    with pytest.raises(OracleFailure, match="ORA-01291"):
        miner.rows(table)
    standin.hold_archiving(False)
    with pytest.raises(OracleFailure, match="ORA-01289"):
        miner.rows(table)  # the session still holds the files of the attempt that failed


def test_a_purged_archive_is_gone(miner: Miner, standin: Standin) -> None:
    since = miner.scn()
    standin.switch_log()
    files = miner.files(since)
    standin.switch_log()
    standin.switch_log()
    standin.purge(keep=0)
    deleted = miner.session.query("SELECT NAME FROM V$ARCHIVED_LOG WHERE STATUS = 'D'")
    assert {row["NAME"] for row in deleted} == {None}
    with pytest.raises(OracleFailure, match="ORA-01284"):
        miner.begin(files, since, since)


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("add_logfile(LOGFILENAME => '/u01/none.arc', OPTIONS => DBMS_LOGMNR.ADDFILE)", 1284),
        ("start_logmnr(options => DBMS_LOGMNR.DICT_FROM_ONLINE_CATALOG)", 1292),
        ("end_logmnr()", 1307),
    ],
)
def test_what_logminer_refuses(miner: Miner, block: str, code: int) -> None:
    with pytest.raises(OracleFailure, match=f"ORA-{code:05}"):
        miner.session.execute(f"BEGIN sys.dbms_logmnr.{block}; END;")


def test_contents_need_a_session(miner: Miner) -> None:
    with pytest.raises(OracleFailure, match="ORA-01306"):
        miner.session.query("SELECT SCN, SQL_REDO FROM V$LOGMNR_CONTENTS")


def test_an_open_transaction_is_in_its_view(app: Database, table: str, miner: Miner) -> None:
    query = "SELECT RAWTOHEX(XID) XID, START_SCN FROM V$TRANSACTION"
    app.execute(f"INSERT INTO {table}(ID) VALUES (1)")
    (open_,) = miner.session.query(query)
    assert open_["XID"] == miner.rows(table)[0]["XID"]
    app.rollback()
    assert miner.session.query(query) == []


def test_scn_and_time_go_together(miner: Miner) -> None:
    scn = miner.scn()
    age = miner.session.scalar("SELECT SYSTIMESTAMP - SCN_TO_TIMESTAMP(:scn) FROM DUAL", scn=scn)
    assert age is not None
    with pytest.raises(OracleFailure, match="ORA-08181"):
        miner.session.scalar("SELECT SCN_TO_TIMESTAMP(:scn) FROM DUAL", scn=scn * 1000)
    assert miner.scn() > scn
