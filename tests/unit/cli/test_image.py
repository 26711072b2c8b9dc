"""`image`: what is said before anything is fetched or built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.model.plugin import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from tests.unit.cli.conftest import Result

    Wms = Callable[..., Result]


def test_kind_jdbc_without_its_plugin(
    wms: Wms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    for command in (["context", "--into", str(tmp_path / "into")], ["build"]):
        result = wms("image", *command, "--connector", "jdbc", "--connector-class", "io.x.Source")
        assert result.status == 1
        assert VARIABLE in result.err
        assert not result.out
    assert not (tmp_path / "into").exists()


def test_no_program_that_builds(wms: Wms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK_DOCKER", str(tmp_path / "none"))
    result = wms("image", "build")
    assert (result.status, result.out) == (1, "")
    assert "Install docker" in result.err


def test_a_platform_that_fargate_has_not(wms: Wms) -> None:
    assert wms("image", "build", "--platform", "linux/s390x").status == 2
