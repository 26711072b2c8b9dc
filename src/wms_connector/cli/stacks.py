"""`synth`, `diff`, `deploy`: a stage's two stacks, through the CDK's command line."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from wms_connector.cli.app import App, command, default_pipeline
from wms_connector.cli.confirm import confirm
from wms_connector.model.errors import UsageError
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.infra.toolkit import Toolkit

F = TypeVar("F", bound=Callable[..., Any])

_ASSEMBLIES: Final = "cdk.out"
_OWN_KEYS: Final = ("stage", "pipeline", "secrets")


@dataclass(frozen=True)
class Request:
    """What was asked for besides the stage."""

    secrets: Path | None
    context: tuple[str, ...]
    extra: tuple[str, ...]


def _stack_options(function: F) -> F:
    @click.option(
        "--secrets",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A JSON file or a folder that stands in for AWS Secrets Manager.",
    )
    @click.option(
        "-c",
        "--context",
        multiple=True,
        metavar="KEY=VALUE",
        help="More context for the synthesis, as cdk's own -c.",
    )
    @click.argument("extra", nargs=-1, type=click.UNPROCESSED, metavar="[-- CDK OPTIONS]")
    @command
    @functools.wraps(function)
    def wrapped(
        app: App,
        *,
        secrets: Path | None,
        context: tuple[str, ...],
        extra: tuple[str, ...],
        **rest: Any,
    ) -> Any:
        from wms_connector.local.signals import terminable

        with terminable():
            return function(app, Request(secrets, context, extra), **rest)

    return wrapped  # type: ignore[return-value]


@click.command(epilog="Example: wms-connector synth --stage main --secrets secrets.json")
@_stack_options
def synth(app: App, request: Request) -> int:
    """Write the templates of a stage's stacks; needs no account if --secrets is given."""
    assembly = _Assembly(app, request)
    if status := assembly.write(extra=request.extra):
        return status
    stacks = list(assembly.described())
    lines = (f"{stack['template']}: {stack['resources']} resources" for stack in stacks)
    app.show(
        {"stage": app.stage.name, "assembly": str(assembly.folder), "stacks": stacks},
        "\n".join(lines),
    )
    return 0


@click.command(epilog="Example: wms-connector diff --stage main")
@_stack_options
def diff(app: App, request: Request) -> int:
    """Show what a deployment would change; changes nothing."""
    assembly = _Assembly(app, request)
    assembly.check_account()
    return assembly.write() or assembly.diff(request.extra)


@click.command(epilog="Example: wms-connector deploy --stage main")
@click.option("--yes", is_flag=True, help="Do not ask after the differences were shown.")
@_stack_options
def deploy(app: App, request: Request, yes: bool) -> int:
    """Deploy a stage: both stacks, alerts first, after showing what changes."""
    assembly = _Assembly(app, request)
    assembly.check_account()
    if status := assembly.write() or assembly.diff((), quiet=True):
        return status
    confirm(f"deploy stage {app.stage} as shown", yes=yes)
    try:
        return assembly.deploy(request.extra)
    except KeyboardInterrupt:
        click.echo(
            "wms-connector: AWS goes on with what was begun; repeat the command when it has ended",
            err=True,
        )
        raise


