"""The shared runtime on the stand-in, with its own connector out of the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.e2e.command import Wms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.local.runtime import LocalRuntime


@pytest.fixture(scope="module")
def alone_on_the_worker(oracle_runtime: LocalRuntime) -> Iterator[LocalRuntime]:
    """The runtime while its own connector is stopped."""
    command = Wms(oracle_runtime, oracle_runtime.stage.name)
    stopped = command("stop")
    assert stopped.status == 0, stopped
    yield oracle_runtime
    resumed = command("resume")
    assert resumed.status == 0, resumed
