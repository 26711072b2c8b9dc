"""Chaos: parts are killed and frozen under load; afterwards every row is counted.

Each test has a short form, which always runs. WMS_CONNECTOR_LONG=1 runs the long forms as well;
WMS_CONNECTOR_SEED chooses other moments.
"""

from __future__ import annotations

import os
import random
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


@pytest.fixture
def draw(record_property: pytest.RecordProperty) -> random.Random:
    """Chooses moments and victims; the seed is in the report."""
    seed = int(os.environ.get("WMS_CONNECTOR_SEED", "1"))
    record_property("seed", seed)
    return random.Random(seed)


@pytest.fixture
def long() -> None:
    """Skip unless the long forms were asked for."""
    if os.environ.get("WMS_CONNECTOR_LONG") != "1":
        pytest.skip("a long form: WMS_CONNECTOR_LONG=1 runs it")