class _Assembly:
    """What was synthesized for a stage: written once, then shown and deployed as it is."""

    def __init__(self, app: App, request: Request) -> None:
        """Check all that can be checked without starting anything; raises WmsError."""
        Stage.parse(app.stage_text)  # before the pipeline file, the secrets, and AWS
        self.app, self.request = app, request
        self.stacks = (app.names.alerts_stack, app.names.connector_stack)
        for pair in request.context:
            key, equals, _ = pair.partition("=")
            if not equals or key in _OWN_KEYS:
                raise UsageError(
                    f"-c {pair} is refused",
                    hint="Write KEY=VALUE; stage, pipeline and secrets have options of their own",
                )
        from wms_connector.infra.node import check_installed
        from wms_connector.infra.toolkit import Toolkit

        check_installed()
        self.toolkit: Toolkit = Toolkit.of_clone()
        self.folder = self.toolkit.root / _ASSEMBLIES / app.stage.slug
        self._check_secrets()
        self.toolkit.prepare(_tell)

    def check_account(self) -> None:
        """Raise WmsError unless somebody is signed in to an account that is bootstrapped."""
        from wms_connector.aws.session import Aws
        from wms_connector.infra.account import check_bootstrapped

        check_bootstrapped(Aws())

    def write(self, extra: Iterable[str] = ()) -> int:
        """Synthesize; returns the status of `cdk`, which has told what is wrong."""
        from wms_connector.infra.toolkit import APP

        values = {
            "stage": self.app.stage.name,
            "pipeline": str((self.app.pipeline_path or default_pipeline()).resolve()),
        }
        if self.request.secrets is not None:
            values["secrets"] = str(self.request.secrets.resolve())
        pairs = [*(f"{key}={value}" for key, value in values.items()), *self.request.context]
        context = [part for pair in pairs for part in ("-c", pair)]
        _tell(f"writing the templates of stage {self.app.stage} (a minute if packages are fetched)")
        return self.toolkit.run(
            ["synth", "--app", APP, "--quiet", "--output", str(self.folder), *context, *extra,
             *self.stacks],
            quiet=True,
        )  # fmt: skip

    def described(self) -> Iterable[dict[str, Any]]:
        """Tell each stack's template, and how many resources it has."""
        for stack in self.stacks:
            template = self.folder / f"{stack}.template.json"
            resources = json.loads(template.read_text(encoding="utf-8"))["Resources"]
            yield {"name": stack, "template": str(template), "resources": len(resources)}

    def diff(self, extra: Iterable[str], *, quiet: bool = False) -> int:
        """Show the differences; as JSON if that was asked for, unless `quiet`."""
        arguments = ["diff", "--app", str(self.folder), *extra, *self.stacks]
        if quiet or not self.app.as_json:
            return self.toolkit.run(arguments, quiet=quiet)
        # With --ci what it shows is on standard output.
        status, text = self.toolkit.output_of([*arguments, "--ci", "--no-color"])
        if status == 0:
            self.app.show({"stage": self.app.stage.name, **told_of(text)})
        return status

    def deploy(self, extra: Iterable[str]) -> int:
        """Deploy both stacks; tells their outputs."""
        outputs = self.folder / "outputs.json"
        outputs.unlink(missing_ok=True)
        status = self.toolkit.run(
            ["deploy", "--app", str(self.folder), "--require-approval", "never",
             "--outputs-file", str(outputs), *extra, *self.stacks],
            quiet=self.app.as_json,
        )  # fmt: skip
        if status:
            _tell(
                f"wms-connector: stage {self.app.stage} was not deployed; the reason stands "
                "above. What CloudFormation had begun, it has taken back, unless it says otherwise"
            )
        elif self.app.as_json:
            told = json.loads(outputs.read_text(encoding="utf-8")) if outputs.is_file() else {}
            self.app.show({"stage": self.app.stage.name, "stacks": told})
        else:
            _tell(f"stage {self.app.stage} is deployed; see it with "
                  f"`wms-connector verify --stage {self.app.stage}`")  # fmt: skip
        return status

    def _check_secrets(self) -> None:
        """Read what the app will read, so that an error is one line and comes at once."""
        from wms_connector.cli.secret_option import secret_source
        from wms_connector.infra.inputs import read_inputs

        read_inputs(self.app.pipeline, self.app.stage, secret_source(self.request.secrets))


def told_of(diff: str) -> dict[str, Any]:
    """Give how many stacks differ, None if it was not told, and the differences as `cdk` has them.

    Without what comes before: the packages that are put where AWS finds them.
    """
    number = re.search(r"Number of stacks with differences: (\d+)", diff)
    start = re.search(r"^Stack \S+", diff, re.MULTILINE)
    return {
        "stacks_that_differ": int(number[1]) if number else None,
        "diff": diff[start.start() :] if start else diff,
    }


def _tell(line: str) -> None:
    click.echo(line, err=True)
