"""Commands about the shared runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.e2e.command import Wms

if TYPE_CHECKING:
    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.model.stage import Stage


@pytest.fixture
def command(runtime: LocalRuntime, stage: Stage) -> Wms:
    return Wms(runtime, stage.name)
