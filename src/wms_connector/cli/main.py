"""Entry: finds the command, runs it, and turns errors into one line and an exit status."""

from __future__ import annotations

import importlib
import os
import re
import sys
from typing import Any, Final, NoReturn

import click

from wms_connector.model.errors import WmsError

# Command -> (module, what it does). The help page is made from this, without importing any.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("demo", "The whole story in about a minute: events, a kill, a count."),
    "local": ("local", "On a laptop: up, down, status, tail, write, logs, rotate, kill."),
    "status": ("status", "Health: connectors, lag, what is wrong and what to do next."),
    "watch": ("watch", "A stage live: rates, lag, states, findings, restarts left."),
    "wait": ("connector", "Wait until connectors and tasks run."),
    "plan": ("apply", "What would change at the connectors."),
    "apply": ("apply", "Bring the connectors to their configuration."),
    "restart": ("connector", "Restart failed, or all, connectors and tasks."),
    "pause": ("connector", "Pause connectors; offsets and tasks are kept."),
    "resume": ("connector", "Resume paused or stopped connectors."),
    "stop": ("connector", "Stop connectors; offsets are kept, tasks are shut down."),
    "recover": ("recover", "A connector that cannot go on: snapshot, schema-history."),
    "offsets": ("offsets", "Where connectors stand in the source."),
    "preflight": ("preflight", "What Oracle has to have before a connector reads it."),
    "audit": ("audit", "Source rows against the topics' state: nothing lost, nothing twice."),
    "contract": ("contract", "JSON Schema of what consumers read, from the records themselves."),
    "synth": ("stacks", "The templates of a stage's two stacks in AWS."),
    "diff": ("stacks", "What a deployment would change."),
    "deploy": ("stacks", "Deploy a stage to AWS, or bring it up to date."),
    "verify": ("verify", "A deployment in AWS, end to end: what does not do its work."),
    "destroy": ("destroy", "Take a branch's environment in AWS away."),
    "names": ("names", "Every name of a stage."),
    "config": ("config", "The configuration of a stage's connectors."),
    "worker": ("config", "The properties of a stage's workers."),
    "lint": ("lint", "A configuration against its plugin's definitions."),
    "topics": ("topics", "Topics of a stage: plan, apply, destroy."),
    "image": ("image", "The workers' image: context, build."),
    "secrets": ("secrets", "Which secret a stage reads, never its value."),
}
INTERRUPTED: Final = 130
"""Exit status after Ctrl-C: 128 + SIGINT, as shells give it."""


class ReaderGoneError(Exception):
    """Whoever read the output (head, less) has gone."""


class LazyGroup(click.Group):
    """Commands that are imported when they are run."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and write all that it has printed.

        Raises ReaderGoneError: click itself would end the process with status 1 at once.
        """
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise ReaderGoneError from None
        return result

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"wms_connector.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The help page's list, without importing the commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an unknown command with the nearest ones."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=2)
            hint = f" (near: {', '.join(near)})" if near else ""
            raise click.UsageError(f"there is no command {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: wms-connector local up && wms-connector local tail",
)
@click.version_option(package_name="wms-connector", message="%(prog)s %(version)s")
def cli() -> None:
    """Move changes out of Oracle into Kafka: nothing lost, nothing twice."""


def run(args: list[str] | None = None) -> int:  # noqa: PLR0911 - one for each way to end
    """Run a command line and return its exit status: 0 done, 1 failed, 2 wrong use."""
    try:
        result: Any = cli.main(args=args, prog_name="wms-connector", standalone_mode=False)
    except WmsError as error:
        return _told(_explained(error), error.exit_code)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)  # the help page, as it stands
        return 2
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "wms-connector"
        message = error.format_message().rstrip(".") + _meant(error)
        hint = "" if "--help" in message else f". See {path} --help"
        return _told(f"{message}{hint}", 2)
    except click.ClickException as error:
        return _told(error.format_message(), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _told("interrupted", INTERRUPTED)
    except ReaderGoneError:  # that is no fault, and there is nobody left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or type(error).__name__
        return _told(f"{where}{reason}. Check the path, its rights and the free space", 1)
    return result if isinstance(result, int) else 0


def main() -> NoReturn:
    """Entry point of the `wms-connector` script."""
    sys.exit(run())


def _explained(error: WmsError) -> str:
    """The error, after the catalogue's entry for what another program said."""
    if not error.evidence:
        return str(error)
    from wms_connector.oracle.catalogue import explain

    found = explain(error.evidence)
    return f"{found[0].sentence}. It says: {error}" if found else str(error)


def _meant(error: click.UsageError) -> str:
    """What was probably meant by a word too many: a stage is named by an option."""
    extra = re.match(r"Got unexpected extra argument \((\S+)\)", error.format_message())
    command = error.ctx.command if error.ctx else None
    named = error.ctx is not None and error.ctx.params.get("stage_text") is not None
    takes_stage = command is not None and any(p.name == "stage_text" for p in command.params)
    if extra is None or named or not takes_stage:
        return ""
    return f". If that is the stage, write --stage {extra[1]}"


def _told(message: str, status: int) -> int:
    line = " ".join(message.split())
    click.echo(f"wms-connector: {line}", err=True)
    return status
