from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.oracle import healthy
from tests.unit.oracle.healthy import BASE, DEBEZIUM, HIDDEN, JDBC, NOW, PLAIN, RVSN, ago, of

from wms_connector.model.pipeline import Pipeline
from wms_connector.model.stage import Stage
from wms_connector.model.table import Table
from wms_connector.oracle.errors import AddressError, OracleFailure
from wms_connector.oracle.preflight.amounts import bytes_shown, hours_shown
from wms_connector.oracle.preflight.assess import assess, refused, rules, worst
from wms_connector.oracle.preflight.check import Check, Verdict
from wms_connector.oracle.preflight.facts import Facts, Unseen, UnseenError, moment, text
from wms_connector.oracle.preflight.wanted import Wanted

SETUPS = {
    "containers": (healthy.debezium, DEBEZIUM),
    "no containers": (healthy.plain, PLAIN),
    "jdbc": (healthy.jdbc, JDBC),
}


@pytest.mark.parametrize("setup", SETUPS)
def test_a_database_that_is_set_up_passes_every_check(setup: str) -> None:
    answers, wanted = SETUPS[setup]
    checks = assess(Facts(answers()), wanted)
    assert [check for check in checks if check.verdict is not Verdict.PASS] == []
    assert worst(checks) is Verdict.PASS
    assert all(check.why and check.found and check.mend is None for check in checks)


@pytest.mark.parametrize("setup", SETUPS)
def test_nothing_visible_is_never_a_pass(setup: str) -> None:
    _, wanted = SETUPS[setup]
    for answers in ({}, dict.fromkeys(SETUPS[setup][0](), HIDDEN)):
        checks = assess(Facts(answers), wanted)
        assert {check.verdict for check in checks} <= {Verdict.UNKNOWN, Verdict.FAIL}
        assert all(check.mend for check in checks)
        assert len(checks) == len(rules(wanted))


@given(st.data(), st.sampled_from(sorted(SETUPS)))
def test_what_is_hidden_passes_only_on_the_same_evidence(data: st.DataObject, setup: str) -> None:
    """A pass without an answer says what it says with it, so it did not rest on the answer."""
    make, wanted = SETUPS[setup]
    answers = make()
    whole = {(check.name, check.subject): check for check in assess(Facts(answers), wanted)}
    hidden = data.draw(st.sets(st.sampled_from(sorted(answers))))
    why = data.draw(st.sampled_from([HIDDEN, Unseen("DPY-4024: too slow", "DPY-4024")]))
    for check in assess(Facts(answers | dict.fromkeys(hidden, why)), wanted):
        if check.verdict is Verdict.PASS:
            # Either of two grants is enough for these; the other one is then what is found.
            one_of_two = check.name in {"role EXECUTE_CATALOG_ROLE", "view V$LOGMNR_CONTENTS"}
            assert one_of_two or check.found == whole[check.name, check.subject].found


@given(st.data(), st.sampled_from(sorted(SETUPS)))
def test_views_without_rows_break_nothing(data: st.DataObject, setup: str) -> None:
    make, wanted = SETUPS[setup]
    answers = make()
    empty = data.draw(st.sets(st.sampled_from(sorted(answers))))
    for check in assess(Facts(answers | dict.fromkeys(empty, ())), wanted):
        assert check.found


@given(st.data(), st.sampled_from(sorted(SETUPS)))
def test_columns_that_are_null_break_nothing(data: st.DataObject, setup: str) -> None:
    make, wanted = SETUPS[setup]
    answers: dict[str, Any] = {
        name: tuple(
            {
                column: None if data.draw(st.booleans()) and column not in _NAMES else value
                for column, value in row.items()
            }
            for row in rows
        )
        for name, rows in make().items()
    }
    assert len(assess(Facts(answers), wanted)) == len(rules(wanted))


_NAMES = {"OWNER", "TABLE_NAME", "TABLE_OWNER", "TABLE_SCHEMA", "COLUMN_POSITION", "THREAD#"}


def changed(name: str, rows: object, wanted: Wanted = DEBEZIUM) -> tuple[Check, ...]:
    make = next(make for make, other in SETUPS.values() if other is wanted)
    return assess(Facts(make() | {name: rows}), wanted)


