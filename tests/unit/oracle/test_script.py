from __future__ import annotations

import re
from dataclasses import replace

import pytest
from pydantic import SecretStr

from wms_connector.model.table import Table
from wms_connector.oracle.errors import AddressError
from wms_connector.oracle.needs import NEEDS
from wms_connector.oracle.script import Plan, statements
from wms_connector.oracle.setup import set_up, undo
from wms_connector.oracle.sqlplus import sql_plus

TABLES = (Table("MMDL", "PLAN_BASE_WVR_TBL"), Table("WMS", "PLAN_WVR_RVSN_TBL"))
CONTAINERS = Plan("C##WMS", TABLES, pdb="orclpdb1")
PLANS = {
    "containers": CONTAINERS,
    "no containers": Plan("WMS_CONNECTOR", TABLES),
    "rds": Plan("WMS_CONNECTOR", TABLES, variant="rds"),
    "jdbc": Plan("WMS_CONNECTOR", TABLES, kind="jdbc", pdb="ORCLPDB1"),
    "jdbc, common user": Plan("C##WMS", TABLES, kind="jdbc", pdb="ORCLPDB1"),
    "jdbc on rds": Plan("WMS_CONNECTOR", TABLES, kind="jdbc", variant="rds"),
}


def granted(plan: Plan) -> list[str]:
    """What is granted where, in order: `container: grant`."""
    container, found = "", []
    for sql in statements(set_up(plan)):
        if match := re.match(r"ALTER SESSION SET CONTAINER = (\S+)", sql):
            container = match[1]
        if match := re.match(r"GRANT (.+) TO (\S+)$", sql):
            assert match[2] == plan.user
            found.append(f"{container}: {match[1]}")
    return found


def test_least_privilege_in_the_root_and_in_one_pluggable_database() -> None:
    assert granted(CONTAINERS) == [
        "CDB$ROOT: CREATE SESSION",
        "CDB$ROOT: SET CONTAINER",
        "CDB$ROOT: LOGMINING",
        "CDB$ROOT: EXECUTE_CATALOG_ROLE",
        "CDB$ROOT: SELECT_CATALOG_ROLE",
        "ORCLPDB1: SET CONTAINER",
        "ORCLPDB1: SELECT_CATALOG_ROLE",
        "ORCLPDB1: CREATE TABLE",
        'ORCLPDB1: SELECT, FLASHBACK ON "MMDL"."PLAN_BASE_WVR_TBL"',
        'ORCLPDB1: SELECT, FLASHBACK ON "WMS"."PLAN_WVR_RVSN_TBL"',
    ]


def test_without_containers_there_is_nothing_to_switch_to() -> None:
    plan = PLANS["no containers"]
    names = [grant.removeprefix(": ") for grant in granted(plan)]
    assert names[:5] == [need.name for need in NEEDS if not need.containers_only]
    assert "CONTAINER" not in sql_plus(plan)


@pytest.mark.parametrize("name", ["jdbc", "jdbc, common user", "jdbc on rds"])
def test_jdbc_reads_its_tables_and_nothing_else(name: str) -> None:
    plan = PLANS[name]
    container = "" if plan.variant == "rds" else "ORCLPDB1"
    assert granted(plan) == [
        f"{container}: CREATE SESSION",
        *(f'{container}: SELECT ON "{table.schema}"."{table.name}"' for table in TABLES),
    ]
    assert "SUPPLEMENTAL" not in sql_plus(plan) + sql_plus(plan, undoing=True)


