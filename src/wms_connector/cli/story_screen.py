"""The story in a terminal: what happens now, the newest events, numbers that move."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.spinner import Spinner
from rich.text import Text

from wms_connector.events.display import rich_line

if TYPE_CHECKING:
    from wms_connector.events.records import Change

_EVENTS: Final = 8
_MIB: Final = 1_048_576
_BAR: Final = 30
_RATE_WINDOW: Final = 2.0  # seconds over which events a second are shown


class ScreenNarrator:
    """Redraws a few times a second; what is done stays above as lines."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._title = ""
        self._working: dict[str, float] = {}
        self._events: deque[Text] = deque(maxlen=_EVENTS)
        self._arrivals: deque[float] = deque()
        self._gauge: tuple[str, int, int | None] | None = None
        self._transfer: tuple[int, int] | None = None
        self._live = Live(
            get_renderable=self._drawn,
            console=self._console,
            refresh_per_second=8,
            transient=True,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def chapter(self, title: str) -> None:
        """A heading; what it brings follows."""
        with self._lock:
            self._title = title
            self._gauge = None
        at = f"{time.monotonic() - self._began:5.1f} s"
        self._console.print()
        self._console.print(Text.assemble((at, "dim"), "  ", (title, "bold")))

    def tell(self, text: str) -> None:
        """A line that stays."""
        self._console.print(f"         {text}", highlight=False, markup=False)

    def event(self, change: Change, latency_ms: float | None) -> None:
        """The newest ones roll by."""
        with self._lock:
            self._arrivals.append(time.monotonic())
            self._events.append(rich_line(change, latency_ms, columns=3))

    def gauge(self, name: str, value: int, of: int | None = None) -> None:
        """A number, perhaps on its way to another."""
        with self._lock:
            self._gauge = (name, value, of)

    def begin(self, task: str) -> None:
        """Show that it is at work."""
        with self._lock:
            self._working[task] = time.monotonic()

    def end(self, task: str, detail: str) -> None:
        """A line that stays."""
        with self._lock:
            self._working.pop(task, None)
            self._transfer = None if task == "artefacts" else self._transfer
        self._console.print(f"         [green]✓[/green] {task}: {detail}", highlight=False)

    def transfer(self, done: int, total: int) -> None:
        """Bytes of what is fetched the first time."""
        with self._lock:
            self._transfer = (done, total)

    def note(self, text: str) -> None:
        """A line that stays."""
        self._console.print(Text(f"         {text}", style="dim"))

    def _drawn(self) -> Group | Text:
        with self._lock:
            parts: list[Text | Panel | Spinner] = []
            if self._events:
                parts.append(
                    Panel(
                        Group(*self._events),
                        title=f"newest events, {self._rate():.0f} a second",
                        title_align="left",
                        border_style="blue",
                    )
                )
            if self._gauge is not None:
                parts.append(_bar(*self._gauge))
            if self._transfer is not None:
                done, total = self._transfer
                parts.append(_bar("MiB fetched", done // _MIB, total // _MIB))
            parts += [
                Spinner("dots", f"{task}  {time.monotonic() - since:.0f} s")
                for task, since in self._working.items()
            ]
        return Group(*parts) if parts else Text("")

    def _rate(self) -> float:
        since = time.monotonic() - _RATE_WINDOW
        while self._arrivals and self._arrivals[0] < since:
            self._arrivals.popleft()
        return len(self._arrivals) / _RATE_WINDOW


def _bar(name: str, value: int, of: int | None) -> Text:
    if not of:
        return Text(f"  {value:,} {name}")
    filled = min(_BAR, value * _BAR // of)
    return Text.assemble(
        "  ",
        ("━" * filled, "green"),
        ("━" * (_BAR - filled), "dim"),
        f"  {value:,} of {of:,} {name}",
    )
