"""A session in a database, whichever it is; how to sign in to an Oracle that was named.

Nothing here needs PostgreSQL's driver before a PostgreSQL is meant.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from wms_connector.local.sign_in import SignIn
from wms_connector.oracle.address import OracleAddress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from psycopg import Connection
    from pydantic import SecretStr

    from wms_connector.cli.app import App
    from wms_connector.oracle.database import Database

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
    from wms_connector.local.connected import connected

    with connected(dsn) as connection:
        yield connection


class Login(SignIn):
    """The same, as it was named on the command line."""

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


def signed_in(dsn: str) -> Database:
    """Sign in to an Oracle or to the stand-in for one; raises OracleFailure, SecretError."""
    return Login.of_dsn(dsn).open()


def oracle_password(address: OracleAddress) -> SecretStr:
    """Find the password of an address; raises AddressError, SecretError."""
    return address.password(os.environ, _asked if sys.stdin.isatty() else None)


def _asked(prompt: str) -> str:
    answer: str = click.prompt(prompt, hide_input=True, err=True)
    return answer
