"""Looks again and again, and hands each look to a view. Time is passed in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from wms_connector.cli.watch_glance import Glance
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST_PAUSE: Final = 0.5
"""Seconds between two looks, however long one took: who watches must not be a load."""


class View(Protocol):
    """Where looks are shown."""

    def begin(self) -> None:
        """Tell that a look begins."""

    def show(self, glance: Glance, pause: float) -> None:
        """Show a look; the next one begins after `pause` seconds."""


def watch(
    take: Callable[[Glance | None], Glance],
    view: View,
    *,
    every: float,
    seconds: float | None,
    clock: Callable[[], float],
    wall: Callable[[], float],
    sleep: Callable[[float], None],
) -> Glance:
    """Look every `every` seconds until `seconds` have passed, or for ever; gives the last look.

    `take` is given the look before. A look that cannot be taken (WmsError) is shown as such, with
    what was seen last: it may be possible again with the next. `clock` never steps; `wall` gives
    seconds since 1970.
    """
    began = clock()
    former: Glance | None = None
    while True:
        at = clock()
        view.begin()
        try:
            former = take(former)
        except WmsError as error:
            told = " ".join(str(error).split())
            former = replace(former or Glance(wall()), at=wall(), problem=told, restarted=())
        now = clock()
        pause = max(SHORTEST_PAUSE, at + every - now)
        ended = seconds is not None and now + pause > began + seconds
        view.show(former, pause)
        if ended:
            return former
        sleep(pause)
