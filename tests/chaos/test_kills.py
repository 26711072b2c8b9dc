"""SIGKILL of each part, under load: nothing lost, nothing twice; and during the snapshot.

Each test has a short form, which always runs. WMS_CONNECTOR_LONG=1 runs the long forms as well;
WMS_CONNECTOR_SEED chooses other moments.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from tests.e2e.support import (
    Reader,
    Writer,
    assert_exact,
    audited,
    flows,
    kill_under_load,
    prepared,
    snapshot_rows,
    write_one,
)

from wms_connector.local import broker
from wms_connector.local.runtime import LocalRuntime

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.model.pipeline import Pipeline

PARTS = ["worker-1", "broker", "postgres"]
ROWS = 20_000  # of a snapshot that is killed on its way
AWAY = 7.0
"""Seconds that a killed broker is away: what was open when it died times out, after 10 s, while
the broker is up again and not let in yet."""


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_killed_under_load(part: str, runtime: LocalRuntime, reader: Reader) -> None:
    with Writer(runtime.status().database_dsn) as writer:
        writer.until_written(50)
        away = AWAY if part == broker.NAME else 0
        kill_under_load(runtime, reader, writer, part, meanwhile=lambda: time.sleep(away))
    assert (writer.lost_connections > 0) == (part == "postgres")
    assert not any(change.op == "r" for change in reader.changes)
    assert_exact(audited(runtime))


@pytest.mark.usefixtures("long")
def test_many_kills_at_random_moments(
    draw: random.Random, runtime: LocalRuntime, reader: Reader
) -> None:
    with Writer(runtime.status().database_dsn, rate=500) as writer:
        for _ in range(12):
            writer.until_written(draw.randint(1, 2_000))
            kill_under_load(runtime, reader, writer, draw.choice([*PARTS, "worker-1"]))
    assert not any(change.op == "r" for change in reader.changes)
    assert_exact(audited(runtime))


@pytest.fixture
def fresh(session_folder: Path, pipeline: Pipeline) -> Iterator[LocalRuntime]:
    """A runtime whose database has rows that nothing has read yet; not started."""
    runtime = LocalRuntime(
        session_folder / "snapshot",
        pipeline,
        pipeline.stage("snapshot"),
        prepare=prepared(ROWS),
    )
    yield runtime
    runtime.down(purge=True)


def kill_in_the_snapshot(fresh: LocalRuntime, parts: list[str], draw: random.Random) -> None:
    """Start, kill each part at a moment of the snapshot, and audit when all is read.

    A snapshot that was cut off is taken anew, which no delivery guarantee covers: its rows come
    twice. Every row comes, every change that was made meanwhile comes, and comes once.
    """
    fresh.up()
    written = []
    with Reader.of(fresh, from_beginning=True) as reader:
        for part in parts:
            wanted = min(snapshot_rows(reader) + draw.randint(1, ROWS // 10), ROWS)
            reader.until(lambda change: change.op == "r", "more of the snapshot", count=wanted)
            fresh.kill(part)
            if part == "worker-1":
                written += [write_one(fresh.status()) for _ in range(20)]
            fresh.start(part)
        written.append(flows(reader, fresh.status()))
        report = audited(fresh)
        reader.to_the_end()
        assert report.totals.missing == report.totals.different == report.totals.extra == 0
        repeated = sum(change.op == "r" for change in reader.changes) - ROWS
        assert report.totals.duplicates <= repeated
        for number in written:
            assert sum(change.op == "c" for change in reader.of_key(number)) <= 1


def test_the_worker_is_killed_during_the_snapshot(fresh: LocalRuntime, draw: random.Random) -> None:
    kill_in_the_snapshot(fresh, ["worker-1"], draw)


@pytest.mark.usefixtures("long")
def test_parts_are_killed_during_the_snapshot(fresh: LocalRuntime, draw: random.Random) -> None:
    kill_in_the_snapshot(fresh, draw.sample([*PARTS, "worker-1"], 4), draw)
