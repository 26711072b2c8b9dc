from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.unit.oracle.fakes import Answer, FakeConnection, RefusedError
from tests.unit.oracle.healthy import BASE, DEBEZIUM, JDBC, PLAIN, RVSN

from wms_connector.oracle.database import Database
from wms_connector.oracle.preflight.facts import Unseen
from wms_connector.oracle.preflight.observe import observe

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SAFE = [
    ("^SET TRANSACTION READ ONLY$", Answer()),
    ("^ALTER SESSION SET CONTAINER = ORCLPDB1$", Answer()),
]

DATABASE = ("current_scn", Answer(("CURRENT_SCN",), [(4711,)]))


def seen(connection: FakeConnection, wanted: object = DEBEZIUM) -> dict[str, object]:
    told: list[str] = []
    facts = observe(Database(connection), wanted, tell=told.append, now=lambda: NOW)  # type: ignore[arg-type]
    assert told
    return dict(facts.answers)


def test_it_only_reads_in_transactions_that_oracle_keeps_read_only() -> None:
    connection = FakeConnection([*SAFE, DATABASE])
    seen(connection)
    asked = [sql for sql, _ in connection.asked]
    assert asked[0] == "SET TRANSACTION READ ONLY"
    after = asked[asked.index("ALTER SESSION SET CONTAINER = ORCLPDB1") + 1]
    assert after == "SET TRANSACTION READ ONLY"
    assert all(
        re.match(r"SELECT |SET TRANSACTION READ ONLY$|ALTER SESSION SET CONTAINER = \w+$", sql)
        for sql in asked
    )
    assert not any(re.search(r"\bFOR UPDATE\b|\bv\$logmnr_contents\b", sql) for sql in asked)
    assert "commit" not in connection.did
    assert connection.did[-1] == "rollback"


def test_each_denied_question_is_a_fact_and_the_next_is_asked() -> None:
    answers = seen(FakeConnection([*SAFE, DATABASE]))
    assert answers["database@main"] == ({"CURRENT_SCN": 4711},)
    assert answers["roles@main"] == Unseen("ORA-00942: table or view does not exist", "ORA-00942")
    assert answers["entered"] == ()
    assert answers["own clock"] == ({"UTC": NOW.replace(tzinfo=None)},)
    assert {"tables", "privileges@pdb", f"read {RVSN}"} <= set(answers)


def test_flashback_is_tried_at_the_scn_that_was_seen() -> None:
    connection = FakeConnection([*SAFE, DATABASE])
    seen(connection)
    asked = [sql for sql, _ in connection.asked if "AS OF" in sql]
    assert asked == [
        f'SELECT 1 AS seen FROM "{table.schema}"."{table.name}" AS OF SCN 4711 WHERE ROWNUM = 1'
        for table in (BASE, RVSN)
    ]


def test_without_an_scn_flashback_is_unknown() -> None:
    answers = seen(FakeConnection(SAFE))
    flashback = answers[f"flashback {BASE}"]
    assert isinstance(flashback, Unseen)
    assert "no SCN is known" in flashback.reason
    assert flashback.code is None
    empty = ("current_scn", Answer(("CURRENT_SCN",), [(None,)]))
    assert f"flashback {BASE}" not in seen(FakeConnection([*SAFE, empty]))


def test_only_tables_without_statistics_are_counted() -> None:
    columns = ("OWNER", "TABLE_NAME", "NUM_ROWS", "AVG_ROW_LEN")
    rows = [(BASE.schema, BASE.name, None, None), (RVSN.schema, RVSN.name, 7, 100)]
    connection = FakeConnection([*SAFE, DATABASE, ("from all_tables", Answer(columns, rows))])
    answers = seen(connection)
    assert f"count {BASE}" in answers
    assert f"count {RVSN}" not in answers


def test_nothing_is_asked_of_a_session_that_could_not_be_made_read_only() -> None:
    connection = FakeConnection()
    answers = seen(connection)
    assert [sql for sql, _ in connection.asked] == ["SET TRANSACTION READ ONLY"]
    assert all(
        isinstance(answer, Unseen) for name, answer in answers.items() if name != "own clock"
    )


def test_a_pluggable_database_that_cannot_be_entered() -> None:
    denied = Answer(error=RefusedError("ORA-01031", "insufficient privileges"))
    connection = FakeConnection([SAFE[0], ("SET CONTAINER", denied), DATABASE])
    answers = seen(connection)
    assert answers["entered"] == Unseen("ORA-01031: insufficient privileges", "ORA-01031")
    assert answers["tables"] == answers["entered"]
    assert not any("all_tables" in sql for sql, _ in connection.asked)


def test_a_session_that_is_lost_ends_in_unknowns() -> None:
    connection = FakeConnection([*SAFE, DATABASE])
    connection.error = RefusedError("DPY-4011", "closed")
    answers = seen(connection)
    assert answers["entered"] == Unseen("DPY-4011: closed", "DPY-4011")


@pytest.mark.parametrize("wanted", [PLAIN, JDBC, replace(JDBC, pdb="ORCLPDB1")])
def test_without_a_switch_all_is_asked_where_it_is_signed_in(wanted: object) -> None:
    connection = FakeConnection([*SAFE, DATABASE])
    answers = seen(connection, wanted)
    assert not any("SET CONTAINER" in sql for sql, _ in connection.asked)
    assert not any(name.endswith("@pdb") for name in answers)
    assert "tables" in answers


def test_jdbc_asks_for_nothing_of_logminers() -> None:
    connection = FakeConnection([*SAFE])
    answers = seen(connection, JDBC)
    assert {"indexes", "triggers", "clock@main"} <= set(answers)
    assert not any("v$log" in sql or "AS OF" in sql for sql, _ in connection.asked)


def test_the_own_clock_is_noted_right_after_the_databases() -> None:
    connection = FakeConnection([*SAFE, DATABASE])
    noted: list[str] = []

    def now() -> datetime:
        noted.append(connection.asked[-1][0])
        return NOW

    observe(Database(connection), DEBEZIUM, tell=lambda _: None, now=now)
    assert [sql for sql in noted if "SYSTIMESTAMP" in sql] == noted
    assert len(noted) == 1
