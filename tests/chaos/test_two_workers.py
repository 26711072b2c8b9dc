"""Two workers: the one that runs the task is killed, and the other takes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.e2e.support import PATIENCE, Writer, assert_exact, audited, flows, until

from wms_connector.connect.client import ConnectClient
from wms_connector.connect.wait import Waiting, until_running
from wms_connector.local.runtime import LocalRuntime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.support import Reader

NAME = "wms-oracle-cdc"


@pytest.fixture
def two(runtime: LocalRuntime) -> Iterator[LocalRuntime]:
    """The shared runtime with a second worker, which is taken away again."""
    grown = LocalRuntime(runtime.folder.path, runtime.pipeline, runtime.stage, workers=2)
    assert grown.up().started == ("worker-2",)
    yield grown
    assert {part.name for part in runtime.up().parts} == {"postgres", "broker", "worker-1"}


def runs_the_task(runtime: LocalRuntime) -> str:
    """Which worker runs the task."""
    status = runtime.status()
    with ConnectClient(status.connect_urls) as client:
        waiting = Waiting(seconds=PATIENCE, settle=1)
        [task] = until_running(client, [NAME], waiting)[NAME].tasks
    [name] = [part.name for part in status.parts if task.worker_id.endswith(f":{part.port}")]
    return name


def take_over(two: LocalRuntime, reader: Reader, times: int) -> None:
    with Writer(two.status().database_dsn) as writer:
        for _ in range(times):
            writer.until_written(50)
            victim = runs_the_task(two)
            two.kill(victim)
            flows(reader, two.status())  # without anybody's help
            assert runs_the_task(two) != victim
            until(lambda: not two.status().running, "the victim's absence")
            assert two.up().started == (victim,)
            flows(reader, two.status())
    assert_exact(audited(two))


def test_the_other_worker_takes_over(two: LocalRuntime, reader: Reader) -> None:
    take_over(two, reader, 1)


@pytest.mark.usefixtures("long")
def test_the_workers_take_over_from_each_other(two: LocalRuntime, reader: Reader) -> None:
    take_over(two, reader, 5)
