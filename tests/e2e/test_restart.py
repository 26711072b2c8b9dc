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
    runtime: LocalRuntime, reader: Reader
) -> None:
    status = runtime.status()
    flows(reader, status)
    runtime.kill(WORKER, signal.SIGTERM)
    until(lambda: not runtime.status().running, "the worker's end")
    meanwhile = write_one(status)
    runtime.start(WORKER)
    reader.until_key(meanwhile, "what was written meanwhile")
    flows(reader, status)
    assert not any(change.op == "r" for change in reader.changes)


def test_down_and_up_again_go_on_where_they_were(runtime: LocalRuntime) -> None:
    before = runtime.status()
    last = write_one(before)
    assert set(runtime.down()) == {"worker-1", "broker", "postgres"}
    assert runtime.down() == ()
    after = runtime.up()
    assert set(after.started) == {"worker-1", "broker", "postgres"}
    with Reader.of(runtime, from_beginning=True) as reader:
        flows(reader, after)
        assert [change.op for change in reader.of_key(last)] == ["c"]
        assert snapshot_rows(reader) == PREPARED
    assert_exact(audited(runtime))