@pytest.mark.parametrize(
    ("question", "rows", "check", "verdict", "said"),
    [
        ("account@main", (healthy.account(EXPIRY_DATE=NOW + timedelta(days=90)),),
         "log-in", "pass", "90 days"),
        ("account@main", (healthy.account(EXPIRY_DATE=NOW + timedelta(days=9)),),
         "log-in", "warn", "9 days"),
        ("account@main", (healthy.account(ACCOUNT_STATUS="EXPIRED(GRACE)"),),
         "log-in", "warn", "EXPIRED(GRACE)"),
        ("version@main", ({"BANNER": "Oracle Database 11g Release 11.2.0.4.0"},),
         "version", "fail", "11.2"),
        ("version@main", ({"BANNER": "Oracle Database 12c Release 12.2.0.1.0"},),
         "version", "warn", "12.2"),
        ("version@main", ({"BANNER": "Oracle AI Database 26ai Free Release 23.26.0.0.0"},),
         "version", "pass", "26ai"),
        ("version@main", ({"BANNER": "another database"},), "version", "unknown", "another"),
        ("rds@main", ({"USERNAME": "RDSADMIN"},), "platform", "pass", "Amazon RDS"),
        ("clock@main", ({"UTC": "2026-11-02 12:00:00.000", "ZONE_HOUR": -3, "ZONE_MINUTE": -30},),
         "time-zone", "pass", "UTC-03:30"),
        ("container@main", ({"CON_NAME": "ORCLPDB1"},), "containers", "fail", "not to the root"),
        ("pdbs@main", ({"NAME": "ORCLPDB1", "OPEN_MODE": "MOUNTED"},),
         "containers", "fail", "MOUNTED"),
        ("pdbs@main", (), "containers", "pass", "can be entered"),
        ("entered", Unseen("ORA-01031: insufficient privileges", "ORA-01031"),
         "containers", "fail", "cannot be entered"),
        ("database@main", (healthy.database(CDB="NO"),), "containers", "fail", "ORCLPDB1"),
        ("database@main", (healthy.database(DATABASE_ROLE="PHYSICAL STANDBY"),),
         "open", "fail", "STANDBY"),
        ("database@main", (healthy.database(OPEN_MODE="READ ONLY"),), "open", "fail", "READ ONLY"),
        ("database@main", (healthy.database(LOG_MODE="NOARCHIVELOG"),),
         "archivelog", "fail", "NOARCHIVELOG"),
        ("database@main", (healthy.database(SUPPLEMENTAL_LOG_DATA_MIN="NO"),),
         "supplemental-minimal", "fail", "NO"),
        ("database@main", (healthy.database(SUPPLEMENTAL_LOG_DATA_MIN="IMPLICIT"),),
         "supplemental-minimal", "pass", "IMPLICIT"),
        ("threads@main", tuple({"THREAD#": n, "STATUS": "OPEN", "ENABLED": "PUBLIC"}
                               for n in (1, 2)), "redo-threads", "fail", "RAC"),
        ("threads@main", ({"THREAD#": 2, "STATUS": "OPEN", "ENABLED": "PRIVATE"},),
         "redo-threads", "fail", "thread 2 is PRIVATE"),
        ("threads@main", (), "redo-threads", "unknown", "no open"),
        ("destinations@main", (), "archive-destination", "fail", "none"),
        ("destinations@main", tuple({"DEST_NAME": n, "STATUS": "VALID", "TYPE": "LOCAL"}
                                    for n in ("D1", "D2")),
         "archive-destination", "warn", "D1, D2"),
        ("archives@main", (healthy.archives(GONE=ago(hours=5)),),
         "archive-retention", "fail", "5.0 h ago are purged"),
        ("archives@main", (healthy.archives(OLDEST=ago(hours=5), GONE=None),),
         "archive-retention", "warn", "too few"),
        ("archives@main", (healthy.archives(OLDEST=None),),
         "archive-retention", "unknown", "no archived log"),
        ("archives@main", (healthy.archives(DAY_BYTES=None),),
         "archive-retention", "pass", "3.0 days back;"),
        ("switches@main", tuple({"THREAD#": 1, "FIRST_TIME": ago(minutes=n)}
                                for n in range(1, 50)), "redo-logs", "warn", "in the busiest"),
        ("logs@main", (), "redo-logs", "unknown", "no redo log"),
        ("undo@pdb", ({"VALUE": "10"},), "undo-retention", "warn", "10 s"),
        ("undo@pdb", (), "undo-retention", "unknown", "undo_retention"),
        ("transactions@pdb", ({"NUMBER_OPEN": 2, "OLDEST": ago(hours=3), "NOW": NOW},),
         "open-transactions", "warn", "the oldest for 3.0 h"),
        ("transactions@pdb", ({"NUMBER_OPEN": 0, "OLDEST": None, "NOW": NOW},),
         "open-transactions", "pass", "none"),
        ("flush table", ({"TABLE_NAME": "LOG_MINING_FLUSH_MAIN"},),
         "flush-table", "pass", "there already"),
        ("quotas@pdb", (), "flush-table", "fail", "no quota on USERS"),
        ("quotas@pdb", ({"TABLESPACE_NAME": "OTHER", "BYTES": 0, "MAX_BYTES": -1},),
         "flush-table", "fail", "no quota on USERS"),
        ("quotas@pdb", ({"TABLESPACE_NAME": "USERS", "BYTES": 0, "MAX_BYTES": -1},),
         "flush-table", "pass", "no limit on USERS"),
        ("quotas@pdb", ({"TABLESPACE_NAME": "USERS", "BYTES": 999, "MAX_BYTES": 1000},),
         "flush-table", "fail", "1 B of quota"),
        ("tables", (), "table", "fail", "a view"),
        ("log groups", (), "supplemental-all", "fail", "not all"),
        ("keys", (), "primary-key", "warn", "none"),
        ("columns", (), "columns", "unknown", "not visible"),
        ("grants", (), "lock", "fail", "no grant"),
        (f"read {BASE}", Unseen("ORA-00942: no", "ORA-00942"), "select", "fail", "denied"),
        (f"read {BASE}", Unseen("DPY-4024: slow", "DPY-4024"), "select", "unknown", "DPY-4024"),
        (f"flashback {BASE}", Unseen("ORA-01031: no", "ORA-01031"), "flashback", "fail", "denied"),
        ("V$THREAD@main", Unseen("ORA-00942: no", "ORA-00942"), "view V$THREAD", "fail", "denied"),
        ("V$TRANSACTION@pdb", Unseen("ORA-00942: no", "ORA-00942"),
         "view V$TRANSACTION", "fail", "denied"),
        ("V$THREAD@main", Unseen("ORA-03113: eof", "ORA-03113"),
         "view V$THREAD", "unknown", "ORA-03113"),
    ],
)  # fmt: skip
def test_what_is_found_decides(
    question: str, rows: object, check: str, verdict: str, said: str
) -> None:
    found = of(changed(question, rows), check)
    assert (found.verdict.value, said in found.found) == (verdict, True), found
    assert (found.mend is None) == (verdict == "pass")


