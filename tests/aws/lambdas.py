"""What a Lambda function has beside its package: the interpreter's own modules, and boto3."""

from __future__ import annotations

import importlib.util
import shutil
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
        if origin.name == "__init__.py":
            shutil.copytree(origin.parent, packages / name)
        else:
            shutil.copy(origin, packages)
    base = sys._base_executable  # type: ignore[attr-defined]
    script = folder / "lambda-python"
    script.write_text(
        "#!/bin/sh\n"
        "unset PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX\n"
        f'PYTHONPATH="{packages}" exec "{base}" -S "$@"\n'
    )
    script.chmod(0o700)
    return script
