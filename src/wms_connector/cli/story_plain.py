"""The story in plain lines, where there is no terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import click

from wms_connector.cli.progress import PlainProgress
from wms_connector.events.display import line

if TYPE_CHECKING:
    from wms_connector.events.records import Change

_SHOWN_A_CHAPTER: Final = 6  # events; the rest is counted


class PlainNarrator(PlainProgress):
    """Chapters and sentences on standard error, a few events of each chapter."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = 0
        self._began = time.monotonic()

    def chapter(self, title: str) -> None:
        """Begin with the seconds since the start."""
        self._shown = 0
        click.echo(f"\n[{time.monotonic() - self._began:5.1f} s] {title}", err=True)

    def tell(self, text: str) -> None:
        """Tell it."""
        self._line(f"  {text}")

    def event(self, change: Change, latency_ms: float | None) -> None:
        """Show the first few."""
        self._shown += 1
        if self._shown <= _SHOWN_A_CHAPTER:
            self._line(f"  {line(change, latency_ms, columns=3)}")
        elif self._shown == _SHOWN_A_CHAPTER + 1:
            self._line("  …")

    def gauge(self, name: str, value: int, of: int | None = None) -> None:
        """Say nothing: numbers that move are for terminals."""
