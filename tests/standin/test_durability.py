"""A kill of the server loses no commit that was acknowledged, and ends what was open."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING

from tests.standin.kit import PASSWORDS, Miner

from wms_connector.local.standin.control import Standin
from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    import pytest
    from tests.standin.kit import Server


def test_what_was_committed_is_there_after_a_kill(
    server: Server, standin: Standin, table: str, request: pytest.FixtureRequest
) -> None:
    committed: list[int] = []
    with standin.session("C##WMS", service="ORCLCDB") as session:
        since = Miner(session).since
    left = standin.session("WMS_APP")
    left.execute(f"INSERT INTO {table}(ID) VALUES (1)")  # never committed

    def write(first: int) -> None:
        try:
            with standin.session("WMS_APP") as writer:
                for number in range(first, first + 1_000_000):
                    writer.execute(f"INSERT INTO {table}(ID) VALUES (:n)", n=number)
                    writer.commit()
                    committed.append(number)
        except OracleFailure:
            return

    writers = [threading.Thread(target=write, args=(n * 1_000_000,)) for n in range(1, 4)]
    for writer in writers:
        writer.start()
    while len(committed) < 30:
        assert any(writer.is_alive() for writer in writers)
        time.sleep(0.02)
    server.end(signal.SIGKILL)
    for writer in writers:
        writer.join()
    left.close()
    server.start()
    standin.reconnect()

    rows = {int(row["ID"]) for row in standin.database.query(f"SELECT ID FROM {table}")}
    assert rows >= set(committed)
    assert 1 not in rows
    with Standin(server.port, PASSWORDS) as control:
        session = control.session("C##WMS", service="ORCLCDB")
        miner = Miner(session)
        miner.since = since
        mined = miner.rows(table, options=" + DBMS_LOGMNR.COMMITTED_DATA_ONLY")
        ends = {row["XID"]: row["OPERATION"] for row in miner.rows()}
        session.close()
    assert len(mined) == len(rows)
    assert set(ends.values()) <= {"COMMIT", "ROLLBACK"}  # nothing is left open
