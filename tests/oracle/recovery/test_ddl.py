"""DDL: later events carry the new shape and nothing is lost, whoever was down meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.oracle.recovery.trial import SYS, Trial, keys

from wms_connector.connectors.debezium_oracle import DDL_IGNORED_OF
from wms_connector.local.standin import part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.standin.control import Standin


@pytest.fixture
def trial(alone_on_the_worker: LocalRuntime, standin: Standin, tmp_path: Path) -> Iterator[Trial]:
    with Trial(alone_on_the_worker, standin, tmp_path) as made:
        made.begin()
        yield made


def test_columns_change_while_it_runs(trial: Trial) -> None:
    before = trial.insert()
    trial.owner(f"ALTER TABLE {trial.path} ADD (COLOUR_CD VARCHAR2(8))")
    added = trial.insert(COLOUR_CD="red")
    trial.update(before, COLOUR_CD="blue")
    trial.owner(f"ALTER TABLE {trial.path} MODIFY (NOTE_TXT VARCHAR2(200), PLAN_QTY NUMBER(14,4))")
    widened = trial.insert(NOTE_TXT="x" * 200, PLAN_QTY="1234567890.1234")
    trial.owner(f"ALTER TABLE {trial.path} DROP COLUMN STAT_CD")
    trial.application.execute(
        f"INSERT INTO {trial.path} (ID, COLOUR_CD) VALUES (:id, 'green')",
        id=(dropped := next(trial.numbers)),
    )
    trial.application.commit()

    [last] = trial.arrives(dropped)
    created, updated = trial.changes(before)
    assert created.after is not None
    assert "COLOUR_CD" not in created.after
    assert (updated.before or {})["COLOUR_CD"] is None
    assert (updated.after or {})["COLOUR_CD"] == "blue"
    assert [(one.after or {})["COLOUR_CD"] for one in trial.changes(added)] == ["red"]
    [wide] = trial.changes(widened)
    assert wide.after is not None
    assert (wide.after["NOTE_TXT"], wide.after["PLAN_QTY"]) == ("x" * 200, "1234567890.1234")
    assert last.after is not None
    assert "STAT_CD" not in last.after
    trial.exact()


def test_columns_change_while_the_worker_is_stopped(trial: Trial) -> None:
    trial.kill_worker()
    old = trial.insert(STAT_CD="OPEN")
    trial.owner(f"ALTER TABLE {trial.path} ADD (COLOUR_CD VARCHAR2(8) DEFAULT 'none' NOT NULL)")
    trial.update(old, COLOUR_CD="blue")
    added = trial.insert(COLOUR_CD="red")
    trial.owner(f"ALTER TABLE {trial.path} MODIFY (NOTE_TXT VARCHAR2(200))")
    widened = trial.insert(NOTE_TXT="y" * 200)
    trial.owner(f"ALTER TABLE {trial.path} DROP COLUMN PLAN_QTY")
    trial.owner(f"ALTER TABLE {trial.path} RENAME COLUMN STAT_CD TO STATE_CD")
    trial.application.execute(f"DELETE FROM {trial.path} WHERE ID = :id", id=added)
    trial.application.commit()
    trial.standin.switch_log()
    trial.start_worker()

    created, updated = trial.arrives(old, count=2)
    assert (created.op, updated.op) == ("c", "u")
    assert "COLOUR_CD" not in (created.after or {})
    assert (created.after or {})["STAT_CD"] == "OPEN"
    assert (updated.after or {})["COLOUR_CD"] == "blue"
    inserted, deleted = trial.arrives(added, count=2)
    assert (inserted.after or {})["COLOUR_CD"] == "red"
    assert "PLAN_QTY" in (inserted.after or {})
    assert deleted.op == "d"
    assert "STATE_CD" in (deleted.before or {})
    assert "PLAN_QTY" not in (deleted.before or {})
    [wide] = trial.arrives(widened)
    assert (wide.after or {})["NOTE_TXT"] == "y" * 200
    trial.exact()


@pytest.mark.usefixtures("long")  # of Debezium, not of what we configure
def test_online_catalog_loses_track_where_hybrid_does_not(trial: Trial) -> None:
    trial.configure({"log.mining.strategy": "online_catalog"})
    trial.flows()
    trial.stop()
    old = trial.insert()
    trial.owner(f"ALTER TABLE {trial.path} ADD (COLOUR_CD VARCHAR2(8))")
    new = trial.insert(COLOUR_CD="red")
    trial.resume()
    failed = trial.fails()
    assert keys(failed) == {"structure-unknown", "stopped"}
    assert "hybrid" in str(failed["explained"])
    assert trial.changes(new) == []

    trial.configure({})
    assert [one.op for one in trial.arrives(old)] == ["c"]
    [arrived] = trial.arrives(new)
    assert (arrived.after or {})["COLOUR_CD"] == "red"
    trial.exact()


def by_sys(trial: Trial) -> None:
    with trial.standin.session(SYS) as session:
        session.execute(f"ALTER SESSION SET CONTAINER = {part.PDB}")
        session.execute(f"ALTER TABLE {trial.path} ADD (COLOUR_CD VARCHAR2(8))")


def test_ddl_by_sys_is_followed_where_the_default_fails(trial: Trial) -> None:
    trial.configure({DDL_IGNORED_OF: "SYS,SYSTEM"})  # Debezium's default
    before = trial.insert()
    trial.arrives(before)
    by_sys(trial)
    new = trial.insert(COLOUR_CD="red")
    trial.update(before, COLOUR_CD="blue")
    failed = trial.fails()
    assert keys(failed) == {"dml-not-parsed", "stopped"}
    assert "DDL it was told to leave out" in str(failed["explained"])
    assert trial.command("restart").status == 0
    trial.fails()  # a restart does not heal it

    trial.configure({})
    [created] = trial.arrives(new)
    assert (created.after or {})["COLOUR_CD"] == "red"
    _, updated = trial.arrives(before, count=2)
    assert (updated.after or {})["COLOUR_CD"] == "blue"
    trial.exact()
