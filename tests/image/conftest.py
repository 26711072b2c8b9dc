"""The image, built once for the session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.image.workshop import BASE, Workshop, prepare_tools

from wms_connector.infra.image import BASE_VARIABLE, ImageSource
from wms_connector.model.places import default_cache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.image.workshop import Image

    from wms_connector.model.pipeline import Pipeline


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """What builds; with its folder go all images."""
    prepare_tools()
    folder = tmp_path_factory.mktemp("workshop")
    yield Workshop(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def source(pipeline: Pipeline) -> ImageSource:
    """The image of the WMS pipeline, on the tests' own base."""
    return ImageSource.of(pipeline, base=f"localhost/{BASE}", environment={})


@pytest.fixture(scope="session")
def image(workshop: Workshop, source: ImageSource) -> Iterator[Image]:
    """The image, built by the very command that a deployment calls, and unpacked."""
    workshop.make_base(default_cache() / "tests" / "image-base.tar")
    environment = {**os.environ, "CDK_DOCKER": str(workshop.shim)}
    environment.pop(BASE_VARIABLE, None)
    assert source.command()[0] == sys.executable
    done = subprocess.run(
        source.command(),
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=workshop.folder,
    )
    assert done.returncode == 0, done.stderr[-6000:]
    assert done.stdout == f"{source.name}\n"  # the CDK takes it for the image's name
    with workshop.image(source.name) as unpacked:
        yield unpacked
