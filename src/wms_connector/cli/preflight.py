"""`preflight`: what has to be true of Oracle before a connector reads it; the DBA's script."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.secret_option import db_info, secrets_option
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wms_connector.cli.database import Login
    from wms_connector.oracle.preflight.check import Check
    from wms_connector.oracle.preflight.wanted import Wanted

_COMMON_USER = "C##WMS"
_LOCAL_USER = "WMS_CONNECTOR"
_SHOWN: Final = ("pass", "warn", "unknown", "fail")
"""What has to be mended stands last, where a terminal shows it."""
_STATUS: Final = {"fail": 1, "unknown": 3}
"""Exit status by the worst verdict; 0 for the others."""


@click.command(
    epilog="Example: wms-connector preflight --sql --pdb ORCLPDB1 > setup.sql, for the DBA; then "
    "wms-connector preflight --stage main. On a laptop, after `local up --source oracle`: "
    "wms-connector preflight"
)
@secrets_option()
@click.option(
    "--dsn",
    metavar="USER@HOST:PORT/SERVICE",
    help="The database, instead of the secret's; the password is asked for, or taken from "
    "WMS_CONNECTOR_ORACLE_PASSWORD or ?passfile=FILE.",
)
@click.option("--pdb", metavar="NAME", help="The pluggable database that holds the tables.")
@click.option(
    "--outage",
    type=click.IntRange(1, 8_760),
    default=24,
    show_default=True,
    metavar="HOURS",
    help="How long the connector may be down and must still find its redo.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1, 3_600),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="For each statement; what takes longer is unknown.",
)
@click.option("--sql", is_flag=True, help="Print the DBA's script instead; signs in nowhere.")
@click.option(
    "--variant",
    type=click.Choice(["self-managed", "rds"]),
    default="self-managed",
    show_default=True,
    help="With --sql: for a server of one's own, or for Amazon RDS.",
)
@click.option("--undo", is_flag=True, help="With --sql: the script that takes all back.")
@click.option("--user", metavar="NAME", help="With --sql: the connector's user.")
@click.option(
    "--tablespace",
    metavar="NAME",
    default="USERS",
    show_default=True,
    help="With --sql: where the user's flush table goes.",
)
@laptop_command
def preflight(
    app: App,
    location: Path | None,
    dsn: str | None,
    pdb: str | None,
    outage: int,
    timeout: float,
    sql: bool,
    variant: Literal["self-managed", "rds"],
    undo: bool,
    user: str | None,
    tablespace: str,
) -> int:
    """Check the database before a connector reads it; nothing in it is changed.

    The database is --dsn, else that of the stage's secret; without --stage and --secrets it is the
    laptop runtime's Oracle. Exit 0: nothing failed. 1: a check failed. 3: none did, but some could
    not be made: what cannot be seen is unknown, never a pass.
    """
    if undo and not sql:
        raise UsageError("--undo goes with --sql", hint="Add --sql to print the script")
    if dsn and location:
        raise UsageError("--dsn and --secrets name two databases", hint="Give one of them")
    if sql:
        app.is_laptop = False  # the script is for a database elsewhere
        return _script(
            app, location, dsn, pdb, user,
            variant=variant, undo=undo, tablespace=tablespace, hours=outage,
        )  # fmt: skip
    from wms_connector.oracle.preflight.assess import worst
    from wms_connector.oracle.preflight.wanted import Wanted

    login = _login(app, location, dsn)
    wanted = Wanted.of(app.pipeline, app.stage, pdb=pdb or login.pdb, outage_hours=outage)
    checks = _checked(login, wanted, timeout)
    _show(app, str(login.address), checks)
    return _STATUS.get(worst(checks), 0)


def _script(
    app: App,
    location: Path | None,
    dsn: str | None,
    pdb: str | None,
    user: str | None,
    *,
    variant: Literal["self-managed", "rds"],
    undo: bool,
    tablespace: str,
    hours: int,
) -> int:
    from wms_connector.oracle.address import OracleAddress
    from wms_connector.oracle.script import Plan
    from wms_connector.oracle.sqlplus import sql_plus

    if location is not None:
        app.leave_laptop()
        info = db_info(app, location)
        pdb, user = pdb or info.pdb, user or info.user
    elif dsn is not None:
        user = user or OracleAddress.parse(dsn).user
    common = pdb is not None and variant == "self-managed" and app.pipeline.connector == "debezium"
    plan = Plan(
        user or (_COMMON_USER if common else _LOCAL_USER),
        app.pipeline.captured,
        kind=app.pipeline.connector,
        variant=variant,
        pdb=pdb,
        tablespace=tablespace,
        retention_hours=hours,
    )
    text = sql_plus(plan, undoing=undo)
    app.show({"sql": text}, text.rstrip("\n"))
    return 0


def _login(app: App, location: Path | None, dsn: str | None) -> Login:
    from wms_connector.cli.database import Login

    if dsn is not None:
        app.leave_laptop()
        return Login.of_dsn(dsn)
    if location is None and (app.names_no_stage or app.state_path is not None):
        found = Login.of_laptop(app.control())
        if found is None:
            raise UsageError(
                "the laptop's database is PostgreSQL, of which there is nothing to check",
                hint="Start it with `local up --source oracle`, or name a --stage or a --dsn",
            )
        return found
    app.leave_laptop()
    return Login.of_secret(app, location, pluggable=app.pipeline.connector == "jdbc")


def _checked(login: Login, wanted: Wanted, timeout: float) -> tuple[Check, ...]:
    from wms_connector.oracle.errors import OracleFailure
    from wms_connector.oracle.preflight.assess import assess, refused
    from wms_connector.oracle.preflight.observe import observe

    with _Told() as tell:
        tell(f"signing in as {login.address}")
        try:
            database = login.open()
        except OracleFailure as failure:
            return refused(failure)
        with database:
            database.limit(timeout)
            return assess(observe(database, wanted, tell=tell), wanted)


class _Told:
    """What is being looked at, on the last line of a terminal; silent elsewhere."""

    def __init__(self) -> None:
        self._status: Any = None

    def __enter__(self) -> Callable[[str], None]:
        if sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("")
            self._status.start()
        return self._tell

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def _tell(self, what: str) -> None:
        if self._status is not None:
            self._status.update(what)


def _show(app: App, address: str, checks: tuple[Check, ...]) -> None:
    from wms_connector.oracle.preflight.assess import worst

    counts = Counter(check.verdict.value for check in checks)
    summary = ", ".join(f"{counts[name]} {name}" for name in ("pass", "warn", "fail", "unknown"))
    if app.as_json:
        app.show(
            {
                "database": address,
                "verdict": worst(checks).value,
                "counts": {name: counts[name] for name in ("pass", "warn", "fail", "unknown")},
                "checks": [check.as_json() for check in checks],
            }
        )
        return
    checks = tuple(sorted(checks, key=lambda check: _SHOWN.index(check.verdict.value)))
    if sys.stdout.isatty():
        from rich.console import Console

        from wms_connector.cli.preflight_table import table

        Console().print(table(checks))
    else:
        click.echo("\n".join(_plain(checks)))
    click.echo(summary)


def _plain(checks: tuple[Check, ...]) -> list[str]:
    lines: list[str] = []
    for check in checks:
        lines.append(f"{check.verdict:<8}{check.name}  {check.subject}: {check.found}")
        if check.mend is not None:
            lines += [f"        why: {check.why}", f"        mend: {check.mend}"]
    return lines
