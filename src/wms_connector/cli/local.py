"""`local`: the runtime on a laptop."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from wms_connector.cli.app import App, default_pipeline, laptop_command
from wms_connector.cli.origin import FILE, Origin
from wms_connector.cli.progress import progress
from wms_connector.cli.source_option import source_option
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from wms_connector.health.figures import Figures
    from wms_connector.local.state import SourceName
    from wms_connector.local.status import LocalStatus

_MIB: Final = 1_048_576


@click.group()
def local() -> None:
    """Run database, broker and workers on this machine: no Docker, nothing beyond loopback."""


@local.command(epilog="Example: wms-connector local up --workers 2")
@click.option(
    "--workers",
    type=click.IntRange(1, 8),
    metavar="N",
    help="Connect workers.  [default: as many as before; 1 in a new runtime]",
)
@click.option(
    "--tables",
    metavar="LIST",
    help="Tables in place of the pipeline file's: SCHEMA.TABLE,SCHEMA.TABLE",
)
@click.option(
    "--init",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="SQL that is run once, when the database is new: your own tables.",
)
@click.option(
    "--plugin",
    "plugins",
    multiple=True,
    envvar="WMS_CONNECTOR_JDBC_PLUGIN",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="A further plugin's folder, or its archive as FILE#sha256=DIGEST; a pipeline of kind "
    "jdbc needs one.",
)
@source_option
@click.option(
    "--oracle-dsn",
    metavar="DSN",
    help="An Oracle of yours in place of a database here: USER@HOST:1521/SERVICE, the "
    "connector's user, without a password. Nothing in it is made or changed.",
)
@click.option("--oracle-pdb", metavar="NAME", help="With --oracle-dsn: the tables' PDB.")
@click.option(
    "--oracle-app",
    metavar="DSN",
    help="With --oracle-dsn: who `local write` and `audit` sign in as.  [default: the same]",
)
@laptop_command
def up(
    app: App,
    workers: int | None,
    tables: str | None,
    init: tuple[Path, ...],
    plugins: tuple[Path, ...],
    source: SourceName | None,
    oracle_dsn: str | None,
    oracle_pdb: str | None,
    oracle_app: str | None,
) -> None:
    """Start what does not run, register the connector, and wait until it runs."""
    from wms_connector.cli.external import external
    from wms_connector.local.errors import TablesMissingError
    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.state import StateFolder

    if tables is not None or app.pipeline_path is not None:
        chosen = tuple(part.strip() for part in tables.split(",")) if tables else ()
        path = (app.pipeline_path or default_pipeline()).absolute()
        origin = Origin(path=str(path), tables=chosen)
        pipeline = origin.load()
    else:
        pipeline = app.pipeline
        origin = None
    stage = pipeline.stage(app.stage_text)

    def remember() -> None:
        if origin is not None:
            StateFolder(app.state_dir).write_private(FILE, origin.model_dump_json())

    theirs, passwords = external(source, oracle_dsn, oracle_pdb, oracle_app)
    with progress() as shown:
        runtime = LocalRuntime(
            app.state_dir,
            pipeline,
            stage,
            database=source,
            external=theirs,
            passwords=passwords,
            workers=workers,
            init=init,
            plugins=plugins,
            progress=shown,
        )
        try:
            status = runtime.up()
        except TablesMissingError:  # all but the connector runs; the next `up` is about the same
            remember()
            raise
    remember()
    app.show(status.model_dump(), _text(status))


@local.command(epilog="Example: wms-connector local down --purge")
@click.option("--purge", is_flag=True, help="Also remove all data: topics, rows, logs.")
@laptop_command
def down(app: App, purge: bool) -> None:
    """Stop what runs, by its recorded process ids; data stays unless --purge is given."""
    from wms_connector.local.control import LocalControl

    with progress() as shown:
        stopped = LocalControl(app.state_dir, progress=shown).down(purge=purge)
    text = f"stopped {', '.join(stopped)}" if stopped else "nothing ran"
    if purge:
        text += f"; nothing is left of {app.state_dir}"
    app.show({"stopped": list(stopped), "purged": purge}, text)


@local.command(epilog="Example: wms-connector local status --json")
@laptop_command
def status(app: App) -> int:
    """Show the parts: process id, port, uptime, memory, and each worker's figures; exit 1 unless
    all run."""  # noqa: D205, D209
    from wms_connector.health.figures import ExporterError
    from wms_connector.local import figures

    found = app.control().status()
    try:
        told, untold = figures.ask(found), ""
    except ExporterError as error:  # a worker that starts tells nothing yet
        told, untold = (), error.what
    lines = [_figures(one) for one in told] or [untold] * bool(untold)
    app.show(
        {**found.model_dump(), "figures": [one.model_dump() for one in told]},
        "\n".join([_text(found), *([""] if lines else []), *lines]),
    )
    return int(not found.running)


@local.command(epilog="Example: wms-connector local tail --from-beginning --count 20")
@click.option("--from-beginning", is_flag=True, help="Also what is in the topics already.")
@click.option("--count", type=click.IntRange(1), help="Stop after so many events.")
@click.option("--uncommitted", is_flag=True, help="Also events of transactions never committed.")
@click.option("--all", "everything", is_flag=True, help="Also tombstones after deletes.")
@laptop_command
def tail(
    app: App, from_beginning: bool, count: int | None, uncommitted: bool, everything: bool
) -> None:
    """Print events as they arrive: table, key, operation, what changed; --json for the whole."""
    from wms_connector.cli.tail import follow

    follow(
        app,
        from_beginning=from_beginning,
        count=count,
        committed=not uncommitted,
        everything=everything,
    )


@local.command(epilog="Example: wms-connector local write --rate 50 --seconds 60 --seed 7")
@click.option("--rate", type=click.FloatRange(0.1, 100_000), default=20.0, show_default=True,
              help="Row changes a second.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(0.1), help="Stop after so long.")
@click.option("--count", type=click.IntRange(1), help="Stop after so many row changes.")
@click.option("--seed", type=int, default=1, show_default=True,
              help="The same seed gives the same changes.")  # fmt: skip
@click.option(
    "--rows", type=click.IntRange(0, 50_000_000), help="First add so many rows, over all tables."
)
@laptop_command
def write(
    app: App,
    rate: float,
    seconds: float | None,
    count: int | None,
    seed: int,
    rows: int | None,
) -> None:
    """Write plausible plan changes: inserts, updates, deletes, transactions, roll-backs."""
    from wms_connector.cli.write import write_changes

    write_changes(app, rate=rate, seconds=seconds, count=count, seed=seed, rows=rows)


@local.command(epilog="Example: wms-connector local logs worker-1 --follow")
@click.argument("parts", nargs=-1)
@click.option("--follow", "-f", is_flag=True, help="Go on as lines are written.")
@laptop_command
def logs(app: App, parts: tuple[str, ...], follow: bool) -> None:
    """Print the parts' logs, merged by time; PARTS limits it to some of them."""
    import json

    for entry in app.control().logs(parts, follow=follow):
        if app.as_json:
            value = {"at": entry.at.isoformat(), "part": entry.part, "text": entry.text}
            click.echo(json.dumps(value))
        else:
            click.echo(f"{entry.at:%H:%M:%S}.{entry.at.microsecond // 1000:03} "
                       f"{entry.part:<14} {entry.text}")  # fmt: skip


