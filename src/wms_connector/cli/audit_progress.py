"""How far an audit is: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wms_connector.audit.run import Step

_WORDS: Final = {
    "rows": "rows of the database",
    "events": "committed events",
    "aborted": "events, aborted ones too",
    "waiting": "waiting for the connector",
    "comparing": "comparing",
}
_LINE_EVERY: Final = 5.0  # seconds


@contextlib.contextmanager
def shown() -> Iterator[Callable[[Step], None]]:
    """Give a function that shows each step on standard error."""
    if not sys.stderr.isatty():
        yield _plain()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("", total=None)

    def update(step: Step) -> None:
        words = _WORDS.get(step.phase, step.phase)
        bar.update(task, description=words, completed=step.done, total=step.total)

    with bar:
        yield update


def _plain() -> Callable[[Step], None]:
    told = time.monotonic()

    def update(step: Step) -> None:
        nonlocal told
        if time.monotonic() - told >= _LINE_EVERY:
            told = time.monotonic()
            of = "" if step.total is None else f" of {step.total:,}"
            click.echo(f"{_WORDS.get(step.phase, step.phase)}: {step.done:,}{of}", err=True)

    return update
