"""A part that hangs: neither dead nor alive, under load."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from tests.e2e.support import Writer, assert_exact, audited, flows_again, for_a_while

if TYPE_CHECKING:
    from tests.e2e.support import Reader

    from wms_connector.local.runtime import LocalRuntime


def freeze(runtime: LocalRuntime, reader: Reader, part: str, seconds: float) -> None:
    """Freeze a part for so long."""
    with Writer(runtime.status().database_dsn) as writer:
        writer.until_written(50)
        runtime.kill(part, signal.SIGSTOP)
        try:
            for _ in for_a_while(seconds):
                pass
        finally:
            runtime.kill(part, signal.SIGCONT)
        flows_again(reader, runtime)
        writer.until_written(20)
    assert_exact(audited(runtime))


@pytest.mark.parametrize("part", ["broker", "worker-1"])
def test_a_part_hangs_for_a_moment(part: str, runtime: LocalRuntime, reader: Reader) -> None:
    freeze(runtime, reader, part, 3)


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("part", ["broker", "worker-1", "postgres"])
def test_a_part_hangs_for_a_minute(part: str, runtime: LocalRuntime, reader: Reader) -> None:
    freeze(runtime, reader, part, 60)
