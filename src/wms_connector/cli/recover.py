"""`recover`: a connector that cannot go on from its offset."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.chosen import waiting
from wms_connector.cli.confirm import confirm
from wms_connector.cli.lag import Source, source_options
from wms_connector.cli.target import Target, laptop_or_url, url_option
from wms_connector.model.errors import UsageError, WmsError

if TYPE_CHECKING:
    from wms_connector.connect.client import ConnectClient
    from wms_connector.connect.recovery import Record, Repair, Seen
    from wms_connector.oracle.offsets import Position

F = TypeVar("F", bound=Callable[..., Any])

_SNAPSHOT_NOTES: Final = (
    "First ask the DBA to restore the archived logs from that SCN on (RMAN RESTORE ARCHIVELOG "
    "FROM SCN): then `wms-connector restart` loses nothing.\n"
    "Otherwise consumers get every row again, as op `r`. Of what was changed between that SCN and "
    "the snapshot they see the last state only; rows deleted meanwhile get no delete event.\n"
    "Afterwards `wms-connector audit` names such rows as extra; docs/recovery.md says what to do."
)
_HISTORY_NOTES: Final = (
    "No row is read again, and no change is lost.\n"
    "The structures are those that the tables have now: no table may have been changed since the "
    "restart point."
)


@click.group()
def recover() -> None:
    """Repair a connector that cannot go on from its offset; shows first what it would do."""


_OPTIONS: Final = (
    click.argument("name", required=False),
    click.option("--yes", is_flag=True, help="Do it; without it only shows what would be done."),
    click.option(
        "--anyway",
        metavar="REASON",
        help="Do it though the finding is not there; the reason is written down.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(1, 604_800),
        default=3_600.0,
        show_default=True,
        metavar="SECONDS",
        help="For each thing that is waited for.",
    ),
    source_options,
    url_option,
)


def _options(function: F) -> F:
    """Give a command what `Options` holds, in the order of its help page."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@recover.command(epilog="Example: wms-connector recover snapshot --stage main --url http://w:8083")
@_options
@laptop_command
def snapshot(app: App, **options: Any) -> None:
    """The restart point is purged from the archive: forget the offset, snapshot anew."""
    from wms_connector.connect.recovery import Repair

    _run(app, Repair.SNAPSHOT, Options(**options))


@recover.command(
    "schema-history",
    epilog="Example: wms-connector recover schema-history --stage main --url http://w:8083",
)
@_options
@laptop_command
def schema_history(app: App, **options: Any) -> None:
    """The schema history topic is lost: rebuild it without reading the rows again."""
    from wms_connector.connect.recovery import Repair

    _run(app, Repair.SCHEMA_HISTORY, Options(**options))


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    name: str | None
    yes: bool
    anyway: str | None
    timeout: float
    urls: tuple[str, ...]
    source: Source


def _run(app: App, repair: Repair, asked: Options) -> None:
    from wms_connector.cli.recover_file import RecoverFile
    from wms_connector.connect.recover import carry_out, look
    from wms_connector.connect.recovery import plan

    where = laptop_or_url(app, asked.urls)
    with where.client() as client:
        name = _connector(app, client, asked.name)
        seen = look(client, name)
        file = RecoverFile(app.state_dir, app.stage, name)
        begun = file.read(repair)
        finding = _finding(app, where, repair, seen, asked)
        found = finding is not None or asked.anyway is not None
        steps = plan(repair, seen, begun, found=found, file=str(file.path))
        reason = asked.anyway or finding or "found before it was interrupted"
        record = begun or _record(app, repair, seen, reason)
        notes = _notes(app, where, repair, record, asked)
        value: dict[str, Any] = {
            "connector": name,
            "repair": repair.value,
            "finding": record.finding,
            "continues": begun is not None,
            "offsets": [entry.model_dump() for entry in record.offsets],
            "steps": [step.told for step in steps],
            "notes": notes,
        }
        lines = [f"{name}: {record.finding}", *(f"  - {step.told}" for step in steps), *notes]
        if not app.as_json:
            click.echo("\n".join(lines))
        if not asked.yes and (app.as_json or not sys.stdin.isatty()):
            app.show(value | {"done": False}, "dry run: nothing was done; --yes does it")
            return
        confirm(f"{'go on with' if begun else 'begin'} this repair of {name}", yes=asked.yes)
        carry_out(steps, client, record, file, waiting(asked.timeout))
    done = f"{name} runs; what was before is kept in {file.finished(record)}"
    app.show(value | {"done": True, "kept": str(file.finished(record))}, done)


