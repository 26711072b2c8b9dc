from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from wms_connector.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Result:
    """Exit status and what was printed."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def wms(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Result]:
    """Run `wms-connector` in an empty folder, with no runtime anywhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STAGE", raising=False)
    monkeypatch.setenv("WMS_CONNECTOR_STATE", str(tmp_path / "state"))

    def call(*args: str) -> Result:
        status = run(list(args))
        printed = capsys.readouterr()
        return Result(status, printed.out, printed.err)

    return call
