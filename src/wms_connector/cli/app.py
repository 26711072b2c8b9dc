"""What every command has in common: stage, pipeline file, the form of its output."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from wms_connector.model.pipeline import FILE_NAME, Pipeline

if TYPE_CHECKING:
    from wms_connector.model.names import Names
    from wms_connector.model.stage import Stage

F = TypeVar("F", bound=Callable[..., Any])

LOCAL_STAGE: Final = "local"
"""Stage of the laptop runtime unless another is named."""


@dataclass
class App:
    """The common options of one call, read when they are first needed."""

    stage_text: str | None
    pipeline_path: Path
    as_json: bool

    @cached_property
    def pipeline(self) -> Pipeline:
        """The pipeline file's content."""
        return Pipeline.load(self.pipeline_path)

    @cached_property
    def stage(self) -> Stage:
        """The stage, which has to be named."""
        return self.pipeline.stage(self.stage_text)

    @cached_property
    def names(self) -> Names:
        """All names of the stage."""
        return self.pipeline.names(self.stage)

    def show(self, value: Any, text: str | None = None) -> None:
        """Print a value: as JSON if that was asked for, else as the text given."""
        if self.as_json or text is None:
            click.echo(json.dumps(value, indent=2, default=str))
        else:
            click.echo(text)


def default_pipeline() -> Path:
    """pipeline.toml of this folder, else the WMS file that comes with the product."""
    here = Path(FILE_NAME)
    if here.exists():
        return here
    package = Path(__file__).resolve().parents[1]
    installed = package / FILE_NAME
    return installed if installed.exists() else package.parents[1] / FILE_NAME


def command(function: F | None = None, *, stage: str | None = None) -> Any:
    """Give a command `--stage`, `--pipeline`, `--json`, and call it with an `App` first.

    `stage` is the one that is meant when none is named; without it one has to be.
    """
    if function is None:
        return functools.partial(command, stage=stage)
    inner = function

    @click.option(
        "--stage",
        "stage_text",
        envvar="STAGE",
        metavar="STAGE",
        help="main, val, production, or a branch environment's name."
        + (f"  [default: {stage}]" if stage else ""),
    )
    @click.option(
        "--pipeline",
        "pipeline_path",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Pipeline file.  [default: pipeline.toml here, else the WMS one]",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @functools.wraps(inner)
    def wrapped(
        *, stage_text: str | None, pipeline_path: Path | None, as_json: bool, **rest: Any
    ) -> Any:
        chosen = stage if stage_text is None else stage_text
        return inner(App(chosen, pipeline_path or default_pipeline(), as_json), **rest)

    return wrapped
