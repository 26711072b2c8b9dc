"""How far connectors are behind their database: which database that is, and the way to it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from wms_connector.cli.secret_option import secrets_option
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from wms_connector.cli.app import App
    from wms_connector.cli.target import Target
    from wms_connector.health.flows import Flows
    from wms_connector.local.sign_in import SignIn
    from wms_connector.oracle.database import Database

F = TypeVar("F", bound=Callable[..., Any])

_SECONDS: Final = 10.0  # for each question: a status must not hang on the database


@dataclass(frozen=True)
class Source:
    """Which database was asked for; the laptop's where the workers are the laptop's."""

    address: str | None
    secrets: Path | None

    @property
    def is_named(self) -> bool:
        """Whether a database was named."""
        return self.address is not None or self.secrets is not None

    def flows(self, app: App, where: Target) -> Flows | None:
        """Give the way to the database; None where none is known."""
        from wms_connector.local.health import laptop_flows, oracle_flows

        oracle = (lambda: self._login(app, where)) if self.is_named else None
        if where.is_local:
            return laptop_flows(app.control(), oracle=oracle)
        return oracle_flows(oracle) if oracle else None

    def database(self, app: App, where: Target, *, inside: bool = False) -> Database | None:
        """Sign in to Oracle as it was named, else to the laptop's as its connector does.

        `inside`: in the pluggable database, if one is known. None where no database is known.
        Raises OracleFailure and what the address raises.
        """
        login = self._login(app, where)
        if login is None:
            return None
        if inside:
            return login.inside(seconds=_SECONDS)
        opened = login.open()
        opened.limit(_SECONDS)
        return opened

    def _login(self, app: App, where: Target) -> SignIn | None:
        from wms_connector.cli.database import Login

        if self.address is not None:
            return Login.of_dsn(self.address)
        if self.secrets is not None:
            return Login.of_secret(app, self.secrets)
        return Login.of_laptop(app.control()) if where.is_local else None


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
