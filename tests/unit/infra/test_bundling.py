"""How the functions' package is put together; what is installed into it is a stand-in's."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wms_connector.infra.constructs import bundling
from wms_connector.infra.constructs.bundling import BundleError, bundle

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[3]


class Installer:
    """Leaves what uv leaves, and remembers what it was asked."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []

    def __call__(self, command: Sequence[str]) -> None:
        self.commands.append(list(command))
        target = Path(command[command.index("--target") + 1])
        for name in ("bin/httpx", ".lock", "httpx/__init__.py", "httpx-1.dist-info/RECORD"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_text(str(target))


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    file = tmp_path / "pipeline.toml"
    file.write_bytes((ROOT / "pipeline.toml").read_bytes())
    return file


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_holds_what_handlers_need_and_nothing_of_laptop_or_synthesis(
    pipeline: Path, tmp_path: Path
) -> None:
    found = bundle(pipeline, cache=tmp_path / "cache", run=Installer())
    inside = names(found.folder)
    assert {"pipeline.toml", "httpx/__init__.py", "wms_connector/functions/topics.py"} <= inside
    ours = {name.split("/")[1] for name in inside if name.startswith("wms_connector/")}
    assert not ours & {"cli", "local", "infra", "audit", "demo"}
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in inside)
    # Nothing that tells the machine it was made on.
    assert not any(name.startswith("bin/") or name.endswith("RECORD") for name in inside)
    assert (found.folder / "pipeline.toml").read_bytes() == pipeline.read_bytes()


def test_the_same_sources_are_the_same_package_and_are_made_once(
    pipeline: Path, tmp_path: Path
) -> None:
    installer = Installer()
    first = bundle(pipeline, cache=tmp_path / "cache", run=installer)
    again = bundle(pipeline, cache=tmp_path / "cache", run=installer)
    elsewhere = bundle(pipeline, cache=tmp_path / "other", run=Installer())
    assert first == again
    assert first.digest == elsewhere.digest
    assert len(installer.commands) == 1


def test_another_pipeline_file_is_another_package_with_the_same_installation(
    pipeline: Path, tmp_path: Path
) -> None:
    installer = Installer()
    first = bundle(pipeline, cache=tmp_path / "cache", run=installer)
    pipeline.write_text(pipeline.read_text() + "\n# another\n")
    second = bundle(pipeline, cache=tmp_path / "cache", run=installer)
    assert first.digest != second.digest
    assert len(installer.commands) == 1


def test_packages_are_chosen_for_lambda_and_checked(pipeline: Path, tmp_path: Path) -> None:
    installer = Installer()
    bundle(pipeline, cache=tmp_path / "cache", run=installer)
    (command,) = installer.commands
    asked = " ".join(command)
    assert "--python-version 3.13 --python-platform x86_64-manylinux_2_28" in asked
    assert "--require-hashes" in command
    assert "--no-deps" in command
    assert "--only-binary :all:" in asked


def test_an_emulators_python_is_that_of_the_machine(pipeline: Path, tmp_path: Path) -> None:
    installer = Installer()
    lambdas = bundle(pipeline, cache=tmp_path / "cache", run=installer)
    own = bundle(pipeline, python="3.11", cache=tmp_path / "cache", run=installer)
    assert own.digest != lambdas.digest
    assert "--python-platform" not in installer.commands[1]


def test_a_failed_installation_leaves_nothing_and_is_told(pipeline: Path, tmp_path: Path) -> None:
    def fail(command: Sequence[str]) -> None:
        Installer()(command)
        bundling._run(["sh", "-c", "echo no such wheel >&2; exit 1"])

    with pytest.raises(BundleError, match="no such wheel"):
        bundle(pipeline, cache=tmp_path / "cache", run=fail)
    assert list((tmp_path / "cache" / "functions").iterdir()) == []


def test_what_was_not_used_for_a_month_goes(pipeline: Path, tmp_path: Path) -> None:
    old = tmp_path / "cache" / "functions" / "old"
    old.mkdir(parents=True)
    os.utime(old, (time.time() - 31 * 86_400,) * 2)
    bundle(pipeline, cache=tmp_path / "cache", run=Installer())
    assert not old.exists()


def test_the_cache_is_where_the_user_says(
    monkeypatch: pytest.MonkeyPatch, pipeline: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("WMS_CONNECTOR_CACHE", str(tmp_path / "chosen"))
    made = bundle(pipeline, run=Installer())
    assert made.folder.parent == tmp_path / "chosen" / "functions"