def test_all_columns_of_the_whole_database_count_for_each_table() -> None:
    answers = healthy.debezium() | {
        "log groups": (),
        "database@main": (healthy.database(SUPPLEMENTAL_LOG_DATA_ALL="YES"),),
    }
    assert of(assess(Facts(answers), DEBEZIUM), "supplemental-all").verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("held", "missing"),
    [
        (("SET CONTAINER", "LOGMINING"), "privilege CREATE SESSION"),
        (("CREATE SESSION", "LOGMINING"), "privilege SET CONTAINER"),
        (("CREATE SESSION", "SET CONTAINER"), "privilege LOGMINING"),
    ],
)
def test_each_privilege_is_missed_by_itself(held: tuple[str, ...], missing: str) -> None:
    checks = changed("privileges@main", tuple({"PRIVILEGE": name} for name in held))
    failed = [check for check in checks if check.verdict is Verdict.FAIL]
    assert [check.name for check in failed] == [missing]
    assert failed[0].subject == "the root"
    assert failed[0].mend == f"GRANT {missing.partition(' ')[2]} TO the user, signed in to the root"


def test_roles_are_missed_where_they_are_needed() -> None:
    checks = changed("roles@pdb", ())
    failed = [check for check in checks if check.verdict is Verdict.FAIL]
    assert [(check.name, check.subject) for check in failed] == [
        ("role SELECT_CATALOG_ROLE", "ORCLPDB1")
    ]


def test_a_table_that_exists_needs_no_right_to_make_it() -> None:
    answers = healthy.debezium() | {
        "privileges@pdb": ({"PRIVILEGE": "SET CONTAINER"},),
        "flush table": ({"TABLE_NAME": "LOG_MINING_FLUSH_MAIN"},),
    }
    assert of(assess(Facts(answers), DEBEZIUM), "privilege CREATE TABLE").verdict is Verdict.PASS
    answers["flush table"] = ()
    assert of(assess(Facts(answers), DEBEZIUM), "privilege CREATE TABLE").verdict is Verdict.FAIL


