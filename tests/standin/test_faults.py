"""What is made to go wrong: the stand-in's own, nothing of Oracle's but the texts."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.standin.kit import Miner

    from wms_connector.local.standin.control import Standin
    from wms_connector.oracle.database import Database


def test_an_error_for_the_statements_that_match_so_many_times(standin: Standin) -> None:
    standin.fault("CURRENT_SCN", error="ORA-01291", times=2, users="C##WMS")
    with standin.session("C##WMS") as session:
        for _ in range(2):
            with pytest.raises(OracleFailure, match="ORA-01291"):
                session.scalar("SELECT CURRENT_SCN FROM V$DATABASE")
        assert session.scalar("SELECT CURRENT_SCN FROM V$DATABASE") > 0
    assert standin.database.scalar("SELECT CURRENT_SCN FROM V$DATABASE") > 0


def test_a_cut_connection_is_rolled_back(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    app.execute(f"INSERT INTO {table}(ID) VALUES (1)")
    standin.cut("INSERT", users="WMS_APP")
    with pytest.raises(OracleFailure, match="ORA-03113"):
        app.execute(f"INSERT INTO {table}(ID) VALUES (2)")
    _soon(lambda: miner.rows(table)[-1]["ROLLBACK"] == 1)
    assert standin.database.scalar(f"SELECT COUNT(*) FROM {table}") == 0


def test_a_killed_session_is_rolled_back(
    app: Database, table: str, miner: Miner, standin: Standin
) -> None:
    app.execute(f"INSERT INTO {table}(ID) VALUES (1)")
    standin.kill_sessions("WMS_APP")
    _soon(lambda: miner.rows(table)[-1]["ROLLBACK"] == 1)
    with pytest.raises(OracleFailure):
        app.execute(f"INSERT INTO {table}(ID) VALUES (2)")


def test_refused_connections(standin: Standin) -> None:
    standin.refuse("ORA-12541")
    with pytest.raises(OracleFailure, match="ORA-12541"):
        standin.session("C##WMS")
    standin.allow()
    standin.session("C##WMS").close()


def test_a_frozen_statement_goes_on_when_the_fault_is_cleared(standin: Standin) -> None:
    standin.freeze("CURRENT_SCN", users="C##WMS")
    answers: list[object] = []
    with standin.session("C##WMS") as session:
        asks = threading.Thread(
            target=lambda: answers.append(session.scalar("SELECT CURRENT_SCN FROM V$DATABASE"))
        )
        asks.start()
        asks.join(0.5)
        assert answers == []
        standin.clear()
        asks.join(30)
        assert len(answers) == 1


def _soon(holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("not within 10 s")
