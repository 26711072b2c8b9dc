"""The runtime of the end-to-end tests: they share one, with rows that were there before."""

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
    """Reads from now on."""
    with Reader.of(shared) as reader:
        yield reader


@pytest.fixture
def reader_of_all(shared: LocalRuntime) -> Iterator[Reader]:
    """Reads from the beginning of the topics."""
    with Reader.of(shared, from_beginning=True) as reader:
        yield reader