def test_other_grants_that_do_the_same_count() -> None:
    answers = healthy.debezium() | {
        "roles@main": ({"ROLE": "SELECT_CATALOG_ROLE"},),
        "grants": (),
        "privileges@pdb": ({"PRIVILEGE": "LOCK ANY TABLE"}, {"PRIVILEGE": "UNLIMITED TABLESPACE"}),
        "quotas@pdb": (),
    }
    checks = assess(Facts(answers), DEBEZIUM)
    for name in ("role EXECUTE_CATALOG_ROLE", "lock", "flush-table"):
        assert of(checks, name).verdict is Verdict.PASS, name
    only_package = {"TABLE_NAME": "DBMS_LOGMNR", "PRIVILEGE": "EXECUTE"}
    answers["catalogue@main"] = (only_package,)
    contents = of(assess(Facts(answers), DEBEZIUM), "view V$LOGMNR_CONTENTS")
    assert contents.found == "granted with SELECT_CATALOG_ROLE"
    answers |= {"roles@main": (), "privileges@main": ({"PRIVILEGE": "SELECT ANY DICTIONARY"},)}
    contents = of(assess(Facts(answers), DEBEZIUM), "view V$LOGMNR_CONTENTS")
    assert contents.found == "granted with SELECT ANY DICTIONARY"
    answers |= {"catalogue@main": (), "privileges@main": ()}
    checks = assess(Facts(answers), DEBEZIUM)
    assert of(checks, "view V$LOGMNR_CONTENTS").verdict is Verdict.FAIL
    assert of(checks, "role EXECUTE_CATALOG_ROLE").verdict is Verdict.FAIL


def test_read_lets_nobody_lock() -> None:
    grants = ({"TABLE_SCHEMA": BASE.schema, "TABLE_NAME": BASE.name, "PRIVILEGE": "READ"},)
    assert of(changed("grants", grants), "lock", BASE).verdict is Verdict.FAIL


def test_on_rds_the_way_to_mend_it_is_amazons() -> None:
    answers = healthy.debezium() | {
        "rds@main": ({"USERNAME": "RDSADMIN"},),
        "database@main": (
            healthy.database(SUPPLEMENTAL_LOG_DATA_MIN="NO", LOG_MODE="NOARCHIVELOG"),
        ),
        "archives@main": (healthy.archives(GONE=ago(hours=2)),),
    }
    checks = assess(Facts(answers), DEBEZIUM)
    for name, said in {
        "archivelog": "automated backups",
        "supplemental-minimal": "rdsadmin",
        "archive-retention": "rdsadmin",
    }.items():
        assert said in (of(checks, name).mend or ""), name
    hidden = assess(Facts(answers | {"rds@main": HIDDEN}), DEBEZIUM)
    assert "rdsadmin" not in (of(hidden, "supplemental-minimal").mend or "")


@pytest.mark.parametrize(
    ("kind", "lob_enabled", "verdict"),
    [
        ("CLOB", False, "warn"),
        ("CLOB", True, "pass"),
        ("LONG", True, "warn"),
        ("XMLTYPE", False, "warn"),
        ("SDO_GEOMETRY", True, "warn"),
        ("JSON", False, "warn"),
        ("INTERVAL DAY(2) TO SECOND(6)", False, "pass"),
        ("FLOAT", False, "pass"),
        ("TIMESTAMP(6) WITH TIME ZONE", False, "pass"),
    ],
)
def test_types_that_need_a_decision(kind: str, lob_enabled: bool, verdict: str) -> None:
    from dataclasses import replace

    answers = healthy.debezium()
    answers["columns"] = (*answers["columns"], healthy.column(BASE, "NOTE_TXT", kind))
    checks = assess(Facts(answers), replace(DEBEZIUM, lob_enabled=lob_enabled))
    found = of(checks, "columns", BASE)
    assert found.verdict.value == verdict
    assert ("NOTE_TXT" in found.found) == (verdict == "warn" or lob_enabled)