@pytest.mark.parametrize("undoing", [False, True])
@pytest.mark.parametrize("name", PLANS)
def test_the_text_is_what_sql_plus_reads(name: str, undoing: bool) -> None:
    """Each statement ends as SQL*Plus wants it, every one has its reason, and one & is enough."""
    plan = PLANS[name]
    text = sql_plus(plan, undoing=undoing)
    sections = undo(plan) if undoing else set_up(plan)
    for section in sections:
        for statement in section.statements:
            assert statement.why in text
    code = [line for line in text.splitlines() if line and not line.startswith("--")]
    in_block = False
    for line in code:
        in_block = line.startswith("BEGIN ") or (in_block and line != "/")
        if not in_block and line != "/" and not line.startswith(("WHENEVER", "SET", "ACC", "EXIT")):
            assert line.endswith(";"), line
    assert not in_block
    assert text.count("&") == (1 if undoing else 2)  # SET DEFINE's own, and the password
    assert not any(line.rstrip().endswith((";", "-")) for line in text.splitlines()
                   if line.startswith("--"))  # fmt: skip
    assert text.startswith("-- ")
    assert code[-1] == "EXIT SUCCESS"


@pytest.mark.parametrize("name", PLANS)
def test_what_fails_when_it_is_done_twice_is_let_pass(name: str) -> None:
    for sql in (*statements(set_up(PLANS[name])), *statements(undo(PLANS[name]))):
        wrapped = re.fullmatch(
            r"BEGIN EXECUTE IMMEDIATE '((?:[^']|'')*)'; EXCEPTION WHEN OTHERS THEN "
            r"IF SQLCODE NOT IN \((-\d+(?:, -\d+)*)\) THEN RAISE; END IF; END;",
            sql,
        )
        twice = re.match(r"CREATE|DROP|ALTER TABLE", wrapped[1] if wrapped else sql)
        assert bool(wrapped) == bool(twice), sql


def test_a_program_puts_the_password_in() -> None:
    sent = statements(set_up(CONTAINERS), SecretStr("hush-hush"))
    assert sum("hush-hush" in sql for sql in sent) == 1
    assert not any("&" in sql for sql in sent)
    assert 'IDENTIFIED BY "hush-hush" CONTAINER=ALL' in next(s for s in sent if "CREATE USER" in s)
    for bad in ("it's", 'so "so"'):
        with pytest.raises(AddressError) as caught:
            statements(set_up(CONTAINERS), SecretStr(bad))
        assert bad not in str(caught.value)


def test_nothing_that_restarts_the_database_is_run() -> None:
    text = sql_plus(CONTAINERS)
    for line in text.splitlines():
        assert not re.match(r"\s*(SHUTDOWN|STARTUP|ALTER SYSTEM|ALTER DATABASE ARCHIVELOG)", line)
    assert "--   ALTER DATABASE ARCHIVELOG" in text


def test_undoing_leaves_what_others_may_rely_on() -> None:
    sent = statements(undo(CONTAINERS))
    assert not any("ALTER DATABASE" in sql for sql in sent)
    assert "--   ALTER DATABASE DROP SUPPLEMENTAL LOG DATA" in sql_plus(CONTAINERS, undoing=True)
    assert "rdsadmin" in sql_plus(PLANS["rds"], undoing=True)
    assert sent[-2:] == [
        "ALTER SESSION SET CONTAINER = CDB$ROOT",
        (
            "BEGIN EXECUTE IMMEDIATE 'DROP USER C##WMS CASCADE'; EXCEPTION WHEN OTHERS THEN"
            " IF SQLCODE NOT IN (-1918) THEN RAISE; END IF; END;"
        ),
    ]


def test_rds_goes_through_amazons_procedures() -> None:
    sent = statements(set_up(replace(PLANS["rds"], retention_hours=48)))
    assert "'archivelog retention hours', value => '48'" in sent[0]
    assert not any(sql.startswith(("ALTER DATABASE", "ALTER SYSTEM")) for sql in sent)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"user": "C##WMS", "pdb": None}, "common user"),
        ({"user": "WMS"}, "cannot sign in to the root"),
        ({"user": "a b"}, "no name of a user"),
        ({"pdb": "x;y"}, "no name of a pluggable"),
        ({"tablespace": "'"}, "no name of a tablespace"),
        ({"variant": "rds", "user": "WMS"}, "Amazon RDS"),
    ],
)
def test_what_cannot_be(changed: dict[str, str], said: str) -> None:
    with pytest.raises(AddressError, match=said):
        replace(CONTAINERS, **changed)  # type: ignore[arg-type]
