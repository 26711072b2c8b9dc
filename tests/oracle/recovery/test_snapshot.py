"""A snapshot while writers write and transactions are open: all of it arrives, and once."""

from __future__ import annotations

import contextlib
import random
import threading
from typing import TYPE_CHECKING, Self

import pytest
from tests.e2e.support import PATIENCE, assert_exact, snapshot_rows, until
from tests.oracle.recovery.trial import Trial

from wms_connector.cli.database import signed_in
from wms_connector.connectors.debezium_oracle import BOUNDARY_MODE
from wms_connector.local.standin.schema import CONNECTOR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.standin.control import Standin
    from wms_connector.oracle.database import Database

WRITERS = 3
ROWS = 300  # that each writer finds


class Writer:
    """Inserts, updates and deletes rows of its own in a thread; a part is rolled back."""

    def __init__(self, trial: Trial, number: int) -> None:
        self.transactions = 0
        self._trial = trial
        self._draw = random.Random(number)
        self._keys = [number * 1_000_000 + row for row in range(ROWS)]
        self._next = self._keys[-1]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"writer {number}", daemon=True)
        self._error: Exception | None = None

    def __enter__(self) -> Self:
        insert = f"INSERT INTO {self._trial.path} (ID, STAT_CD) VALUES (:id, 'PLANNED')"
        self._trial.application.execute_many(insert, [{"id": key} for key in self._keys])
        self._trial.application.commit()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        if self._error is not None:
            raise self._error

    def until_written(self, more: int) -> None:
        """Wait until so many more transactions have ended."""
        goal = self.transactions + more
        until(lambda: self._error or self.transactions >= goal, f"{more} more transactions")

    def _run(self) -> None:
        try:
            with signed_in(self._trial.runtime.status().database_dsn) as session:
                while not self._stop.wait(0.01):
                    self._transaction(session)
                    self.transactions += 1
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits
            self._error = error

    def _transaction(self, session: Database) -> None:
        path, keys = self._trial.path, list(self._keys)
        for _ in range(self._draw.randint(1, 4)):
            match self._draw.choice(["insert", "update", "update", "delete"]):
                case "insert":
                    self._next += 1
                    keys.append(self._next)
                    session.execute(f"INSERT INTO {path} (ID) VALUES (:id)", id=self._next)
                case "update":
                    session.execute(
                        f"UPDATE {path} SET NOTE_TXT = :note WHERE ID = :id",
                        note=f"{self.transactions}",
                        id=self._draw.choice(keys),
                    )
                case _:
                    gone = keys.pop(self._draw.randrange(len(keys)))
                    session.execute(f"DELETE FROM {path} WHERE ID = :id", id=gone)
        if self._draw.random() < 0.15:
            session.rollback()
        else:
            session.commit()
            self._keys = keys


@pytest.fixture
def trial(alone_on_the_worker: LocalRuntime, standin: Standin, tmp_path: Path) -> Iterator[Trial]:
    with Trial(alone_on_the_worker, standin, tmp_path) as made:
        made.mark()
        yield made


def begin(trial: Trial, old: int, new: int) -> Database:
    """Open a transaction that deletes the row `old` and inserts the row `new`."""
    session = signed_in(trial.runtime.status().database_dsn)
    session.execute(f"DELETE FROM {trial.path} WHERE ID = :id", id=old)
    session.execute(f"INSERT INTO {trial.path} (ID, NOTE_TXT) VALUES (:id, 'open')", id=new)
    return session


def test_a_snapshot_under_load_loses_nothing(trial: Trial) -> None:
    old = [trial.insert() for _ in range(3)]
    during, after, never = 101, 102, 103
    with contextlib.ExitStack() as stack:
        writers = [stack.enter_context(Writer(trial, number + 1)) for number in range(WRITERS)]
        open_ = [
            stack.enter_context(begin(trial, *numbers))
            for numbers in zip(old, (during, after, never), strict=True)
        ]
        # The read of the table waits until enough was written after it began.
        trial.standin.freeze(f'FROM .*"{trial.table}" AS OF SCN', users=CONNECTOR)
        trial.register()
        until(lambda: trial.said("Exporting data from table", trial.table), "the snapshot's read")
        for writer in writers:
            writer.until_written(20)
        open_[0].commit()
        assert snapshot_rows(trial.reader) == 0
        trial.standin.clear()
        trial.flows()  # what was written after the snapshot arrives
        open_[1].execute(f"UPDATE {trial.path} SET NOTE_TXT = 'late' WHERE ID = {after}")
        open_[1].commit()
        open_[2].rollback()
        for writer in writers:
            writer.until_written(20)
    assert_exact(trial.audited())
    read = snapshot_rows(trial.reader)
    assert read >= WRITERS
    assert [change.op for change in trial.changes(during)] == ["c"]
    assert [change.op for change in trial.changes(after)] == ["c", "u"]
    assert trial.changes(never) == []
    assert [[change.op for change in trial.changes(number)] for number in old] == [
        ["r", "d"], ["r", "d"], ["r"],
    ]  # fmt: skip


@pytest.mark.usefixtures("long")
def test_the_worker_is_killed_during_the_snapshot(trial: Trial) -> None:
    old = trial.insert()
    with begin(trial, old, 101) as session:
        trial.standin.freeze(f'FROM .*"{trial.table}" AS OF SCN', users=CONNECTOR)
        trial.register()
        until(lambda: trial.said("Exporting data from table", trial.table), "the snapshot's read")
        trial.kill_worker()
        trial.standin.clear()
        between = trial.insert()
        trial.start_worker()
        trial.arrives(between)
        session.commit()
    assert [change.op for change in trial.arrives(old, count=2)] == ["r", "d"]
    assert [change.op for change in trial.arrives(101)] == ["c"]
    assert_exact(trial.audited())


@pytest.mark.usefixtures("long")  # of Debezium, not of what we configure
def test_debezium_s_default_would_lose_open_transactions(trial: Trial) -> None:
    """Why `lint` refuses it: the change is in the table, and never in the topic."""
    trial.insert()
    with begin(trial, 1, 100) as session:
        trial.configure({BOUNDARY_MODE: "skip"})
        trial.flows()
        session.commit()
    trial.flows()
    report = trial.audited(seconds=1)
    assert trial.changes(100) == []
    assert (report.totals.missing, report.totals.extra) == (1, 1)