@local.command(epilog="Example: wms-connector local rotate")
@laptop_command
def rotate(app: App) -> None:
    """Give PostgreSQL's user a new password; try it, then replace the workers one by one.

    As a rotated secret does in a deployment. With two workers or more one always runs.
    """
    from wms_connector.local.control import LocalControl
    from wms_connector.local.rotation import rotate as give_new_password

    with progress() as shown:
        replaced = give_new_password(LocalControl(app.state_dir, progress=shown))
    app.show({"replaced": list(replaced)}, f"new password; replaced {', '.join(replaced)}")


@local.command(epilog="Example: wms-connector local kill worker-1")
@click.argument("part")
@click.option(
    "--signal",
    "name",
    default="KILL",
    show_default=True,
    help="KILL, TERM, STOP (freeze), CONT (go on).",
)
@laptop_command
def kill(app: App, part: str, name: str) -> None:
    """Send a part a signal, to see what happens; `local up` starts it again."""
    try:
        number = signal.Signals[f"SIG{name.upper().removeprefix('SIG')}"]
    except KeyError:
        raise UsageError(
            f"{name!r} is no signal", hint="Use KILL, TERM, INT, STOP or CONT"
        ) from None
    pid = app.control().kill(part, number)
    app.show({"part": part, "pid": pid, "signal": number.name},
             f"sent {number.name} to {part} (process {pid})")  # fmt: skip


def _figures(told: Figures) -> str:
    """What an operator asks of a worker: does it have room, and is it behind."""
    words = []
    if told.heap_free is not None:
        words.append(f"heap {told.heap_free:.0%} free")
    if told.queue_free is not None:
        words.append(f"queue {told.queue_free:.0%} free")
    if told.behind_ms is not None:
        words.append(f"last event {told.behind_ms} ms late")
    if told.records_per_second is not None:
        words.append(f"{told.records_per_second:.1f} records/s")
    if told.snapshot_tables_left is not None:
        words.append(f"snapshot: {_counted(told.snapshot_tables_left, 'table')} left")
    if told.reads_schema_history:
        words.append("reads its schema history")
    if told.connected is False:
        words.append("not connected to the database")
    words.append(f"{_counted(told.tasks, 'task')}, {told.failed_tasks} failed")
    return f"{told.name:<11}{'; '.join(words)}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _text(status: LocalStatus) -> str:
    width = max((len(part.name) for part in status.parts), default=4) + 2
    lines = [
        f"{'part':<{width}}{'state':<9}{'pid':>8}{'port':>7}{'uptime':>10}{'memory':>10}",
    ]
    for part in status.parts:
        state = "running" if part.alive else "stopped"
        uptime = "" if part.uptime_s is None else f"{part.uptime_s:.0f} s"
        memory = "" if part.rss_bytes is None else f"{part.rss_bytes // _MIB} MiB"
        lines.append(
            f"{part.name:<{width}}{state:<9}{part.pid or '':>8}{part.port:>7}"
            f"{uptime:>10}{memory:>10}"
        )
    lines += [
        "",
        f"stage      {status.stage}",
        f"connect    {status.connect_url or '-'}",
        f"brokers    {status.bootstrap_servers}",
        f"source     {status.source}",
        f"database   {status.database_dsn}",
        f"state      {status.state_dir}",
    ]
    return "\n".join(lines)
