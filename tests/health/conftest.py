"""The shared runtime, watched and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto import mock_aws
from tests.health.scene import Function, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.local.runtime import LocalRuntime


@pytest.fixture
def watched(runtime: LocalRuntime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    with mock_aws():
        yield Scene(runtime, Function(runtime))
