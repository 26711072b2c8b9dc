"""Running the transactions: rate, ends, stops, and a database that dies."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from wms_connector.local.generator import GeneratorError, Summary, generate, prepare
from wms_connector.local.waves import WMS_TABLES
from wms_connector.model.errors import UsageError
from wms_connector.model.table import Table


class Cursor:
    def __init__(self, rowcount: int, rows=()):
        self.rowcount = rowcount
        self.rows = rows

    def __iter__(self):
        return iter(self.rows)


def _met(text: str) -> int:
    """How many rows a statement names: those are there."""
    return text.count("(%s") or text.rpartition(" WHERE ")[2].count('("PLAN_WVR_ID"')


class Connection:
    """Records what it is told; every table is empty."""

    def __init__(self, fails_at: int | None = None, highest: int = 41):
        self.autocommit = False
        self.closed = False
        self.told: list[str] = []
        self.highest = highest
        self.fails_at = fails_at
        self.rolled_back = False
        self.info = SimpleNamespace(transaction_status=TransactionStatus.IDLE)

    def execute(self, query, parameters=None):
        text = query.decode() if isinstance(query, bytes) else str(query)
        text = query.as_string() if hasattr(query, "as_string") else text
        if self.fails_at is not None and len(self.told) >= self.fails_at:
            self.info.transaction_status = TransactionStatus.INERROR
            raise psycopg.OperationalError("server closed the connection unexpectedly\nmore")
        self.told.append(text)
        if "count(*)" in text:
            return Cursor(1, [(3,)])
        if "max(" in text:
            return Cursor(1, [(self.highest,)])
        return Cursor(_met(text))

    def rollback(self):
        self.rolled_back = True

    @contextmanager
    def transaction(self):
        yield


class Time:
    def __init__(self):
        self.now = 0.0
        self.naps = []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.now += seconds


def run(connection=None, **how):
    time = Time()
    connection = connection or Connection()
    return generate(connection, clock=time.clock, sleep=time.sleep, **how), connection, time


def test_it_stops_after_so_many_events_at_the_rate_that_was_asked_for():
    summary, connection, time = run(seed=1, rate=100, count=500)
    assert 500 <= summary.events < 700
    assert summary.seconds == pytest.approx(summary.events / 100, rel=0.05)
    assert summary.rate == pytest.approx(100, rel=0.05)
    assert max(time.naps) <= 0.5
    assert connection.autocommit is False
    begun = connection.told.count("BEGIN")
    assert begun == summary.transactions
    assert begun == connection.told.count("COMMIT") + connection.told.count("ROLLBACK")
    assert connection.told.count("ROLLBACK") == summary.rolled_back > 0
    assert min(summary.inserts, summary.updates, summary.deletes) > 0
    assert summary.events == summary.inserts + summary.updates + summary.deletes
    assert "events in" in str(summary)


def test_the_same_seed_tells_the_same():
    assert run(seed=7, count=200)[1].told == run(seed=7, count=200)[1].told
    assert run(seed=7, count=200)[1].told != run(seed=8, count=200)[1].told


def test_it_stops_after_its_time():
    summary, _, time = run(rate=5, duration=10)
    assert time.now == pytest.approx(10, abs=1)
    assert summary.events <= 5 * 10 + 200


def test_it_stops_when_told():
    seen = []
    summary, _, _ = run(rate=10, stop=lambda: len(seen) > 3, on_commit=seen.append)
    assert len(seen) == 4
    assert seen[-1].transactions == summary.transactions
    assert run(rate=0, stop=lambda: True)[0] == Summary()


def test_without_a_rate_it_does_not_wait():
    _, _, time = run(rate=0, count=300)
    assert sum(time.naps) < 3  # only transactions that are held open


def test_a_database_that_dies_is_told_with_what_was_written():
    connection = Connection(fails_at=60)
    with pytest.raises(
        GeneratorError, match=r"writing stopped after .* events in .*: server closed"
    ):
        run(connection, rate=0, count=10_000)
    assert connection.rolled_back
    assert connection.autocommit is False
    gone = Connection(fails_at=60)
    gone.closed = True
    with pytest.raises(GeneratorError):
        run(gone, rate=0, count=10_000)
    assert not gone.rolled_back


def test_a_deadlock_is_a_transaction_that_was_rolled_back():
    class Locked(Connection):
        deadlocks = 0

        def execute(self, query, parameters=None):
            if b"UPDATE" in bytes(query if isinstance(query, bytes) else b""):
                self.deadlocks += 1
                raise psycopg.errors.DeadlockDetected
            return super().execute(query, parameters)

    summary, connection, _ = run(Locked(), rate=0, count=300)
    assert connection.deadlocks > 0
    assert summary.updates == 0
    assert summary.rolled_back >= connection.deadlocks


@pytest.mark.parametrize("tables", [(), (Table("public", "pgbench_accounts"),)])
def test_tables_of_others_are_not_its_business(tables):
    with pytest.raises(UsageError, match="pgbench"):
        run(tables=tables)
    with pytest.raises(UsageError, match="pgbench"):
        prepare(Connection(), 5, tables=tables)


def test_rows_are_prepared_in_all_tables():
    connection = Connection()
    assert prepare(connection, 1000) == 12
    loads = [told for told in connection.told if told.lstrip().startswith("INSERT")]
    assert len(loads) == 4
    assert [str(table) for table in WMS_TABLES if f'"{table.schema}"."{table.name}"' in loads[0]]
    with pytest.raises(GeneratorError, match="1,000 rows could not be prepared"):
        prepare(Connection(fails_at=2), 1000)
