"""Runs `wms-connector`: in this process for its answer, as a process for its life and death."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms_connector.cli.main import run
from wms_connector.local.java import MORE_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.local.control import LocalControl

PROGRAM = Path(sys.executable).with_name("wms-connector")


class Result:
    """Exit status and what was printed."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> Any:
        """What was printed, read as JSON."""
        assert self.out.startswith(("{", "[")), self
        return json.loads(self.out)

    @property
    def by_connector(self) -> dict[str, Any]:
        """The JSON of a verb that acts on connectors, without the place where they are."""
        found = self.json
        assert isinstance(found, dict)
        assert "kind" in found.pop("where")
        return found

    def __repr__(self) -> str:
        return f"exit {self.status}\n{self.out}\n{self.err}"


def wms(*args: object) -> Result:
    """Run a command line here. It must not read standard input."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run([str(arg) for arg in args])
    return Result(status, out.getvalue(), err.getvalue())


class Wms:
    """`wms-connector` for one state folder and stage."""

    def __init__(self, control: LocalControl, stage: str) -> None:
        self.control = control
        self.where: tuple[str, ...] = ("--state", str(control.folder.path), "--stage", stage)

    def __call__(self, *args: object) -> Result:
        """Run a command about this runtime."""
        return wms(*args, *self.where)


@contextlib.contextmanager
def process(*args: object, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command line as a process of its own; it is killed if the test leaves it running."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("WMS_") or name == MORE_OPTIONS
    }
    kept.pop("STAGE", None)
    with subprocess.Popen(
        [str(PROGRAM), *map(str, args)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**kept, **variables},
        start_new_session=True,
    ) as started:
        try:
            yield started
        finally:
            if started.poll() is None:
                started.kill()
