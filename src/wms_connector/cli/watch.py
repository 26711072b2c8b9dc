"""`watch`: looks at a stage again and again: rates, lag, states, findings, restarts left."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.lag import Source, source_options
from wms_connector.cli.target import Asked, place_options
from wms_connector.local.signals import terminable

if TYPE_CHECKING:
    from wms_connector.cli.watch_glance import Scene
    from wms_connector.cli.watch_plain import PlainView
    from wms_connector.cli.watch_screen import ScreenView


@click.command(epilog="Example: wms-connector watch --every 2 --repair")
@click.option(
    "--every",
    type=click.FloatRange(0.5, 3600),
    metavar="SECONDS",
    help="Between two looks.  [default: 5; of a deployment 30]",
)
@click.option(
    "--for",
    "seconds",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="End after so long, with status 1 unless the last look was healthy.  [default: Ctrl-C]",
)
@click.option("--plain", is_flag=True, help="Lines, even in a terminal: one for each change.")
@click.option(
    "--repair",
    is_flag=True,
    help="On the laptop: restart what is FAILED, as the check of a deployment does, within the "
    "pipeline file's budget.",
)
@source_options
@place_options
@laptop_command
def watch(
    app: App,
    asked: Asked,
    source: Source,
    every: float | None,
    seconds: float | None,
    plain: bool,
    repair: bool,
) -> int:
    """Show a stage live: states, lag, rates, findings with cause and next step, restarts left.

    Fills the terminal; where there is none, or with --plain, it prints a line for each change and
    one a minute. With --json each look is an object on a line. Nothing is changed without --repair.
    """
    from wms_connector.cli.watch_loop import watch as look_again
    from wms_connector.cli.watch_place import place

    with terminable():
        here = place(app, asked, source, repair=repair)
        with _view(app, here.scene, plain=plain) as view:
            last = look_again(
                here.look,
                view,
                every=every or here.every,
                seconds=seconds,
                clock=time.monotonic,
                wall=time.time,
                sleep=time.sleep,
            )
    return int(not last.healthy)


def _view(app: App, scene: Scene, *, plain: bool) -> PlainView | ScreenView:
    from wms_connector.cli.watch_plain import JsonView, PlainView

    if app.as_json:
        return JsonView(scene)
    if plain or not sys.stdout.isatty():
        return PlainView(scene)
    from rich.console import Console

    from wms_connector.cli.watch_screen import ScreenView

    return ScreenView(scene, Console())
