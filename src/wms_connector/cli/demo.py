"""`demo`: the whole story in about a minute."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wms_connector.cli.app import App, command
from wms_connector.cli.source_option import SOURCES, source_option
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from wms_connector.audit.report import Report
    from wms_connector.cli.story_plain import PlainNarrator
    from wms_connector.cli.story_screen import ScreenNarrator
    from wms_connector.demo.outcome import Outcome
    from wms_connector.demo.story import Script, Tools
    from wms_connector.demo.watcher import Watcher
    from wms_connector.events.records import Change
    from wms_connector.local.generator import Summary
    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.state import SourceName
    from wms_connector.local.status import LocalStatus

DEMO_STAGE = "demo"


@click.command(epilog="Example: wms-connector demo --rows 100000 --rate 500 --keep")
@click.option(
    "--rows",
    type=click.IntRange(4, 10_000_000),
    default=20_000,
    show_default=True,
    help="Rows that are there before, in all tables together.",
)
@click.option(
    "--rate",
    type=click.FloatRange(1, 20_000),
    default=300.0,
    show_default=True,
    help="Row changes a second.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(1, 86_400),
    default=18.0,
    show_default=True,
    help="How long rows change, besides the recovery.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the changes.")
@source_option
@click.option("--keep", is_flag=True, help="Leave everything running, also after a failure.")
@click.option("--plain", is_flag=True, help="Plain lines although this is a terminal.")
@click.option(
    "--state",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="State folder.  [default: a temporary one; with --keep that of stage demo]",
)
@command
def demo(
    app: App,
    rows: int,
    rate: float,
    seconds: float,
    seed: int,
    source: SourceName | None,
    keep: bool,
    plain: bool,
    folder: Path | None,
) -> int:
    """Start everything, change rows, kill the worker, and count what is missing or came twice.

    Exit status 0 says that both promises held.
    """
    from wms_connector.demo.story import Script
    from wms_connector.local.control import LocalControl
    from wms_connector.local.signals import terminable
    from wms_connector.model.places import default_state

    app.stage_text = app.stage_text or DEMO_STAGE
    temporary = None
    if folder is None and not keep:
        temporary = Path(tempfile.mkdtemp(prefix="wms-connector-demo-"))
    folder = folder or temporary or default_state(app.stage)
    _check_new(folder, app)
    script = Script(rows=rows, rate=rate, seed=seed).lasting(seconds)
    with terminable(), _narrator(plain) as narrator:
        try:
            outcome = _told(app, folder, script, narrator, source or "postgres")
        except BaseException:
            if keep:
                narrator.note(f"what runs is left: `{_down(folder, app)}` removes it")
            raise
        finally:
            if not keep:
                narrator.chapter("Stopping everything")
                LocalControl(folder, progress=narrator).down(purge=True)
                if temporary is not None:
                    shutil.rmtree(temporary, ignore_errors=True)
    app.show(outcome.as_json(), _closing(outcome))
    if keep and not app.as_json:
        click.echo(_try(folder, app))
    return int(not outcome.held)


def _check_new(folder: Path, app: App) -> None:
    """Refuse a folder that a runtime has already: at its end the demo removes what it finds."""
    if (folder / "state.json").exists():
        raise UsageError(
            f"{folder} has a runtime already, which the demo would change and remove",
            hint=f"Name another folder with --state, or remove that one: `{_down(folder, app)}`",
        )


def _told(
    app: App,
    folder: Path,
    script: Script,
    narrator: PlainNarrator | ScreenNarrator,
    source: SourceName,
) -> Outcome:
    from wms_connector.demo.story import tell
    from wms_connector.local.runtime import LocalRuntime

    runtime = LocalRuntime(
        folder,
        app.pipeline,
        app.stage,
        database=source,
        progress=narrator,
        prepare=lambda dsn: _prepare(app, dsn, script.rows),
    )
    return tell(script, _tools(app, runtime), narrator, source=SOURCES[source])


def _tools(app: App, runtime: LocalRuntime) -> Tools:
    from wms_connector.demo.story import Tools

    return Tools(
        runtime=runtime,
        watcher=lambda status, listen: _watcher(app, status, listen),
        generate=lambda dsn, script, stop: _generate(app, dsn, script, stop),
        audit=lambda status: _audited(app, status),
    )


def _watcher(
    app: App, status: LocalStatus, listen: Callable[[Change, float | None], None]
) -> Watcher:
    from wms_connector.demo.watcher import Watcher
    from wms_connector.kafka.clients import Cluster, client_settings
    from wms_connector.model.security import KafkaSecurity
    from wms_connector.model.topics import topic_names

    settings = client_settings(Cluster(status.bootstrap_servers, KafkaSecurity.PLAINTEXT))
    topics = list(topic_names(app.pipeline, app.stage).data.values())
    return Watcher(settings, topics, listen)


def _prepare(app: App, dsn: str, rows: int) -> None:
    from wms_connector.cli.database import opened
    from wms_connector.local.generator import prepare

    with opened(dsn) as connection:
        prepare(connection, rows, tables=app.pipeline.tables)


def _generate(app: App, dsn: str, script: Script, stop: threading.Event) -> Summary:
    from wms_connector.cli.database import opened
    from wms_connector.local.generator import generate

    with opened(dsn) as connection:
        return generate(
            connection,
            seed=script.seed,
            rate=script.rate,
            tables=app.pipeline.tables,
            stop=stop.is_set,
        )


def _audited(app: App, status: LocalStatus) -> Report:
    from wms_connector.audit.run import Options
    from wms_connector.cli.audit import run_audit

    return run_audit(
        app.pipeline,
        app.stage,
        dsn=status.database_dsn,
        brokers=status.bootstrap_servers,
        urls=status.connect_urls,
        options=Options(),
        progress=lambda _: None,
    )


def _narrator(plain: bool) -> Any:
    if plain or not sys.stderr.isatty():
        from wms_connector.cli.story_plain import PlainNarrator

        return PlainNarrator()
    from wms_connector.cli.story_screen import ScreenNarrator

    return ScreenNarrator()


def _closing(outcome: Outcome) -> str:
    rows = outcome.rows()
    width = max(len(name) for name, _ in rows) + 2
    lines = ["", *(f"  {name:<{width}}{value}" for name, value in rows), ""]
    verdict = (
        click.style("nothing lost, nothing twice", fg="green", bold=True)
        if outcome.held
        else click.style("the promises did not hold", fg="red", bold=True)
    )
    if not outcome.held:
        lines += [f"  {sentence}" for sentence in outcome.audit.sentences()]
    return "\n".join([*lines, f"  {verdict}"])


def _down(folder: Path, app: App) -> str:
    return f"wms-connector local down --purge --stage {app.stage} --state {folder}"


def _try(folder: Path, app: App) -> str:
    at = f"--stage {app.stage} --state {folder}"
    return "\n".join(
        [
            "",
            "Everything still runs. Try:",
            f"  wms-connector local write {at} &",
            f"  wms-connector local tail {at}",
            f"  wms-connector local kill worker-1 {at}; wms-connector local up {at}",
            f"  wms-connector audit {at}",
            f"  {_down(folder, app)}",
        ]
    )
