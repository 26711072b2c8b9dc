"""The two ways out of `recover`, walked on the real connector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.e2e.support import audited, until

if TYPE_CHECKING:
    from tests.oracle.breakable import Breakable

TABLE = "WMS.PLAN_BASE_WVR_TBL"


def test_archive_purged(scene: Breakable) -> None:
    changed, deleted, inserted = scene.new(), scene.new(), scene.new()
    with scene.reader() as reader:
        scene.insert(changed)
        scene.insert(deleted)
        reader.until_key(changed, "the first row")
        reader.until_key(deleted, "the second row")
        scene.stop()
        scene.change(f"UPDATE {TABLE} SET PRTY_NBR = 7 WHERE PLAN_WVR_ID = {changed}")
        scene.change(f"DELETE FROM {TABLE} WHERE PLAN_WVR_ID = {deleted}")
        scene.insert(inserted)
        scene.purge()

        # It is known before the connector is started again, and found when it is.
        assert scene.connector()["lag"]["archive"]["restart_point_purged"]
        assert "restart-point-purged" in scene.resume_fails().err
        (entry, *_) = scene.connector()["tasks"][0]["explained"]
        assert entry["recover"] == ["snapshot"]
        dry = scene.wms("recover", "snapshot", "--json").json
        assert not dry["done"]
        assert scene.connector()["tasks"][0]["state"] == "FAILED"

        done = scene.wms("recover", "snapshot", "--yes")
        assert done.status == 0, done
        (first, again) = reader.until_key(changed, "the changed row, read anew", count=2)
        assert (first.op, again.op) == ("c", "r")
        assert again.after is not None
        assert again.after["PRTY_NBR"] == "7"
        (new,) = reader.until_key(inserted, "the new row")
        assert new.op == "r"
        # The delete is lost, and the audit says of which row.
        assert [change.op for change in reader.of_key(deleted)] == ["c"]
        report = audited(scene.runtime)
        assert (report.totals.extra, report.totals.missing, report.totals.different) == (1, 0, 0)
        assert any(str(deleted) in sentence for sentence in report.sentences())

        # As docs/recovery.md says: the row comes back and goes, this time with its event.
        scene.insert(deleted)
        scene.change(f"DELETE FROM {TABLE} WHERE PLAN_WVR_ID = {deleted}")
        reader.until_key(deleted, "the delete", count=3)
        assert [change.op for change in reader.of_key(deleted)] == ["c", "c", "d"]
        until(lambda: reader.more() or reader.tombstones(deleted), "its tombstone")
    scene.is_well()


@pytest.mark.usefixtures("long")
def test_archive_purged_while_the_connector_runs(scene: Breakable) -> None:
    before, lost, after = scene.new(), scene.new(), scene.new()
    with scene.reader() as reader:
        scene.insert(before)
        reader.until_key(before, "a row before")
        scene.control.freeze("LOGMNR_CONTENTS", users="C##WMS")
        scene.insert(lost)
        scene.purge()
        scene.control.clear()
        # It looks for the log for an hour; nobody has to wait for that.
        connector = scene.connector()
        assert connector["lag"]["archive"]["restart_point_purged"]
        assert connector["tasks"][0]["state"] == "RUNNING"
        done = scene.wms("recover", "snapshot", "--yes")
        assert done.status == 0, done
        scene.insert(after)
        reader.until_key(after, "a row after")
        assert [change.op for change in reader.of_key(lost)] == ["r"]
    scene.is_well()


def test_schema_history_lost_while_a_transaction_is_open(scene: Breakable) -> None:
    before, meanwhile, late, after = (scene.new() for _ in range(4))
    with scene.reader() as reader, scene.session() as open_one:
        scene.insert(before)
        reader.until_key(before, "a row before")
        scene.insert(late, open_one)
        scene.stop()
        scene.lose_history()
        scene.insert(meanwhile)
        assert "schema-history-lost" in scene.resume_fails().err
        read = sum(change.op == "r" for change in reader.changes)

        done = scene.wms("recover", "schema-history", "--yes")
        assert done.status == 0, done
        reader.until_key(meanwhile, "the row written meanwhile")
        open_one.commit()
        reader.until_key(late, "the row of the open transaction")
        assert scene.wms("restart", "--all").status == 0  # it starts from the rebuilt history
        scene.insert(after)
        reader.until_key(after, "a row after")
        for number in (before, meanwhile, late, after):
            assert [change.op for change in reader.of_key(number)] == ["c"]
        assert sum(change.op == "r" for change in reader.changes) == read
    scene.is_well()
    config = scene.wms("plan", "--json").json
    assert not config["changes"], config  # the mode is as it was


@pytest.mark.parametrize(
    ("ddl", "read"),
    [("ADD (RECOVER_TXT VARCHAR2(10))", True), ("DROP COLUMN ITEM_ID", False)],
    ids=["column added", "column dropped"],
)
def test_schema_history_lost_and_a_table_changed(scene: Breakable, ddl: str, read: bool) -> None:
    before, old, new = scene.new(), scene.new(), scene.new()
    with scene.reader() as reader:
        scene.insert(before)
        reader.until_key(before, "a row before")
        scene.stop()
        scene.insert(old)
        scene.control.sql(f"ALTER TABLE {TABLE} {ddl}")
        scene.insert(new)
        scene.lose_history()
        scene.resume_fails()

        refused = scene.wms("recover", "schema-history", "--yes")
        assert refused.status == 2
        assert TABLE in refused.err
        assert scene.connector()["tasks"][0]["state"] == "FAILED"

        scene.wms("recover", "schema-history", "--yes", "--anyway", "to see")
        if not read:
            # Rightly refused: a row that was written before cannot be read with what is left.
            until(lambda: "dml-not-parsed" in scene.wms("status").out, "the row in the way")
            done = scene.wms("recover", "snapshot", "--yes")
            assert done.status == 0, done
        for number in (old, new):
            (row,) = reader.until_key(number, "each row once")
            assert row.op == ("c" if read else "r")
            assert row.after is not None
            assert ("RECOVER_TXT" in row.after, "ITEM_ID" in row.after) == (True, read)
    scene.is_well()
    assert not scene.wms("plan", "--json").json["changes"]  # the mode is as it was


def test_what_runs_needs_no_repair(scene: Breakable) -> None:
    for what in ("snapshot", "schema-history"):
        refused = scene.wms("recover", what, "--yes")
        assert refused.status == 2
        assert "--anyway" in refused.err
