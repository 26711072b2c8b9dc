"""The functions' package: our modules, what they import, and the pipeline file; without Docker.

It is made once for what it is made of and kept in the cache, so that synthesizing again takes no
time, and so that the same sources give the same package wherever it is made.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.infra.context import FUNCTIONS_PYTHON
from wms_connector.model.errors import WmsError
from wms_connector.model.pipeline import FILE_NAME
from wms_connector.model.places import default_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PACKAGES: Final = (
    "aws", "connect", "connectors", "events", "functions", "health", "kafka", "model", "oracle",
)  # fmt: skip
"""Our packages that handlers need; what only a laptop or a synthesis needs stays out."""

LAMBDA_PLATFORM: Final = "x86_64-manylinux_2_28"
"""Lambda's Python runs on Amazon Linux 2023, whose C library (2.34) is newer than these wheels
ask for."""

_LEFT_OUT: Final = ("connectors/lint",)
_RECIPE: Final = 1  # one more whenever the same files are put together otherwise
_KEPT_S: Final = 30 * 86_400  # a package that was not used for so long is made again if need be
# What an installer leaves about itself: the machine's paths, and programs that nobody calls.
_INSTALLERS: Final = ("bin", ".lock", "*.dist-info/RECORD", "*.dist-info/REQUESTED")


class BundleError(WmsError):
    """The functions' package cannot be made."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder that is uploaded as it is, and the digest of all that it was made from."""

    folder: Path
    digest: str


def bundle(
    pipeline_file: Path,
    *,
    python: str = FUNCTIONS_PYTHON,
    cache: Path | None = None,
    run: Callable[[Sequence[str]], None] | None = None,
) -> Bundle:
    """Give the package, and make it first if the cache has none.

    `python` is the version that the packages are chosen for; any other than Lambda's means the
    machine's own platform, for an emulator. Raises BundleError, and what reading a file raises.
    """
    root = (cache or default_cache()) / "functions"
    lock = lock_file()
    target = _target(python)
    sources = {f"wms_connector/{name}": path for name, path in _modules()} | {
        FILE_NAME: pipeline_file
    }
    needs = _digest([str(_RECIPE), *target, lock.read_text(encoding="utf-8")])
    whole = _digest(
        [needs, *(f"{name}\0{_digest_of(path)}" for name, path in sorted(sources.items()))]
    )
    packages = _made(
        root / f"packages-{needs[:20]}", lambda folder: _install(folder, lock, target, run or _run)
    )
    found = _made(root / whole[:20], lambda folder: _assemble(folder, packages, sources))
    return Bundle(found, whole)


def lock_file() -> Path:
    """Give functions.lock: in an installed package beside infra's modules, else in the clone."""
    beside = Path(__file__).parents[1] / "functions.lock"
    return beside if beside.is_file() else Path(__file__).parents[4] / "requirements" / beside.name


def _target(python: str) -> tuple[str, ...]:
    if python == FUNCTIONS_PYTHON:
        return ("--python-version", python, "--python-platform", LAMBDA_PLATFORM)
    return ("--python-version", python)


def _modules() -> Iterator[tuple[str, Path]]:
    """Our files, by their path in the package."""
    root = Path(__file__).parents[2]
    yield "__init__.py", root / "__init__.py"
    for package in PACKAGES:
        for path in (root / package).rglob("*"):
            name = path.relative_to(root).as_posix()
            if (
                path.is_file()
                and "__pycache__" not in path.parts
                and not name.startswith(_LEFT_OUT)
            ):
                yield name, path


def _made(folder: Path, make: Callable[[Path], None]) -> Path:
    """Give a folder that is whole or not there: it is made aside and then renamed."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        _forget_unused(folder.parent)
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix="making-"))
        try:
            make(aside)
            aside.chmod(0o755)
            if not folder.is_dir():  # another process may have been quicker
                aside.rename(folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    os.utime(folder)
    return folder


def _forget_unused(root: Path) -> None:
    for folder in root.iterdir():
        if folder.stat().st_mtime < time.time() - _KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)


def _install(
    folder: Path, lock: Path, target: Sequence[str], run: Callable[[Sequence[str]], None]
) -> None:
    import uv

    run([
        uv.find_uv_bin(), "pip", "install", "--quiet",
        "--no-deps", "--require-hashes", "--only-binary", ":all:",
        "--no-compile-bytecode", "--link-mode", "copy", "--no-python-downloads",
        "--python", sys.executable, *target,
        "--target", str(folder), "--requirement", str(lock),
    ])  # fmt: skip
    for pattern in _INSTALLERS:
        for path in folder.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _assemble(folder: Path, packages: Path, sources: dict[str, Path]) -> None:
    # Linked, not copied: what is installed is the same for every pipeline and version of ours.
    shutil.copytree(packages, folder, copy_function=_link, dirs_exist_ok=True)
    for name, source in sources.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        told = " ".join(done.stderr.split())[-600:]
        raise BundleError(
            f"the packages of the functions cannot be installed: {told}",
            hint="Check the network and the settings of the package index (UV_INDEX_URL)",
        )


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
