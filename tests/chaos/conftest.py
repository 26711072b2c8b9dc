"""Chaos: parts are killed and frozen under load; afterwards every row is counted.

Each test has a short form, which always runs. WMS_CONNECTOR_LONG=1 runs the long forms as well;
WMS_CONNECTOR_SEED chooses other moments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.e2e.support import Reader, shared_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime


@pytest.fixture(scope="session")
def shared(session_folder: Path, repository: Path) -> LocalRuntime:
    return shared_runtime(session_folder, repository / "pipeline.toml")


@pytest.fixture
def reader(shared: LocalRuntime) -> Iterator[Reader]:
    with Reader.of(shared) as reader:
        yield reader
