"""Builds the worker's image with docker, or with what takes its place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.infra.image import ImageError
from wms_connector.local.image import make_context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.infra.image import ImageSource
    from wms_connector.local.fetch import Cache
    from wms_connector.local.progress import Progress

TOOL_VARIABLE: Final = "CDK_DOCKER"
"""Environment variable that names another program than docker: the CDK's own."""


def build(source: ImageSource, tag: str, cache: Cache, progress: Progress) -> None:
    """Make the context and build the image, without a network; it is then called `tag`.

    What the tool tells goes to standard error. Raises ImageError, ArtifactError.
    """
    program = tool()
    with tempfile.TemporaryDirectory(prefix="wms-connector-image-") as scratch:
        context = Path(scratch) / "context"
        make_context(source, context, cache, progress)
        done = subprocess.run(
            command(source, tag, program, context),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
        )
    if done.returncode != 0:
        raise ImageError(
            f"{program} could not build {tag} (status {done.returncode})",
            hint="Its own words are above",
        )


def command(source: ImageSource, tag: str, program: str, context: Path) -> list[str]:
    """Give the command line, which docker, podman and buildah all understand."""
    arguments = {
        "BASE": source.base,
        "VERSION": version("wms-connector"),
        "DIGEST": source.digest(),
    }
    named = (
        word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")
    )
    return [
        program, "build", "--platform", source.platform, "--network", "none", *named,
        "--tag", tag, str(context),
    ]  # fmt: skip


def tool(environment: Mapping[str, str] = os.environ) -> str:
    """Find what builds images; raises ImageError."""
    name = environment.get(TOOL_VARIABLE) or "docker"
    found = shutil.which(name)
    if found is None:
        raise ImageError(
            f"there is no {name} to build the image with",
            hint=f"Install docker, or name podman or another of its kind in {TOOL_VARIABLE}",
        )
    return found
