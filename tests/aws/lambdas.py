"""What a Lambda function has beside its package: the interpreter's own modules, and boto3."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Final

_IN_THE_RUNTIME: Final = (
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "dateutil",
    "six",
    "urllib3",
)


def runtime_python(folder: Path) -> Path:
    """Make an interpreter that sees no package but those of Lambda's own runtime, and give it.

    With the tests' own environment a function that lacks a package would find it there.
    """
    packages = folder / "lambda-runtime"
    packages.mkdir()
    for name in _IN_THE_RUNTIME:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (packages / source.name).symlink_to(source)
    base = sys._base_executable  # type: ignore[attr-defined]
    script = folder / "lambda-python"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{packages}" exec "{base}" -S -B "$@"\n')
    script.chmod(0o700)
    return script
