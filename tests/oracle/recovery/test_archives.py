"""Archived logs that come late. For those that never come see test_recover.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.e2e.command import Wms
from tests.e2e.support import Reader, assert_exact, audited, flows, insert_waiver, new_number, until

from wms_connector.cli.database import signed_in

if TYPE_CHECKING:
    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.standin.control import Standin


def test_an_archive_that_comes_late_is_waited_for(
    oracle_runtime: LocalRuntime, reader: Reader, standin: Standin
) -> None:
    wms = Wms(oracle_runtime, oracle_runtime.stage.name)
    status = oracle_runtime.status()
    flows(reader, status)

    def shown() -> Any:
        [connector] = wms("status", "--json").json["connectors"]
        assert [task["state"] for task in connector["tasks"]] == ["RUNNING"]
        return connector["lag"]["archive"]

    with signed_in(status.database_dsn) as session:
        before, after = new_number(), new_number()
        insert_waiver(session, before)
        current = "SELECT SEQUENCE# FROM V$LOG WHERE STATUS = 'CURRENT'"
        sequence = int(standin.database.scalar(current))
        standin.hold_archiving()
        standin.switch_log()
        insert_waiver(session, after)
        session.commit()
    # It is told which log is missing; nothing is purged, so nothing has to be repaired.
    assert shown()["not_archived"]["sequence"] == sequence
    assert not shown()["restart_point_purged"]
    assert f"waits for the archiver: log {sequence}" in wms("status").out
    assert wms("recover", "snapshot", "--yes").status == 2
    # Meanwhile the task can be stopped and started.
    assert wms("stop").status == 0
    assert wms("resume").status == 0
    reader.to_the_end()
    assert reader.of_key(before) == reader.of_key(after) == []

    standin.hold_archiving(False)
    for number in (before, after):
        assert [change.op for change in reader.until_key(number, "a late row")] == ["c"]
    until(lambda: shown()["not_archived"] is None, "nothing is waited for")
    flows(reader, status)
    assert not any(change.op == "r" for change in reader.changes)
    assert_exact(audited(oracle_runtime))