def test_names_that_logminer_does_not_follow() -> None:
    answers = healthy.debezium()
    answers["columns"] = (*answers["columns"], healthy.column(BASE, "X" * 31, "NUMBER"))
    checks = assess(Facts(answers), DEBEZIUM)
    assert of(checks, "names", BASE).verdict is Verdict.FAIL
    assert of(checks, "names", RVSN).verdict is Verdict.PASS


def test_a_table_without_statistics_is_counted() -> None:
    answers = healthy.debezium()
    answers["tables"] = tuple(row | {"NUM_ROWS": None} for row in answers["tables"])
    unknown = assess(Facts(answers), DEBEZIUM)
    assert of(unknown, "size", BASE).verdict is Verdict.UNKNOWN
    assert of(unknown, "snapshot").verdict is Verdict.UNKNOWN
    assert of(unknown, "undo-retention").verdict is Verdict.UNKNOWN
    counted = answers | {f"count {table}": ({"NUMBER_ROWS": Decimal(12_000_000)},)
                         for table in healthy.TABLES}  # fmt: skip
    checks = assess(Facts(counted), DEBEZIUM)
    assert of(checks, "size", BASE).found == "12,000,000 rows, counted"
    assert of(checks, "snapshot").found == "24,000,000 rows: about 1.7 h"
    assert of(checks, "undo-retention").verdict is Verdict.WARN


@pytest.mark.parametrize(
    ("question", "rows", "check", "verdict", "said"),
    [
        ("columns", (), "table", "fail", "not there"),
        ("columns", (), "timestamp", "unknown", "not visible"),
        ("columns", (healthy.column(RVSN, "OTHER", "NUMBER"),), "timestamp", "fail", "no such"),
        ("columns", (healthy.column(RVSN, "OTHER", "NUMBER"),), "not-null", "fail", "no such"),
        ("columns", (healthy.column(RVSN, "OTHER", "NUMBER"),), "updated", "fail", "no such"),
        ("columns", (healthy.column(RVSN, "SYS_UPD_TS", "VARCHAR2"),),
         "timestamp", "fail", "is no time"),
        ("columns", (healthy.column(RVSN, "SYS_UPD_TS", "DATE"),), "timestamp", "warn", "DATE"),
        ("columns", (healthy.column(RVSN, "SYS_UPD_TS", "DATE", "Y"),),
         "not-null", "fail", "may be NULL"),
        ("indexes", (), "indexed", "warn", "no index"),
        ("triggers", (), "updated", "unknown", "no default; no trigger"),
        ("triggers", HIDDEN, "updated", "unknown", "cannot be seen"),
        ("triggers", (healthy.trigger(TRIGGERING_EVENT="INSERT"),), "updated", "warn", "only"),
        ("triggers", (healthy.trigger(STATUS="DISABLED"),), "updated", "warn", "disabled"),
        ("triggers", (healthy.trigger(COLUMN_USAGE="NEW IN"),), "updated", "unknown", "no trigger"),
        ("triggers", (healthy.trigger(COLUMN_NAME=None, COLUMN_USAGE=None),),
         "updated", "unknown", "no trigger"),
        ("clock@main", ({"UTC": "2026-11-02 12:00:04.000", "ZONE_HOUR": 0, "ZONE_MINUTE": 0},),
         "clock-skew", "warn", "4.0 s"),
        ("clock@main", ({"UTC": "2026-11-02 11:59:00.000", "ZONE_HOUR": 0, "ZONE_MINUTE": 0},),
         "clock-skew", "fail", "60.0 s"),
        ("clock@main", ({"UTC": "2026-11-02 12:00:00.000", "ZONE_HOUR": 1, "ZONE_MINUTE": 0},),
         "time-zone", "fail", "UTC+01:00"),
    ],
)  # fmt: skip
def test_what_is_found_decides_for_jdbc(
    question: str, rows: object, check: str, verdict: str, said: str
) -> None:
    found = of(changed(question, rows, JDBC), check)
    assert (found.verdict.value, said in found.found) == (verdict, True), found


def test_of_several_timestamp_columns_one_that_is_never_null_will_do() -> None:
    from dataclasses import replace

    settings = JDBC.jdbc.model_copy(update={"timestamp_columns": ("SYS_UPD_TS", "SYS_ADD_TS")})
    wanted = replace(JDBC, jdbc=settings)
    for nullable, verdict in (("N", Verdict.PASS), ("Y", Verdict.FAIL)):
        columns = (
            healthy.column(RVSN, "SYS_UPD_TS", "TIMESTAMP(6)", "Y"),
            healthy.column(RVSN, "SYS_ADD_TS", "TIMESTAMP(6)", nullable),
        )
        checks = assess(Facts(healthy.jdbc() | {"columns": columns}), wanted)
        assert of(checks, "not-null", f"{RVSN}.SYS_UPD_TS").verdict is verdict
        assert of(checks, "not-null", f"{RVSN}.SYS_ADD_TS").verdict is verdict


