"""SIGKILL of each part while writers write: nothing lost, nothing twice, no second snapshot.

A transaction is open all the while: over the restarts and several logs it arrives whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.e2e.support import (
    Reader,
    Writer,
    assert_exact,
    audited,
    insert_waiver,
    kill_under_load,
    new_number,
)

from wms_connector.cli.database import signed_in

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.standin.control import Standin
    from wms_connector.oracle.database import Database

PARTS = ["worker-1", "broker", "oracle-standin"]
ROWS = 50  # that an open transaction writes before, and again after a kill


@pytest.fixture
def session(oracle_runtime: LocalRuntime) -> Iterator[Database]:
    """The application's."""
    with signed_in(oracle_runtime.status().database_dsn) as session:
        yield session


def write_rows(session: Database) -> list[int]:
    """Insert rows; no commit."""
    numbers = [new_number() for _ in range(ROWS)]
    for number in numbers:
        insert_waiver(session, number)
    return numbers


def test_three_kills_under_load(
    oracle_runtime: LocalRuntime, reader: Reader, session: Database, standin: Standin
) -> None:
    dsn = oracle_runtime.status().database_dsn
    with Writer(dsn, seed=1, rate=50) as one, Writer(dsn, seed=100, rate=50) as other:
        one.until_written(50)
        whole = write_rows(session)

        def switch_logs() -> None:
            for _ in range(3):  # as many as there are: no online log has what is read next
                one.until_written(5)
                standin.switch_log()

        kill_under_load(oracle_runtime, reader, other, "worker-1", meanwhile=switch_logs)
        whole += write_rows(session)
        kill_under_load(oracle_runtime, reader, other, "broker")
        whole += write_rows(session)
        session.commit()
        open_ = write_rows(session)
        for number in whole:
            assert [change.op for change in reader.until_key(number, "a row")] == ["c"]
        kill_under_load(oracle_runtime, reader, other, "oracle-standin")
        one.until_written(50)
    assert (one.lost_connections, other.lost_connections) > (0, 0)
    assert_exact(audited(oracle_runtime))
    reader.to_the_end()
    assert not any(change.op == "r" for change in reader.changes)
    assert [reader.of_key(number) for number in open_] == [[]] * ROWS
    assert len({reader.of_key(number)[0].source["commit_scn"] for number in whole}) == 1


@pytest.mark.usefixtures("long", "standin")
def test_many_kills_at_random_moments(
    draw: random.Random, oracle_runtime: LocalRuntime, reader: Reader
) -> None:
    with Writer(oracle_runtime.status().database_dsn, rate=300) as writer:
        for _ in range(12):
            writer.until_written(draw.randint(1, 1_000))
            kill_under_load(oracle_runtime, reader, writer, draw.choice([*PARTS, "worker-1"]))
    assert not any(change.op == "r" for change in reader.changes)
    assert_exact(audited(oracle_runtime))
