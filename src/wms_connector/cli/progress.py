"""How work that takes a while is shown: a live display in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Final, Self

import click

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_MIB: Final = 1_048_576
_LINE_EVERY: Final = 5.0  # seconds between two lines about a transfer


class PlainProgress:
    """A line on standard error for each thing that is done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def begin(self, task: str) -> None:
        """Say nothing: the end of it follows soon."""

    def end(self, task: str, detail: str) -> None:
        """Tell what is done."""
        self._line(f"{task}: {detail}")

    def transfer(self, done: int, total: int) -> None:
        """Tell now and then how much has arrived."""
        now = time.monotonic()
        if now - self._told >= _LINE_EVERY:
            self._told = now
            self._line(f"fetched {done // _MIB} of {total // _MIB} MiB")

    def note(self, text: str) -> None:
        """Tell it."""
        self._line(text)

    def _line(self, text: str) -> None:
        with self._lock:
            click.echo(text, err=True)


class LiveProgress:
    """What goes on now, with a bar for what is fetched; what is done stays as a line."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {}
        self._progress: RichProgress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def begin(self, task: str) -> None:
        """Show a spinner."""
        with self._lock:
            self._tasks[task] = self._progress.add_task(task, total=None, detail="")

    def end(self, task: str, detail: str) -> None:
        """Turn the spinner into a line."""
        with self._lock:
            if task in self._tasks:
                self._progress.remove_task(self._tasks.pop(task))
            self._progress.console.print(f"[green]✓[/green] {task}: {detail}", highlight=False)

    def transfer(self, done: int, total: int) -> None:
        """Move the bar."""
        with self._lock:
            if "fetch" not in self._tasks:
                self._tasks["fetch"] = self._progress.add_task("fetching", total=total, detail="")
            detail = f"{done // _MIB} of {total // _MIB} MiB"
            self._progress.update(self._tasks["fetch"], completed=done, total=total, detail=detail)
            if done >= total:
                self._progress.remove_task(self._tasks.pop("fetch"))

    def note(self, text: str) -> None:
        """Print it above."""
        self._progress.console.print(f"[dim]{text}[/dim]", highlight=False)


def progress() -> PlainProgress | LiveProgress:
    """The display that fits where standard error goes."""
    return LiveProgress() if sys.stderr.isatty() else PlainProgress()
