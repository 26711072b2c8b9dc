"""Users and grants: what a missing one answers (SQL Language Reference, GRANT; Error Messages)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from wms_connector.local.standin.control import Standin

ROOT = "ORCLCDB"


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("SELECT CURRENT_SCN FROM V$DATABASE", "ORA-00942"),
        ("SELECT * FROM DBA_USERS", "ORA-00942"),
        ("SELECT * FROM {table}", "ORA-00942"),
        ("SELECT * FROM {table} AS OF SCN 1", "ORA-00942"),
        ("LOCK TABLE {table} IN ROW SHARE MODE", "ORA-00942"),
        ("CREATE TABLE MINE (ID NUMBER)", "ORA-01031"),
        ("CREATE USER NOBODY IDENTIFIED BY x", "ORA-01031"),
        ("CALL SYS.SIM_SWITCH_LOG()", "ORA-00942"),
    ],
)
def test_a_bare_user_is_refused(standin: Standin, table: str, statement: str, error: str) -> None:
    with standin.session("C##BARE") as bare, pytest.raises(OracleFailure, match=error):
        bare.execute(statement.format(table=table))


def test_logminer_is_unknown_to_a_bare_user(standin: Standin) -> None:
    with (
        standin.session("C##BARE", service=ROOT) as bare,
        pytest.raises(OracleFailure, match="PLS-00201"),
    ):
        bare.execute("BEGIN sys.dbms_logmnr.end_logmnr; END;")


def test_a_grant_opens_and_its_revocation_closes(standin: Standin, table: str) -> None:
    with standin.session("C##BARE") as bare:
        standin.sql(f"GRANT SELECT ON {table} TO C##BARE")
        assert bare.scalar(f"SELECT COUNT(*) FROM {table}") == 0
        with pytest.raises(OracleFailure, match="ORA-01031"):
            bare.execute(f"DELETE FROM {table}")
        with pytest.raises(OracleFailure, match="ORA-01031"):
            bare.query(f"SELECT ID FROM {table} AS OF SCN 1")
        standin.sql(f"REVOKE SELECT ON {table} FROM C##BARE")
        with pytest.raises(OracleFailure, match="ORA-00942"):
            bare.scalar(f"SELECT COUNT(*) FROM {table}")


def test_a_table_needs_quota(standin: Standin) -> None:
    standin.sql("GRANT CREATE TABLE TO C##BARE")
    try:
        with standin.session("C##BARE") as bare:
            with pytest.raises(OracleFailure, match="ORA-01950"):
                bare.execute("CREATE TABLE MINE (ID NUMBER)")
            standin.sql("ALTER USER C##BARE QUOTA 1M ON USERS")
            bare.execute("CREATE TABLE MINE (ID NUMBER)")
            bare.execute("DROP TABLE MINE PURGE")
    finally:
        standin.sql("REVOKE CREATE TABLE FROM C##BARE")


def test_the_containers_keep_their_tables_apart(standin: Standin, table: str) -> None:
    # Multitenant Administrator's Guide: a table of a PDB is not to be seen from the root.
    with standin.session("C##WMS", service=ROOT) as session:
        with pytest.raises(OracleFailure, match="ORA-00942"):
            session.query(f"SELECT * FROM {table}")
        session.execute("ALTER SESSION SET CONTAINER = ORCLPDB1")
        assert session.query(f"SELECT * FROM {table}") == []
        with pytest.raises(OracleFailure, match="ORA-65040"):
            session.execute("BEGIN sys.dbms_logmnr.end_logmnr; END;")
        with pytest.raises(OracleFailure, match="ORA-65011"):
            session.execute("ALTER SESSION SET CONTAINER = NOWHERE")


def test_log_in(standin: Standin) -> None:
    with pytest.raises(OracleFailure, match="ORA-01017"):
        standin.session("C##WMS", SecretStr("wrong"))
    with pytest.raises(OracleFailure, match="ORA-12514"):
        standin.session("C##WMS", service="NOWHERE")
    standin.sql("ALTER USER C##BARE ACCOUNT LOCK")
    with pytest.raises(OracleFailure, match="ORA-28000"):
        standin.session("C##BARE")
    standin.sql("ALTER USER C##BARE ACCOUNT UNLOCK")
    standin.sql('ALTER USER C##BARE IDENTIFIED BY "new word"')
    with pytest.raises(OracleFailure, match="ORA-01017"):
        standin.session("C##BARE")
    with standin.session("C##BARE", SecretStr("new word")) as session:
        assert session.scalar("SELECT USER FROM DUAL") == "C##BARE"
    standin.sql('ALTER USER C##BARE IDENTIFIED BY "c##bare-1"')
    standin.sql("REVOKE CREATE SESSION FROM C##BARE")
    with pytest.raises(OracleFailure, match="ORA-01045"):
        standin.session("C##BARE")
    standin.sql("GRANT CREATE SESSION TO C##BARE")


def test_what_exists_already_is_tolerated_if_the_block_says_so(standin: Standin) -> None:
    create = "CREATE USER WMS_APP IDENTIFIED BY x"
    with pytest.raises(OracleFailure, match="ORA-01920"):
        standin.sql(create)
    block = (
        f"BEGIN EXECUTE IMMEDIATE '{create}'; EXCEPTION WHEN OTHERS THEN"
        " IF SQLCODE NOT IN ({}) THEN RAISE; END IF; END;"
    )
    standin.sql(block.format("-1920"))
    with pytest.raises(OracleFailure, match=re.escape("ORA-01920")):
        standin.sql(block.format("-942"))


def test_a_session_sees_its_own_rights(standin: Standin) -> None:
    with standin.session("C##WMS") as session:
        privileges = {
            row["PRIVILEGE"] for row in session.query("SELECT PRIVILEGE FROM SESSION_PRIVS")
        }
        roles = {row["ROLE"] for row in session.query("SELECT ROLE FROM SESSION_ROLES")}
    assert {"LOGMINING", "FLASHBACK ANY TABLE"} <= privileges
    assert roles >= {"SELECT_CATALOG_ROLE", "EXECUTE_CATALOG_ROLE"}


def test_what_can_be_granted_is_listed_once_it_was(standin: Standin) -> None:
    for privilege in ("DROP ANY TABLE", "RESOURCE"):
        standin.sql(f"GRANT {privilege} TO C##BARE")
    with standin.session("C##BARE") as session:
        rows = session.query("SELECT PRIVILEGE AS NAME FROM SESSION_PRIVS")
        rows += session.query("SELECT ROLE AS NAME FROM SESSION_ROLES")
    for privilege in ("DROP ANY TABLE", "RESOURCE"):
        standin.sql(f"REVOKE {privilege} FROM C##BARE")
    named = {row["NAME"] for row in rows}
    assert {"CREATE SESSION", "DROP ANY TABLE", "CREATE TRIGGER", "RESOURCE"} <= named
    assert "DBA" not in named
