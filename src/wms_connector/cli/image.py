"""`image`: what the workers on AWS run in."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from wms_connector.cli.app import App, command
from wms_connector.cli.progress import progress
from wms_connector.infra.image import BASE_VARIABLE, ImageSource, Kind, Platform, training_pipeline
from wms_connector.model.plugin import VARIABLE

if TYPE_CHECKING:
    from wms_connector.local.fetch import Cache

F = TypeVar("F", bound=Callable[..., Any])

_PLATFORMS: Final = ("linux/amd64", "linux/arm64")


@click.group()
def image() -> None:
    """Make the workers' image; deploying does it by itself when it has changed."""


def source_options(function: F) -> F:
    """Give a command the options that say what is in the image, and call it with an ImageSource."""

    @click.option(
        "--connector",
        type=click.Choice(["debezium", "jdbc"]),
        help="Kind of the connector.  [default: the pipeline file's]",
    )
    @click.option(
        "--connector-class",
        default="",
        metavar="CLASS",
        help="With --connector jdbc: its class.  [default: the pipeline file's]",
    )
    @click.option(
        "--plugin",
        "plugins",
        multiple=True,
        metavar="PLUGIN",
        help=f"Kind jdbc: the plugin's folder, or its archive as FILE#sha256=DIGEST.  "
        f"[default: ${VARIABLE}]",
    )
    @click.option(
        "--base",
        metavar="IMAGE",
        help=f"Base image: a C library (glibc) and bash.  [default: ${BASE_VARIABLE}, else Debian]",
    )
    @click.option(
        "--platform",
        type=click.Choice(_PLATFORMS),
        default=_PLATFORMS[0],
        show_default=True,
        help="What it runs on.",
    )
    @functools.wraps(function)
    def wrapped(
        app: App,
        *,
        connector: Kind | None,
        connector_class: str,
        plugins: tuple[str, ...],
        base: str | None,
        platform: Platform,
        **rest: Any,
    ) -> Any:
        pipeline = training_pipeline(connector, connector_class) if connector else app.pipeline
        source = ImageSource.of(
            pipeline, base=base, platform=platform, plugins=plugins or None, environment=os.environ
        )
        return function(app, source, **rest)

    return wrapped  # type: ignore[return-value]


@image.command(epilog="Example: wms-connector image context --into worker-image")
@click.option(
    "--into",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="A new folder, or one that such a context is in.",
)
@command
@source_options
def context(app: App, source: ImageSource, into: Path) -> None:
    """Fetch what the image is made of, verified, into a folder that builds without a network."""
    from wms_connector.local.image import make_context

    with progress() as shown:
        make_context(source, into.absolute(), _cache(), shown)
    app.show({"context": str(into), "digest": source.digest()}, str(into))


@image.command(epilog="Example: wms-connector image build --base registry.example.org/base:1")
@click.option(
    "--tag", metavar="NAME", help="Name of the image.  [default: wms-connector-worker:DIGEST]"
)
@command
@source_options
def build(app: App, source: ImageSource, tag: str | None) -> None:
    """Build the image with docker, or with what CDK_DOCKER names, and print its name."""
    from wms_connector.local.image_build import build as build_image

    name = tag or source.name
    with progress() as shown:
        build_image(source, name, _cache(), shown)
    app.show({"image": name, "digest": source.digest()}, name)


def _cache() -> Cache:
    from wms_connector.local.fetch import Cache
    from wms_connector.model.places import default_cache

    return Cache(default_cache())
