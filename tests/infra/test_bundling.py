"""The functions' package as it is really made, without Docker."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wms_connector.infra.constructs.bundling import Bundle, bundle
from wms_connector.infra.constructs.function_settings import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
LAMBDAS_LIMIT = 250 * 1024 * 1024
"""Bytes of an unpacked function that Lambda takes."""

RUNTIMES = ("boto3", "botocore", "s3transfer")
"""Lambda's runtime has these."""


@pytest.fixture(scope="module")
def own() -> Bundle:
    """The package for the Python that runs the tests, so that it can be imported here."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return bundle(ROOT / "pipeline.toml", python=version)


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_every_handler_can_be_imported_from_the_package_alone(own: Bundle, tmp_path: Path) -> None:
    for name in RUNTIMES:
        package = Path(importlib.import_module(name).__path__[0])
        (tmp_path / name).symlink_to(package)
    modules = sorted({settings.handler.rpartition(".")[0] for settings in ALL})
    script = f"import sys; sys.path[:0] = [{str(own.folder)!r}, {str(tmp_path)!r}]\n" + "".join(
        f"import {module}\n" for module in modules
    )
    # Neither the tests' own packages nor the user's; and nothing may be written into the package.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", script],
        capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_it_fits_into_lambda_and_names_no_machine(own: Bundle) -> None:
    assert sum(path.stat().st_size for path in files(own.folder)) < LAMBDAS_LIMIT
    here = str(ROOT).encode()
    texts = [path for path in files(own.folder) if path.suffix != ".so"]
    assert [path for path in texts if here in path.read_bytes()] == []


def test_two_runs_make_the_same_package(own: Bundle, tmp_path: Path) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    again = bundle(ROOT / "pipeline.toml", python=version, cache=tmp_path)
    assert again.digest == own.digest

    def content(folder: Path) -> dict[str, bytes]:
        return {str(path.relative_to(folder)): path.read_bytes() for path in files(folder)}

    assert content(again.folder) == content(own.folder)