def _connector(app: App, client: ConnectClient, name: str | None) -> str:
    """The connector that was named, or the stage's only one; none may be another stage's."""
    from wms_connector.connect.ownership import check_stage
    from wms_connector.connect.reconcile import actual_of

    actual = actual_of(client.expanded())
    check_stage(app.names, actual)
    ours = [known for known in actual if app.names.owns_connector(known)]
    if name is not None:
        if name not in ours:
            raise UsageError(
                f"{name} is no connector of this pipeline at {client.where}",
                hint=f"There are: {', '.join(ours)}" if ours else "There is none at all",
            )
        return name
    if len(ours) != 1:
        raise WmsError(
            f"{len(ours) or 'no'} connectors of {app.names.product} are at {client.where}",
            hint="Name one of them" if ours else "Register it with `wms-connector apply`",
        )
    return ours[0]


def _finding(app: App, where: Target, repair: Repair, seen: Seen, asked: Options) -> str | None:
    """Why it has to be repaired: the trace says so, or the database's archive."""
    from wms_connector.oracle.catalogue import explain

    status = seen.status
    traces = [status.connector.trace, *(t.trace for t in status.tasks)] if status else []
    for entry in explain("\n".join(trace or "" for trace in traces)):
        if repair.value in entry.recovery:
            return entry.meaning
    return _purged(app, where, seen, asked) if repair.value == "snapshot" else None


def _purged(app: App, where: Target, seen: Seen, asked: Options) -> str | None:
    """A stopped connector has no trace; the archive can tell all the same."""
    from wms_connector.oracle.lag import observe_lag

    if _position(seen.offsets) is None:
        return None
    try:
        database = asked.source.database(app, where)
        if database is None:
            return None
        with database:
            archive = observe_lag(database, [e.model_dump() for e in seen.offsets]).archive
    except WmsError:
        return None  # then the finding is not there
    return (
        "the archived logs from its restart point on are gone"
        if archive and archive.purged
        else None
    )


def _record(app: App, repair: Repair, seen: Seen, reason: str) -> Record:
    from wms_connector.connect.recovery import MODE, RECOVERY, Record

    mode = seen.config.get(MODE)
    return Record(
        repair=repair,
        connector=seen.name,
        stage=app.stage.name,
        finding=reason,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        # Somebody may have begun by hand: what is put back is never `recovery`.
        mode="initial" if (mode or "").lower() == RECOVERY else mode,
        offsets=seen.offsets,
    )


def _notes(app: App, where: Target, repair: Repair, record: Record, asked: Options) -> list[str]:
    position = _position(record.offsets)
    at = [f"Its restart point is SCN {position.scn}."] if position else []
    if repair.value == "snapshot":
        return [*at, *_SNAPSHOT_NOTES.splitlines()]
    return [*at, *_HISTORY_NOTES.splitlines(), *_structures(app, where, position, asked)]


def _structures(app: App, where: Target, position: Position | None, asked: Options) -> list[str]:
    """Whether tables were changed since; raises UsageError if one was and nobody said why."""
    from wms_connector.oracle.ddl import changed_since

    try:
        database = asked.source.database(app, where, inside=True) if position else None
        if database is None or position is None:
            return ["That was not checked: name the database with --oracle-dsn or --secrets."]
        with database:
            seen = changed_since(database, app.pipeline.captured, position.scn)
    except WmsError as error:
        return [f"That could not be checked: {error.what}."]
    if seen.changed and asked.anyway is None:
        names = ", ".join(map(str, seen.changed))
        raise UsageError(
            f"{names} changed since SCN {position.scn}: rows that were written between would be "
            "read with columns that are not theirs",
            hint="`wms-connector recover snapshot` begins anew. If columns were only added at the "
            "end, or rights granted, go on with --anyway REASON",
        )
    if seen.unseen:
        return [f"That could not be checked of {', '.join(map(str, seen.unseen))}: not visible."]
    return ["A table was changed since; it goes on all the same."] if seen.changed else []


def _position(offsets: Any) -> Position | None:
    from wms_connector.oracle.offsets import position_of

    return position_of(entry.model_dump() for entry in offsets)
