"""preflight against a dictionary: the stand-in's, or with --oracle-dsn Oracle's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.oracle_dsn import asked

from wms_connector.cli.main import run
from wms_connector.local.standin import part, schema
from wms_connector.model.stage import Stage
from wms_connector.oracle.preflight.assess import assess
from wms_connector.oracle.preflight.check import Check, Verdict
from wms_connector.oracle.preflight.observe import observe
from wms_connector.oracle.preflight.wanted import Wanted
from wms_connector.oracle.script import Plan, statements
from wms_connector.oracle.setup import set_up, undo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.oracle.conftest import Alone

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.oracle.database import Database

# A database that is minutes old has no archived logs to speak of.
YOUNG = {"archive-retention"}


@pytest.fixture
def wanted(pipeline: Pipeline, pdb: str) -> Wanted:
    return Wanted.of(pipeline, Stage.parse("main"), pdb=pdb, outage_hours=24)


def looked_at(database: Database, wanted: Wanted) -> tuple[Check, ...]:
    return assess(observe(database, wanted, tell=lambda _: None), wanted)


def not_passed(checks: tuple[Check, ...]) -> set[str]:
    return {
        f"{check.verdict} {check.name}: {check.found}"
        for check in checks
        if check.verdict is not Verdict.PASS and check.name not in YOUNG
    }


def test_after_the_dbas_script_every_check_passes(
    database: Database, wanted: Wanted, pytestconfig: pytest.Config
) -> None:
    checks = looked_at(database, wanted)
    if asked(pytestconfig):
        # An image's redo logs may be small and its undo short: warnings are right there.
        checks = tuple(check for check in checks if check.verdict is not Verdict.WARN)
    assert not_passed(checks) == set()


def test_nothing_in_the_database_is_changed(alone: Alone, wanted: Wanted) -> None:
    """No table, column, user, grant or quota, and no transaction that had anything to commit."""

    def state() -> dict[str, object]:
        kept = ("TABLES", "COLUMNS", "USERS", "GRANTS", "QUOTAS", "FACTS", "COMMITS")
        ask = alone.control.database.query
        return {name: ask(f"SELECT * FROM SYS.SIM_{name} ORDER BY 1, 2") for name in kept}

    before = state()
    with alone.session() as database:
        looked_at(database, wanted)
        assert state() == before
        assert database.query("SELECT 1 FROM v$transaction") == []
    alone.control.sql("REVOKE LOGMINING FROM C##WMS")
    assert state() != before  # it would be seen


def test_the_command_tells_by_its_status_what_it_could_not_see(
    alone: Alone, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "word"
    file.write_text(alone.words[schema.CONNECTOR].get_secret_value())
    dsn = f"oracle-standin://C##WMS@127.0.0.1:{alone.door}/{part.DATABASE}?passfile={file}"
    call = ["preflight", "--stage", "main", "--dsn", dsn, "--pdb", part.PDB, "--json"]

    def status() -> tuple[int, str, set[str]]:
        code = run(call)
        told = json.loads(capsys.readouterr().out)
        failed = {check["name"] for check in told["checks"] if check["verdict"] == "fail"}
        return code, told["verdict"], failed - YOUNG

    alone.control.fault("v\\$thread", error="ORA-00604", times=-1, users="C##WMS")
    try:
        code, verdict, failed = status()
    finally:
        alone.control.clear()
    assert failed == set()
    # Another test of this session may have purged archived logs.
    assert (code, verdict) in {(3, "unknown"), (1, "fail")}
    alone.control.sql("REVOKE LOGMINING FROM C##WMS")
    assert status() == (1, "fail", {"privilege LOGMINING"})


def test_on_a_laptop_it_needs_no_option(
    oracle_runtime: LocalRuntime, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["preflight", "--state", str(oracle_runtime.folder.path), "--json"])
    told = json.loads(capsys.readouterr().out)
    verdicts = {check["name"]: check["verdict"] for check in told["checks"]}
    assert told["database"].split("@")[0].endswith("C##WMS")
    assert verdicts["containers"] == verdicts["flush-table"] == verdicts["flashback"] == "pass"


@pytest.mark.parametrize(
    ("revoked", "failing"),
    [
        ("SET CONTAINER", {"privilege SET CONTAINER", "containers"}),
        ("LOGMINING", {"privilege LOGMINING"}),
        ("EXECUTE_CATALOG_ROLE", {"role EXECUTE_CATALOG_ROLE"}),
        ("CREATE TABLE", {"privilege CREATE TABLE"}),
        ('SELECT ON "WMS"."PLAN_BASE_WVR_TBL"', {"select"}),
        ('FLASHBACK ON "WMS"."PLAN_BASE_WVR_TBL"', {"flashback"}),
    ],
)
def test_each_revoked_grant_is_a_failed_check(
    alone: Alone, wanted: Wanted, revoked: str, failing: set[str]
) -> None:
    alone.control.sql(f"REVOKE {revoked} FROM {schema.CONNECTOR}")
    with alone.session() as database:
        checks = looked_at(database, wanted)
    assert failing <= {check.name for check in checks if check.verdict is Verdict.FAIL}


def test_without_the_catalogue_views_are_denied_and_what_they_tell_is_unknown(
    alone: Alone, wanted: Wanted
) -> None:
    alone.control.sql(f"REVOKE SELECT_CATALOG_ROLE FROM {schema.CONNECTOR}")
    with alone.session() as database:
        checks = looked_at(database, wanted)
    verdicts = {check.name: check.verdict for check in checks}
    for name in ("role SELECT_CATALOG_ROLE", "view V$DATABASE", "view V$ARCHIVED_LOG"):
        assert verdicts[name] is Verdict.FAIL, name
    for name in ("archivelog", "supplemental-minimal", "archive-retention", "redo-logs",
                 "undo-retention", "open-transactions", "redo-threads", "open"):  # fmt: skip
        assert verdicts[name] is Verdict.UNKNOWN, name


def test_a_quota_that_is_missing(alone: Alone, wanted: Wanted) -> None:
    alone.control.sql(f"ALTER USER {schema.CONNECTOR} QUOTA 0 ON USERS")
    with alone.session() as database:
        checks = looked_at(database, wanted)
    assert any(check.name == "flush-table" and check.verdict is Verdict.FAIL for check in checks)


def test_supplemental_logging_that_is_missing(alone: Alone, wanted: Wanted) -> None:
    alone.control.sql(
        'ALTER TABLE "MMDL"."PLAN_BASE_WVR_TBL" DROP SUPPLEMENTAL LOG DATA (ALL) COLUMNS'
    )
    with alone.session() as database:
        checks = looked_at(database, wanted)
    assert not_passed(checks) == {"fail supplemental-all: not all columns"}


def test_a_database_that_keeps_no_archive(alone: Alone, wanted: Wanted) -> None:
    alone.control.set("LOG_MODE", "NOARCHIVELOG")
    try:
        with alone.session() as database:
            checks = looked_at(database, wanted)
    finally:
        alone.control.set("LOG_MODE", "ARCHIVELOG")
    assert not_passed(checks) == {"fail archivelog: NOARCHIVELOG"}


def test_an_archive_that_was_purged(alone: Alone, wanted: Wanted) -> None:
    for _ in range(3):
        alone.control.switch_log()
    alone.control.purge(keep=1)
    with alone.session() as database:
        checks = looked_at(database, wanted)
    found = next(check for check in checks if check.name == "archive-retention")
    assert (found.verdict, "purged" in found.found) == (Verdict.FAIL, True)


def test_a_statement_that_fails_is_unknown_and_the_others_are_asked(
    alone: Alone, wanted: Wanted
) -> None:
    alone.control.fault("v\\$thread", error="ORA-00604", times=-1, users="C##WMS")
    try:
        with alone.session() as database:
            checks = looked_at(database, wanted)
    finally:
        alone.control.clear()
    assert {check.name for check in checks if check.verdict is Verdict.UNKNOWN} == {
        "redo-threads", "view V$THREAD",
    }  # fmt: skip


def test_the_script_runs_twice_and_back(alone: Alone, pipeline: Pipeline, wanted: Wanted) -> None:
    plan = Plan(schema.CONNECTOR, pipeline.captured, pdb=wanted.pdb)
    word = alone.words[schema.CONNECTOR]
    for sections in (set_up(plan), set_up(plan), undo(plan), undo(plan), set_up(plan)):
        for statement in statements(sections, word):
            alone.control.sql(statement)
    with alone.session() as database:
        assert not_passed(looked_at(database, wanted)) == set()
