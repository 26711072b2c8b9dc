"""Python functions run with nothing beside their package but what Lambda has."""

from __future__ import annotations

import os

from ministack.core import lambda_runtime

_binary = lambda_runtime._detect_runtime_binary


def install() -> None:
    """Put our interpreter in the place of the emulator's own, which sees all that tests see."""
    lambda_runtime._detect_runtime_binary = _runtime


def _runtime(runtime: str) -> tuple[str, str]:
    binary, script = _binary(runtime)
    return (os.environ["EMULATED_PYTHON"] if runtime.startswith("python") else binary), script
