"""All tests, in groups that run beside each other: `python -m tests.groups`, for scripts/test.

GROUPS is the whole of it. Each group is a process with a log of its own; what its tests cover is
measured, which costs processor time, only where it has to prove something. While
they run, a line tells each beginning and end, and now and then how far each is; of a group that
failed all that it said is printed. Ctrl-C and SIGTERM end every group, and wait until each has
stopped what it had started.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT: Final = Path(__file__).parents[1]
PYTEST: Final = ("-m", "pytest", "--color=no")
MEASURED: Final = ("-m", "coverage", "run", *PYTEST)
PROVEN: Final = (
    "model", "connectors", "kafka", "connect", "events", "oracle", "audit", "aws", "functions",
    "health",
)  # fmt: skip
"""Packages that decide: unit tests alone have to prove their branches, without a runtime."""
ENOUGH: Final = 95
"""Percent of their branches."""

_TELL_SECONDS: Final = 30.0
_LOOK_SECONDS: Final = 0.2
_STOP_SECONDS: Final = 120.0
"""How long a group may take to stop its runtimes."""
_PERCENT: Final = re.compile(r"\[ *(\d+)%\]")


@dataclass(frozen=True)
class Group:
    """Tests that run one after the other.

    `paths` go to pytest; `command` is run instead, where there is one. It begins when all of
    `after` have ended well, at once without any. `proves` are packages that its own coverage has
    to show.
    """

    name: str
    paths: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    proves: tuple[str, ...] = ()


# Tests wait about a third of their time: three groups fill two processors, and a fourth makes none
# of them sooner. So there are three rows: one for each database, and what computes more than it
# waits (unit, templates), one after the other, before the emulated AWS.
GROUPS: Final = (
    Group("lint", command=("scripts/lint",)),
    Group("unit", ("tests/unit",), proves=PROVEN),
    Group("caches", command=(sys.executable, "-m", "tests.caches")),
    Group(
        "oracle",
        ("tests/standin", "tests/oracle", "tests/e2e/test_oracle.py"),
        after=("caches",),
    ),
    Group(
        "postgres",
        (
            "tests/integration",
            "tests/e2e",
            "tests/chaos",
            "tests/health",
            "--ignore=tests/e2e/test_oracle.py",
        ),
        after=("caches",),
    ),
    Group("templates", ("tests/infra", "tests/workflows"), after=("lint", "unit")),
    Group("aws", ("tests/aws", "tests/image"), after=("templates",)),
)


@dataclass
class _Running:
    process: subprocess.Popen[bytes]
    log: IO[bytes]
    began: float


@dataclass
class Run:
    """Groups as they run, with their logs and coverage files in `folder`."""

    groups: Sequence[Group] = GROUPS
    folder: Path = ROOT
    say: Callable[[str], object] = print
    _running: dict[str, _Running] = field(default_factory=dict)
    _ended: dict[str, int] = field(default_factory=dict)

    def all(self) -> int:
        """Run them; gives 0, else the status of the first that failed, 130 if interrupted."""
        try:
            self._all()
        except KeyboardInterrupt:
            self.say(f"interrupted: stopping {', '.join(self._running)}")
            self._stop()
            return 130
        for group in self.groups:
            if group.name not in self._ended:
                self.say(f"{group.name}: not run")
        return next((status for status in self._ended.values() if status), 0)

    def log(self, group: Group) -> Path:
        """Where a group's output is kept."""
        return self.folder / f".tests-{group.name}.log"

    def _all(self) -> None:
        told = time.monotonic()
        while True:
            for group in self.groups:
                self._look(group)
            if not self._running:
                return
            if time.monotonic() - told >= _TELL_SECONDS:
                told = time.monotonic()
                far = [self._how_far(group) for group in self.groups if group.name in self._running]
                self.say(", ".join(far))
            time.sleep(_LOOK_SECONDS)

    def _look(self, group: Group) -> None:
        running = self._running.get(group.name)
        if running is not None:
            if (status := running.process.poll()) is not None:
                running.log.close()
                self._end(group, status, time.monotonic() - running.began)
                del self._running[group.name]
        elif group.name not in self._ended and all(self._ended.get(n) == 0 for n in group.after):
            self._begin(group)

    def _begin(self, group: Group) -> None:
        log = self.log(group).open("wb")
        process = subprocess.Popen(
            [*_command(group), *group.paths],
            cwd=self.folder, env=self._environment(group), stdin=subprocess.DEVNULL,
            stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C is for us, who pass it on once
        )  # fmt: skip
        self._running[group.name] = _Running(process, log, time.monotonic())
        self.say(f"{group.name}: began")

    def _end(self, group: Group, status: int, seconds: float) -> None:
        text = self.log(group).read_text(errors="replace").strip()
        if status == 0 and (unproven := self._unproven(group)):
            status, text = 1, unproven
        self._ended[group.name] = status
        if status:
            self.say(f"{text}\n{group.name}: FAILED after {seconds:.0f} s, status {status}")
        else:
            last = text.rpartition("\n")[2].strip("= ")
            self.say(f"{group.name}: {last} ({seconds:.0f} s)")

    def _unproven(self, group: Group) -> str:
        said = ""
        for package in group.proves:
            done = subprocess.run(
                [
                    sys.executable, "-m", "coverage", "report", "--skip-covered",
                    f"--fail-under={ENOUGH}", f"--include=*/{package}/*",
                ],
                cwd=self.folder, env=self._environment(group), capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            if done.returncode:
                said += f"{done.stdout}{done.stderr}{package}: not proven by {group.name} alone\n"
        return said.strip()

    def _environment(self, group: Group) -> dict[str, str]:
        return {**os.environ, "COVERAGE_FILE": f".coverage.{group.name}"}

    def _how_far(self, group: Group) -> str:
        found = _PERCENT.findall(self.log(group).read_text(errors="replace"))
        return f"{group.name} {found[-1]} %" if found else group.name

    def _stop(self) -> None:
        for group in self.groups:
            if (running := self._running.get(group.name)) is None:
                continue
            if group.command:  # a shell passes nothing on
                os.killpg(running.process.pid, signal.SIGTERM)
            else:  # its fixtures stop what they have started
                running.process.send_signal(signal.SIGTERM)
        for running in self._running.values():
            try:
                running.process.wait(_STOP_SECONDS)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                running.process.kill()
            running.log.close()


def _command(group: Group) -> tuple[str, ...]:
    return group.command or (sys.executable, *(MEASURED if group.proves else PYTEST))


def main() -> int:
    """Run all groups, then tell what is covered; gives the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for former in (*ROOT.glob(".coverage*"), *ROOT.glob(".tests-*.log")):
        former.unlink()
    if status := Run(say=lambda line: print(line, flush=True)).all():  # noqa: T201
        return status
    for told in (["combine", "--quiet"], ["xml", "--quiet"], ["report", "--skip-covered"]):
        subprocess.run([sys.executable, "-m", "coverage", *told], cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
