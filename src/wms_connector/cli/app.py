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

from wms_connector.model.errors import StageError
from wms_connector.model.pipeline import FILE_NAME, Pipeline
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from wms_connector.local.control import LocalControl
    from wms_connector.model.names import Names

F = TypeVar("F", bound=Callable[..., Any])

LOCAL_STAGE: Final = "local"
"""Stage of the laptop runtime unless another is named."""


@dataclass
class App:
    """The common options of one call, read when they are first needed.

    A laptop's runtime remembers the pipeline that it was started with: a command about it uses
    that one, unless `--pipeline` names another.
    """

    stage_text: str | None
    pipeline_path: Path | None
    as_json: bool
    is_laptop: bool = False
    state_path: Path | None = None
    names_no_stage: bool = False

    def leave_laptop(self) -> None:
        """Forget what holds for the laptop's runtime: the command is about another place.

        There the stage decides whose topics and connectors are touched, so it has to be named,
        and the pipeline that the laptop was started with means nothing. Raises StageError.
        """
        self.is_laptop = False
        if self.names_no_stage:
            Stage.parse(None)

    @cached_property
    def pipeline(self) -> Pipeline:
        """The pipeline file's content."""
        if self.pipeline_path is None and self.is_laptop:
            from wms_connector.cli.origin import recorded

            if (origin := recorded(self.state_dir)) is not None:
                return origin.load()
        return Pipeline.load(self.pipeline_path or default_pipeline())

    @cached_property
    def stage(self) -> Stage:
        """The stage, which has to be named."""
        return self.pipeline.stage(self.stage_text)

    @cached_property
    def names(self) -> Names:
        """All names of the stage."""
        return self.pipeline.names(self.stage)

    @cached_property
    def state_dir(self) -> Path:
        """The state folder of the laptop's runtime."""
        from wms_connector.model.places import default_state

        return self.state_path or default_state(Stage.parse(self.stage_text))

    def control(self) -> LocalControl:
        """The laptop's runtime, whether or not it runs."""
        from wms_connector.local.control import LocalControl

        return LocalControl(self.state_dir)

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


def command(function: F) -> F:
    """Give a command the options for stage, pipeline and JSON; it is called with an `App` first."""
    return _with_common_options(function, laptop=False)


def laptop_command(function: F) -> F:
    """The same for commands that mean the laptop's runtime unless told otherwise.

    Adds `--state`, and the stage is `local` unless another is named.
    """
    return click.option(
        "--state",
        "state_path",
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        help="State folder of the laptop's runtime.  [default: one a stage]",
    )(_with_common_options(function, laptop=True))


def _stage_of(branch: str, stage_text: str | None) -> str:
    """Name the stage of a branch; raises StageError, also when a stage was named besides."""
    if stage_text is not None:
        raise StageError(
            f"both a branch ({branch!r}) and a stage ({stage_text!r}) were given",
            hint="Give --branch, or --stage or STAGE",
        )
    return Stage.from_branch(branch).name


def _with_common_options(function: F, *, laptop: bool) -> F:
    @click.option(
        "--stage",
        "stage_text",
        envvar="STAGE",
        metavar="STAGE",
        help="main, val, production, or a branch environment's name."
        + (f"  [default: {LOCAL_STAGE}]" if laptop else ""),
    )
    @click.option(
        "--branch",
        metavar="BRANCH",
        help="Instead of --stage: the Git branch whose environment is meant.",
    )
    @click.option(
        "--pipeline",
        "pipeline_path",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Pipeline file.  [default: pipeline.toml here, else the WMS one]",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @functools.wraps(function)
    def wrapped(
        *,
        stage_text: str | None,
        branch: str | None,
        pipeline_path: Path | None,
        as_json: bool,
        state_path: Path | None = None,
        **rest: Any,
    ) -> Any:
        if branch is not None:
            stage_text = _stage_of(branch, stage_text)
        unnamed = laptop and stage_text is None
        stage = LOCAL_STAGE if unnamed else stage_text
        return function(App(stage, pipeline_path, as_json, laptop, state_path, unnamed), **rest)

    return wrapped  # type: ignore[return-value]