def test_a_default_is_no_update() -> None:
    answers = healthy.jdbc() | {
        "columns": (healthy.column(RVSN, "SYS_UPD_TS", "TIMESTAMP(6)", DEFAULT_LENGTH=12),),
        "triggers": (),
    }
    found = of(assess(Facts(answers), JDBC), "updated")
    assert found.verdict is Verdict.UNKNOWN
    assert "a default fills it on insert" in found.found


def test_a_zone_that_nobody_knows() -> None:
    from dataclasses import replace

    wanted = replace(JDBC, jdbc=JDBC.jdbc.model_copy(update={"db_timezone": "Mars/Base"}))
    found = of(assess(Facts(healthy.jdbc()), wanted), "time-zone")
    assert found.verdict is Verdict.UNKNOWN


def test_without_a_pluggable_database_none_must_be_needed() -> None:
    answers = healthy.plain() | {
        "database@main": (healthy.database(),),
        "container@main": ({"CON_NAME": "CDB$ROOT"},),
    }
    found = of(assess(Facts(answers), PLAIN), "containers")
    assert (found.verdict, found.found) == (
        Verdict.FAIL, "a container database, and no pluggable one is named"
    )  # fmt: skip
    assert not any(
        check.name == "privilege SET CONTAINER" for check in assess(Facts(answers), PLAIN)
    )


def test_nobody_could_sign_in() -> None:
    checks = refused(OracleFailure("ORA-01017: invalid credential"))
    assert worst(checks) is Verdict.FAIL
    assert checks[0].found == "ORA-01017: invalid credential"
    assert checks[0].as_json()["verdict"] == "fail"
    assert "user or password" in checks[0].why
    assert "dbInfo" in (checks[0].mend or "")
    assert refused(OracleFailure("no reason given"))[0].mend == "Check host, port and service"


def test_what_could_not_be_looked_at_says_what_the_catalogue_knows() -> None:
    slow = Unseen("DPY-4024: call timeout of 30000 ms exceeded", "DPY-4024")
    found = of(changed("version@main", slow), "version")
    assert found.verdict is Verdict.UNKNOWN
    assert "took longer than allowed" in (found.mend or "")
    assert "preflight --sql" in (of(changed("version@main", HIDDEN), "version").mend or "")


def test_what_a_stage_wants_comes_from_its_pipeline() -> None:
    pipeline = Pipeline.parse('tables = ["A.B"]\n[jdbc]\n')
    wanted = Wanted.of(pipeline, Stage.parse("main"), pdb="orclpdb1", outage_hours=3)
    assert (wanted.pdb, wanted.home, wanted.tables) == ("ORCLPDB1", "pdb", (Table("A", "B"),))
    assert wanted.flush_table == "LOG_MINING_FLUSH_MAIN"
    assert Wanted.of(pipeline, Stage.parse("main"), pdb=None, outage_hours=3).home == "main"
    with pytest.raises(AddressError, match="no name of a pluggable"):
        Wanted.of(pipeline, Stage.parse("main"), pdb="x; DROP USER y", outage_hours=3)


@pytest.mark.parametrize(
    ("duration", "said"),
    [(-5, "0 s"), (40, "40 s"), (720, "12 min"), (27_000, "7.5 h"), (259_200, "3.0 days")],
)
def test_durations(duration: int, said: str) -> None:
    assert hours_shown(timedelta(seconds=duration)) == said


@pytest.mark.parametrize(("size", "said"), [(0, "0 B"), (4096, "4.0 KiB"), (5 << 50, "5120.0 TiB")])
def test_sizes(size: int, said: str) -> None:
    assert bytes_shown(size) == said


def test_values_that_are_none() -> None:
    with pytest.raises(UnseenError, match="A is empty"):
        text({"A": None}, "A")
    with pytest.raises(UnseenError, match="no time"):
        moment({"A": "yesterday"}, "A")
    with pytest.raises(UnseenError, match="gives no row"):
        Facts({"q": ()}).row("q")
