"""The CDK's command line: the pinned one, run by the Node that came with the Python packages.

`scripts/cdk` is this module: all of `cdk`, for instance `scripts/cdk bootstrap`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.aws.errors import NamedStageError
from wms_connector.infra.account import QUALIFIER
from wms_connector.infra.node import node, npm, use_node
from wms_connector.model.errors import WmsError
from wms_connector.model.stage import NAMED_STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

APP: Final = f"{shlex.quote(sys.executable)} -m wms_connector.infra"
"""`--app`: what synthesizes, run by this very Python."""

_CDK: Final = Path("node_modules/aws-cdk/bin/cdk")
_NEEDED: Final = ("cdk.json", "package.json", "package-lock.json")
_SECONDS_TO_END: Final = (10.0, 5.0)
"""After Ctrl-C, and after SIGTERM that follows it: then the process is killed."""


class ToolkitError(WmsError):
    """The CDK's command line cannot be had."""


@dataclass(frozen=True, slots=True)
class Toolkit:
    """The command line of a clone. `root` is the clone's folder, in which it runs."""

    root: Path

    @classmethod
    def of_clone(cls) -> Toolkit:
        """Find the clone: the one that this code is in, else the current folder."""
        for root in (Path(__file__).resolve().parents[3], Path.cwd()):
            if all((root / name).is_file() for name in _NEEDED):
                return cls(root)
        raise ToolkitError(
            f"{Path.cwd()} is no clone of wms-connector: it has no {', '.join(_NEEDED)}",
            hint="Run the command in a clone",
        )

    def prepare(self, tell: Callable[[str], object]) -> None:
        """Install what the lock names, unless it is there; raises ToolkitError."""
        missing = [
            f"{name} {version}"
            for name, version in self._locked()
            if self._installed(name) != version
        ]
        if not missing:
            return
        tell(f"installing {', '.join(missing)} with npm (once)")
        with tempfile.TemporaryDirectory(prefix=".npm-", dir=self.root) as folder:
            fresh = Path(folder)
            for name in (*_NEEDED[1:], ".npmrc"):
                if (self.root / name).is_file():
                    shutil.copy(self.root / name, fresh)
            self._npm_ci(fresh)
            # In one step, so that an interrupted installation is never taken for a whole one.
            modules = self.root / "node_modules"
            if modules.exists():
                modules.rename(fresh / "earlier")
            (fresh / "node_modules").rename(modules)

    def bootstrap(self, arguments: Sequence[str]) -> int:
        """Run `cdk bootstrap`, for the stacks' qualifier unless another is named.

        It is about an account and not about a stage. In the clone it would start the app all the
        same, which wants one; so it runs where there is no app.
        """
        named = any(argument.partition("=")[0] == "--qualifier" for argument in arguments)
        qualifier = () if named else ("--qualifier", QUALIFIER)
        with (
            tempfile.TemporaryDirectory() as elsewhere,
            self._started(["bootstrap", *qualifier, *arguments], folder=elsewhere) as process,
        ):
            return process.wait()

    def run(self, arguments: Sequence[str], *, quiet: bool = False) -> int:
        """Run `cdk` and return its exit status; Ctrl-C ends it and what it has started.

        With `quiet`, what it prints goes to standard error: the caller has an output of its own.
        """
        with self._started(arguments, stdout=2 if quiet else None) as process:
            return process.wait()

    def output_of(self, arguments: Sequence[str]) -> tuple[int, str]:
        """Run `cdk` and return its exit status and what it printed on standard output."""
        with self._started(arguments, stdout=subprocess.PIPE) as process:
            text, _ = process.communicate()
            return process.returncode, text

    @contextlib.contextmanager
    def _started(
        self,
        arguments: Sequence[str],
        *,
        stdout: int | None = None,
        folder: Path | str | None = None,
    ) -> Iterator[subprocess.Popen[str]]:
        environment = dict(os.environ)
        use_node(environment)
        environment |= {"CDK_DISABLE_VERSION_CHECK": "1", "CDK_DISABLE_CLI_TELEMETRY": "true"}
        # A terminal sends Ctrl-C to all that runs in it, and asks its questions there. Without one
        # the command gets a group of its own, so that it can be ended with all that it started.
        own_group = not sys.stdin.isatty()
        process = subprocess.Popen(
            [str(node()), str(self.root / _CDK), *arguments],
            cwd=folder or self.root,
            env=environment,
            stdout=stdout,
            text=True,
            start_new_session=own_group,
        )
        try:
            yield process
        finally:
            _end(process, own_group=own_group)

    def _npm_ci(self, folder: Path) -> None:
        environment = dict(os.environ)
        use_node(environment)
        done = subprocess.run(
            [str(node()), str(npm()), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ToolkitError(
                f"npm could not install the CDK's command line: {_reason(done.stderr)}",
                hint="Check the network, or name a mirror with `registry` in ~/.npmrc, and repeat",
            )

    def _locked(self) -> Iterable[tuple[str, str]]:
        lock = json.loads((self.root / "package-lock.json").read_text(encoding="utf-8"))
        for path, package in lock["packages"].items():
            if path and not package.get("optional"):
                yield path.removeprefix("node_modules/"), package["version"]

    def _installed(self, name: str) -> str | None:
        file = self.root / "node_modules" / name / "package.json"
        try:
            version: str = json.loads(file.read_text(encoding="utf-8"))["version"]
        except (OSError, ValueError, KeyError):
            return None
        return version


def _end(process: subprocess.Popen[str], *, own_group: bool) -> None:
    """End a process that is still there: something has gone wrong, or somebody has said stop."""
    if process.poll() is not None:
        return
    for number, seconds in zip((signal.SIGINT, signal.SIGTERM), _SECONDS_TO_END, strict=True):
        _send(process, number, own_group=own_group)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return
    _send(process, signal.SIGKILL, own_group=own_group)
    process.wait()


def _send(process: subprocess.Popen[str], number: int, *, own_group: bool) -> None:
    with contextlib.suppress(ProcessLookupError):
        if own_group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)


def _reason(text: str) -> str:
    """What npm says, without its paths of logs: the code and the sentence that tells most."""
    lines = [
        line.removeprefix("npm error").strip()
        for line in text.splitlines()
        if line.startswith("npm error")
    ]
    telling = [line for line in lines if "reason:" in line or line.startswith("code ")]
    return "; ".join(dict.fromkeys(telling)) or next((line for line in lines if line), "no reason")


def refuse_destruction(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Refuse `destroy` for a named stage, as `wms-connector destroy` does: before the app starts.

    Raises NamedStageError. The stacks' own protection is what holds whatever is typed.
    """
    if "destroy" not in arguments:
        return
    pairs = [argument.partition("=") for argument in _context(arguments)]
    stages = [value for key, _, value in pairs if key == "stage"] or [environment.get("STAGE", "")]
    if named := [stage for stage in stages if stage in NAMED_STAGES]:
        raise NamedStageError(
            f"stage {named[0]} is a named stage: its stacks and topics are never destroyed",
            hint="Nothing was done; a branch's environment goes with "
            "`wms-connector destroy --stage <stage>`",
        )


def _context(arguments: Sequence[str]) -> Iterator[str]:
    """Give each `key=value` of `-c` and `--context`, in any spelling that `cdk` takes."""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if argument in {"-c", "--context"}:
            yield following
        elif argument.startswith(("-c", "--context=")):
            yield argument.removeprefix("--context=").removeprefix("-c").removeprefix("=")


def main(arguments: Sequence[str]) -> int:
    """Run the command line with these arguments, in the clone."""
    try:
        refuse_destruction(arguments, os.environ)
        toolkit = Toolkit.of_clone()
        toolkit.prepare(lambda line: sys.stderr.write(f"{line}\n"))
        if arguments[:1] == ["bootstrap"]:
            return toolkit.bootstrap(arguments[1:])
        return toolkit.run(arguments)
    except WmsError as error:
        sys.stderr.write(f"wms-connector: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
