"""Where the cache and a stage's state lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.model.places import default_cache, default_state
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

STAGE = Stage.parse("main")


def test_the_user_chooses(tmp_path: Path) -> None:
    chosen = {"WMS_CONNECTOR_STATE": str(tmp_path), "WMS_CONNECTOR_CACHE": str(tmp_path)}
    assert default_state(STAGE, chosen) == default_cache(chosen) == tmp_path


def test_else_the_users_own_folders() -> None:
    base = {"XDG_STATE_HOME": "/x", "XDG_CACHE_HOME": "/y"}
    assert str(default_state(STAGE, base)) == "/x/wms-connector/main"
    assert str(default_cache(base)) == "/y/wms-connector"


def test_the_process_environment_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WMS_CONNECTOR_CACHE", str(tmp_path))
    assert default_cache() == tmp_path
    monkeypatch.delenv("WMS_CONNECTOR_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "wms-connector"
