"""Functions run with nothing beside their package but what Lambda has, and start quickly.

A package is unpacked once, and what Python compiles of it stays beside it: all instances share it.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

_binary = lambda_runtime._detect_runtime_binary
_unpack = zipfile.ZipFile.extractall


def install() -> None:
    """Put ours in the place of the emulator's."""
    lambda_runtime._detect_runtime_binary = _runtime
    zipfile.ZipFile.extractall = _linked  # type: ignore[method-assign]


def _runtime(runtime: str) -> tuple[str, str]:
    """The emulator's own interpreter sees all packages that the tests see."""
    binary, script = _binary(runtime)
    return (os.environ["EMULATED_PYTHON"] if runtime.startswith("python") else binary), script


def _linked(self: zipfile.ZipFile, path: Any = None, *rest: Any, **more: Any) -> None:
    if path is None or Path(path).name != "code":
        _unpack(self, path, *rest, **more)
        return
    assert self.filename is not None
    digest = hashlib.sha256(Path(self.filename).read_bytes()).hexdigest()
    whole = Path(path).parents[1] / f"package-{digest[:20]}"
    if not whole.is_dir():
        aside = Path(path).parent / "unpacked"
        _unpack(self, aside)
        if not whole.is_dir():  # another instance may have been quicker
            aside.rename(whole)
    for entry in whole.iterdir():
        (Path(path) / entry.name).symlink_to(entry)
