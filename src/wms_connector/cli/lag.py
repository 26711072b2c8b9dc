"""How far connectors are behind their database: the database found, and asked."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from wms_connector.cli.secret_option import secrets_option
from wms_connector.model.errors import UsageError, WmsError

if TYPE_CHECKING:
    from pathlib import Path

    from wms_connector.cli.app import App
    from wms_connector.cli.database import Login
    from wms_connector.cli.target import Target
    from wms_connector.connect.client import ConnectClient
    from wms_connector.oracle.database import Database
    from wms_connector.oracle.lag import Lag

F = TypeVar("F", bound=Callable[..., Any])

_SECONDS: Final = 10.0  # for each question: a status must not hang on the database
_WAL: Final = "SELECT (pg_current_wal_lsn() - '0/0')::bigint"
_KEPT: Final = (
    "SELECT (pg_current_wal_lsn() - restart_lsn)::bigint FROM pg_replication_slots"
    " WHERE slot_name = %s"
)


@dataclass(frozen=True)
class Source:
    """Which database was asked for; the laptop's where the workers are the laptop's."""

    address: str | None
    secrets: Path | None

    def look(self, app: App, where: Target, client: ConnectClient, name: str) -> Told | None:
        """Give a connector's lag, or None where no database is known or nothing can be said."""
        config = client.connector(name).config
        kind = config.get("connector.class") or ""
        try:
            if kind.endswith(".OracleConnector"):
                offsets = [entry.model_dump() for entry in client.offsets(name).offsets]
                return self._oracle(app, where, offsets)
            if kind.endswith(".PostgresConnector") and where.is_local:
                return _postgres(app, [entry.offset for entry in client.offsets(name).offsets])
        except WmsError as error:
            return Told({"unknown": {"database": error.what}}, [f"lag unknown: {error.what}"])
        return None

    def _oracle(self, app: App, where: Target, offsets: list[dict[str, Any]]) -> Told | None:
        from wms_connector.oracle.lag import observe_lag

        # The root does not show a common user the transactions of the pluggable database.
        database = self.database(app, where, inside=True)
        if database is None:
            return None
        with database:
            found: Lag = observe_lag(database, offsets)
        return Told(found.as_json(), found.lines())

    def database(self, app: App, where: Target, *, inside: bool = False) -> Database | None:
        """Sign in to Oracle as it was named, else to the laptop's as its connector does.

        `inside`: in the pluggable database, if one is known. None where no database is known.
        Raises OracleFailure and what the address raises.
        """
        from wms_connector.oracle.identifier import identifier

        login = self._login(app, where)
        if login is None:
            return None
        opened = login.open()
        opened.limit(_SECONDS)
        if inside and login.pdb is not None:
            name = identifier(login.pdb, "pluggable database")
            opened.execute(f"ALTER SESSION SET CONTAINER = {name}")
        return opened

    def _login(self, app: App, where: Target) -> Login | None:
        from wms_connector.cli.database import Login

        if self.address is not None:
            return Login.of_dsn(self.address)
        if self.secrets is not None:
            return Login.of_secret(app, self.secrets)
        return Login.of_laptop(app.control()) if where.is_local else None


@dataclass(frozen=True)
class Told:
    """A lag for programs and for people."""

    value: dict[str, Any]
    lines: list[str]


def source_options(function: F) -> F:
    """Give a command `--oracle-dsn` and `--secrets`, and call it with a Source as `source`."""

    @click.option(
        "--oracle-dsn",
        "address",
        metavar="USER@HOST:PORT/SERVICE",
        help="The database to ask; the password is asked for, or taken from "
        "WMS_CONNECTOR_ORACLE_PASSWORD or ?passfile=FILE.  [default: the laptop's]",
    )
    @secrets_option("the database")
    @functools.wraps(function)
    def wrapped(*args: Any, address: str | None, location: Path | None, **rest: Any) -> Any:
        if address and location:
            raise UsageError(
                "--oracle-dsn and --secrets name two databases", hint="Give one of them"
            )
        return function(*args, source=Source(address, location), **rest)

    return wrapped  # type: ignore[return-value]


def _postgres(app: App, offsets: list[dict[str, Any] | None]) -> Told | None:
    """The laptop's PostgreSQL: bytes of its log, and how long ago the last change read was."""
    from wms_connector.cli.postgres import connected

    offset = next((found for found in offsets if found and "lsn" in found), None)
    if offset is None:
        return None
    with connected(app.control().status().database_dsn) as connection:
        row = connection.execute(_WAL).fetchone()
        slot = connection.execute(_KEPT, (app.names.slot,)).fetchone()
    behind = max(0, int(row[0]) - int(offset["lsn"])) if row else None
    kept = int(slot[0]) if slot and slot[0] is not None else None
    read = offset.get("ts_usec")
    seconds = round(max(0.0, time.time() - int(read) / 1e6), 1) if read else None
    value = {"lsn": offset["lsn"], "bytes_behind": behind, "last_change_seconds": seconds,
             "slot_bytes": kept}  # fmt: skip
    told = f"behind PostgreSQL: {behind:,} bytes" if behind is not None else "lag unknown"
    if seconds is not None:
        told += f"; the last change read is {seconds:.0f} s old"
    return Told(value, [told])
