"""`watch` in a terminal: the whole screen, from what matters most to what matters least."""

from __future__ import annotations

import textwrap
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final, Self

from rich.console import Group
from rich.live import Live
from rich.text import Text

from wms_connector.cli.findings import restart_lines
from wms_connector.cli.watch_words import (
    STATE_STYLES,
    age_of,
    connector_rows,
    figure,
    mood,
    table_rows,
    worker_lines,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import Console

    from wms_connector.cli.watch_glance import Glance, Scene

_BARS: Final = "▁▂▃▄▅▆▇█"
_KEPT: Final = 40
"""Looks whose rates are drawn."""
_LEAST_TABLES: Final = 3
_SEVERITIES: Final[Mapping[str, str]] = {
    "critical": "bold red", "warning": "bold yellow", "info": "dim",
}  # fmt: skip


class ScreenView:
    """Redraws twice a second, and gives the terminal back as it was."""

    def __init__(
        self, scene: Scene, console: Console, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._scene = scene
        self._console = console
        self._clock = clock
        self._lock = threading.Lock()
        self._glance: Glance | None = None
        self._next: float | None = None
        self._rates: deque[float] = deque(maxlen=_KEPT)
        self._live = Live(
            get_renderable=self._drawn, console=console, screen=True, refresh_per_second=2,
            vertical_overflow="crop",
        )  # fmt: skip

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def begin(self) -> None:
        """Tell that a look is under way."""
        with self._lock:
            self._next = None
        self._live.refresh()

    def show(self, glance: Glance, pause: float) -> None:
        """Draw a look."""
        with self._lock:
            self._glance = glance
            self._next = self._clock() + pause
            if glance.rate is not None and not glance.problem:
                self._rates.append(glance.rate)
        self._live.refresh()

    def _drawn(self) -> Group:
        with self._lock:
            glance, follows, history = self._glance, self._next, tuple(self._rates)
        width, height = self._console.size
        now = self._clock()
        when = "looking …" if follows is None else f"next in {max(0, follows - now):.0f} s"
        if glance is None:
            return Group(*[_fit(Text(f"{self._scene.title}  {when}", style="bold"), width)])
        return Group(*screen(self._scene, glance, now, width, height, when=when, history=history))


def screen(
    scene: Scene,
    glance: Glance,
    now: float,
    width: int,
    height: int,
    *,
    when: str = "",
    history: Sequence[float] = (),
) -> list[Text]:
    """Draw a look in `height` lines of `width` columns at the most. Pure.

    `now` is seconds since 1970; `when` tells of the next look; `history` are the rates so far.
    """
    head = [*_head(scene, glance, now, when), *_connectors(glance)]
    foot = [*_restarts(glance, now), *(Text(note, style="dim") for note in glance.notes)]
    found = list(_findings(glance, now, width))
    room = height - len(head) - len(foot) - len(found)
    tables = _tables(glance, now, max(_LEAST_TABLES, room), history)
    lines = [*head, *found, *foot, *tables]
    return [_fit(line, width) for line in lines[:height]]


def sparkline(rates: Sequence[float]) -> str:
    """Draw rates as bars, the highest of them as high as a line is."""
    most = max(rates, default=0.0)
    if most <= 0:
        return _BARS[0] * len(rates)
    return "".join(_BARS[round(rate / most * (len(_BARS) - 1))] for rate in rates)


def _head(scene: Scene, glance: Glance, now: float, when: str) -> Iterator[Text]:
    yield Text.assemble(
        (scene.title, "bold"), ("  ", ""), (scene.delivery, "dim"),
    )  # fmt: skip
    seen = glance.seen.at if glance.seen else None
    looked = "nothing was seen yet" if seen is None else f"looked {age_of(now, seen)} ago"
    yield Text(f"{looked}, {when}" if when else looked, style="dim")
    told, style = mood(glance)
    yield Text(told, style=f"bold {style}")
    if glance.problem:
        yield Text(glance.problem, style="red")
    yield Text("")


def _connectors(glance: Glance) -> Iterator[Text]:
    for row in connector_rows(glance):
        style = STATE_STYLES.get(row.state, "yellow")
        indent = "  " if row.of_task else ""
        yield Text.assemble(
            f"{indent}{row.name}  ", (row.state, f"bold {style}"), (f"  {row.worker}", "dim")
        )
        for line in row.lines:
            yield Text(f"  {line}", style="dim")
    for line in worker_lines(glance):
        yield Text(line, style="dim")


def _findings(glance: Glance, now: float, width: int) -> Iterator[Text]:
    if glance.findings:
        yield Text("")
    titles = {finding["id"]: finding["title"] for finding in glance.findings}
    for finding in glance.findings:
        yield from _finding(finding, titles, now, width)


def _finding(
    finding: Mapping[str, Any], titles: Mapping[str, str], now: float, width: int
) -> Iterator[Text]:
    severity = finding["severity"]
    yield Text.assemble(
        (severity.upper(), _SEVERITIES.get(severity, "bold")),
        (f"  {finding['title']}", "bold"),
        (f"  for {age_of(now, finding['since'])}", "dim"),
    )
    yield from _paragraph("seen", finding["evidence"], width, "")
    because = finding.get("because_of")
    if because:
        yield from _paragraph("because", titles.get(because, because), width, "dim")
        return
    yield from _paragraph("cause", finding["cause"], width, "dim")
    yield from _paragraph("next", finding["next_step"], width, "cyan")


def _paragraph(head: str, text: str, width: int, style: str) -> Iterator[Text]:
    first = f"  {head}: "
    for line in textwrap.wrap(
        text, max(width, len(first) + 10), initial_indent=first, subsequent_indent="    "
    ):
        yield Text(line, style=style)


def _restarts(glance: Glance, now: float) -> Iterator[Text]:
    lines = restart_lines(glance.restarts, now)
    lines += [f"restarted {name} in this look" for name in glance.restarted]
    lines += [f"{name} was not restarted: {why}" for name, why in glance.not_restarted.items()]
    if lines:
        yield Text("")
    for line in lines:
        yield Text(line)


def _tables(glance: Glance, now: float, room: int, history: Sequence[float]) -> Iterator[Text]:
    rows = table_rows(glance, now)
    if not rows:
        return
    wide = max(len("table"), *(len(row.table) for row in rows))
    yield Text("")
    yield Text(f"{'table':<{wide}}  {'newest event':>12}  {'events/s':>9}", style="dim")
    left = room - 4  # the heading, its line above, the sum, and what is left out
    shown = rows if len(rows) <= left + 1 else rows[: max(1, left)]
    for row in shown:
        newest = Text(f"{row.newest:>12}", style="" if row.exists else "bold red")
        yield Text.assemble(f"{row.table:<{wide}}  ", newest, f"  {figure(row.rate):>9}")
    if len(shown) < len(rows):
        yield Text(f"… and {len(rows) - len(shown)} more", style="dim")
    yield Text.assemble(
        f"{'all':<{wide}}  {'':>12}  {figure(glance.rate):>9}  ", (sparkline(history), "green")
    )


def _fit(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    line.no_wrap = True
    return line
