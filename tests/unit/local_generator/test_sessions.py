"""The same changes said to Oracle: one row an INSERT, named binds, transactions by calls."""

from __future__ import annotations

from typing import Any

import pytest

from wms_connector.local.generator import GeneratorError, generate, prepare
from wms_connector.local.waves import BASE, ORACLE, WMS_TABLES, Statement, Waves
from wms_connector.oracle.database import Database


class Driver:
    """A DB-API connection whose tables are empty; statements that `fails` names end in an error."""

    def __init__(self, fails: dict[str, str] | None = None) -> None:
        self.said: list[tuple[str, Any]] = []
        self.fails = fails or {}

    def cursor(self) -> Cursor:
        return Cursor(self)

    def commit(self) -> None:
        self.said.append(("COMMIT", None))

    def rollback(self) -> None:
        self.said.append(("ROLLBACK", None))

    def close(self) -> None:
        pass


class Cursor:
    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.description = [("N",)]
        self.rowcount = 1
        self.rows: list[tuple[Any, ...]] = []

    def execute(self, sql: str, binds: Any = None) -> None:
        self.driver.said.append((sql, binds))
        for begins, text in self.driver.fails.items():
            if sql.startswith(begins):
                raise RuntimeError(text)
        self.rows = [(3,)] if "count(*)" in sql else [(41,)] if "max(" in sql else []

    def executemany(self, sql: str, rows: Any) -> None:
        self.driver.said.append((sql, list(rows)))

    def fetchmany(self, _: int) -> list[tuple[Any, ...]]:
        rows, self.rows = self.rows, []
        return rows

    def close(self) -> None:
        pass


def run(driver: Driver, count: int = 300) -> Any:
    return generate(Database(driver), rate=0, count=count, seed=3, sleep=lambda _: None)


def test_statements_have_named_binds_and_one_row_each() -> None:
    driver = Driver()
    summary = run(driver)
    changes = [(sql, binds) for sql, binds in driver.said if sql.startswith(("INS", "UPD", "DEL"))]
    for sql, binds in changes:
        assert "%s" not in sql
        assert all(f":{name}" in sql for name in binds)
        assert sql.count("VALUES") <= 1
        assert sql.count("), (") == 0
    assert all('"SYS_UPD_TS" = SYSTIMESTAMP' in s for s, _ in changes if s.startswith("UPD"))
    assert summary.inserts == sum(sql.startswith("INSERT") for sql, _ in changes) - _undone(driver)
    told = [sql for sql, _ in driver.said]
    assert "BEGIN" not in told
    assert told.count("COMMIT") == summary.transactions - summary.rolled_back
    assert told.count("ROLLBACK") == summary.rolled_back + 1  # and once at the end
    assert any(sql.startswith("SAVEPOINT") for sql in told)


def _undone(driver: Driver) -> int:
    """Count inserts of transactions and savepoints that were rolled back."""
    undone, open_, at_savepoint = 0, 0, 0
    for sql, _ in driver.said:
        if sql.startswith("INSERT"):
            open_ += 1
        elif sql.startswith("SAVEPOINT"):
            at_savepoint = open_
        elif sql.startswith("ROLLBACK TO"):
            undone, open_ = undone + open_ - at_savepoint, at_savepoint
        elif sql == "ROLLBACK":
            undone, open_ = undone + open_, 0
        elif sql == "COMMIT":
            open_ = 0
    return undone


def test_both_dialects_make_the_same_changes() -> None:
    known = {t: [(n,) if t.name == BASE else (n, 1) for n in range(60)] for t in WMS_TABLES}

    def made(**how: Any) -> list[Any]:
        waves = Waves(9, tables=WMS_TABLES, known=known, first_id=1000, **how)
        return [
            (step.kind, step.table, step.parameters, step.rows)
            for _ in range(100)
            for step in waves.transaction().steps
            if isinstance(step, Statement)
        ]

    assert made() == made(dialect=ORACLE)


@pytest.mark.parametrize("text", ["ORA-00060: deadlock detected", "ORA-00001: unique constraint"])
def test_another_writer_in_the_way_is_a_transaction_that_was_rolled_back(text: str) -> None:
    driver = Driver({"UPDATE": text})
    summary = run(driver)
    assert summary.updates == 0
    assert summary.rolled_back > 0


def test_a_session_that_is_lost_is_told() -> None:
    with pytest.raises(GeneratorError, match=r"writing stopped after .*: ORA-03113: end-of-file"):
        run(Driver({"UPDATE": "ORA-03113: end-of-file on communication channel"}))


def test_rows_are_prepared_in_batches_and_committed_at_once() -> None:
    driver = Driver()
    assert prepare(Database(driver), 20_000) == 12
    loads = [(sql, rows) for sql, rows in driver.said if sql.startswith("INSERT")]
    assert sum(len(rows) for _, rows in loads) == 20_000
    assert max(len(rows) for _, rows in loads) <= 5_000
    numbers = [row["v0"] for sql, rows in loads for row in rows if '"WMS"."PLAN_BASE' in sql]
    assert numbers == list(range(42, 42 + len(numbers)))
    assert [sql for sql, _ in driver.said].count("COMMIT") == 1


def test_rows_that_cannot_be_prepared_leave_nothing() -> None:
    driver = Driver({"SELECT count": "ORA-00942: table or view does not exist"})
    with pytest.raises(GeneratorError, match="10 rows could not be prepared: ORA-00942"):
        prepare(Database(driver), 10)
    assert [sql for sql, _ in driver.said][-1] == "ROLLBACK"
