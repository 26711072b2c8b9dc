"""A session in a database, whichever it is; how to sign in to an Oracle that was named.

Nothing here needs PostgreSQL's driver before a PostgreSQL is meant.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click
from pydantic import SecretStr

from wms_connector.oracle.address import STANDIN, OracleAddress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from psycopg import Connection

    from wms_connector.cli.app import App
    from wms_connector.local.control import LocalControl
    from wms_connector.oracle.database import Database

_THIN: Final = "jdbc:oracle:thin:@"
_ORACLE: Final = re.compile(r"oracle-standin://|[^@\s:/=]+@")
"""`USER@…` or the stand-in's scheme; PostgreSQL's are a URL of its own or `key=value`."""


def is_oracle(dsn: str) -> bool:
    """Tell an Oracle's address from one of PostgreSQL's."""
    return _ORACLE.match(dsn) is not None


@contextlib.contextmanager
def opened(dsn: str) -> Iterator[Connection[Any] | Database]:
    """Open the database of an address, whichever it is; raises WmsError."""
    if is_oracle(dsn):
        with signed_in(dsn) as database:
            yield database
        return
    from wms_connector.cli.postgres import connected

    with connected(dsn) as connection:
        yield connection


@dataclass(frozen=True)
class Login:
    """How to sign in to an Oracle or its stand-in; `pdb` where a pluggable database is known."""

    address: OracleAddress
    password: SecretStr
    pdb: str | None = None

    @classmethod
    def of_dsn(cls, dsn: str) -> Login:
        """As an address says; raises AddressError, SecretError.

        The password comes from the address's file, the environment, or whoever sits there.
        """
        address = OracleAddress.parse(dsn)
        return cls(address, oracle_password(address))

    @classmethod
    def of_secret(cls, app: App, location: Path | None, *, pluggable: bool = False) -> Login:
        """As the stage's dbInfo says, in the pluggable database or in the container database.

        Raises SecretError.
        """
        from wms_connector.cli.secret_option import db_info

        info = db_info(app, location)
        address = OracleAddress.of_secret(info, pluggable=pluggable)
        return cls(address, info.password, info.pdb)

    @classmethod
    def of_laptop(cls, control: LocalControl) -> Login | None:
        """As the laptop's own connector does: to the container database where there is one.

        None where the laptop's database is PostgreSQL. Raises NotRunningError without a runtime.
        """
        from wms_connector.local.sources import source_of
        from wms_connector.model.environment import Env

        state = control.recorded()
        source = source_of(state)
        if source.name != "oracle":
            return None
        env = source.worker_environment(control.folder, state)
        user, password = env[Env.DB_USER.value], SecretStr(env[Env.DB_PASSWORD.value])
        dsn = source.dsn(control.folder, state)
        if dsn.startswith(STANDIN):
            door = OracleAddress.parse(dsn).target.partition("/")[0]
            address = OracleAddress(user, f"{door}/{env[Env.DB_NAME.value]}", is_standin=True)
        else:
            url = env[Env.DB_URL.value]
            address = OracleAddress(user, url.removeprefix(_THIN).removeprefix("//"))
        return cls(address, password, env.get(Env.DB_PDB.value))

    def open(self) -> Database:
        """Sign in; raises OracleFailure."""
        if self.address.is_standin:
            from wms_connector.local.standin.control import open_standin

            return open_standin(self.address, self.password)
        from wms_connector.oracle.driver import open_oracle

        return open_oracle(self.address, self.password)


def signed_in(dsn: str) -> Database:
    """Sign in to an Oracle or to the stand-in for one; raises OracleFailure, SecretError."""
    return Login.of_dsn(dsn).open()


def oracle_password(address: OracleAddress) -> SecretStr:
    """Find the password of an address; raises AddressError, SecretError."""
    return address.password(os.environ, _asked if sys.stdin.isatty() else None)


def _asked(prompt: str) -> str:
    answer: str = click.prompt(prompt, hide_input=True, err=True)
    return answer
