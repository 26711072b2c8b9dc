"""Parts that stop and start again go on where they were."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from tests.e2e.support import (
    PREPARED,
    Reader,
    assert_exact,
    audited,
    flows,
    snapshot_rows,
    until,
    write_one,
)

if TYPE_CHECKING:
    from wms_connector.local.runtime import LocalRuntime

WORKER = "worker-1"


def test_a_worker_that_was_away_takes_no_second_snapshot(
    shared: LocalRuntime, reader: Reader
) -> None:
    status = shared.status()
    flows(reader, status)
    shared.kill(WORKER, signal.SIGTERM)
    until(lambda: not shared.status().running, "the worker's end")
    meanwhile = write_one(status)
    shared.start(WORKER)
    reader.until_key(meanwhile, "what was written meanwhile")
    flows(reader, status)
    assert not any(change.op == "r" for change in reader.changes)


def test_down_and_up_again_go_on_where_they_were(shared: LocalRuntime) -> None:
    before = shared.status()
    last = write_one(before)
    assert set(shared.down()) == {"worker-1", "broker", "postgres"}
    assert shared.down() == ()
    after = shared.up()
    assert set(after.started) == {"worker-1", "broker", "postgres"}
    with Reader.of(shared, from_beginning=True) as reader:
        flows(reader, after)
        assert [change.op for change in reader.of_key(last)] == ["c"]
        assert snapshot_rows(reader) == PREPARED
    assert_exact(audited(shared))
