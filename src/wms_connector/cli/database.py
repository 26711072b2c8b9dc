"""A session in a database, whichever it is, whose failure is a sentence."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final

import click
import psycopg
from psycopg.conninfo import conninfo_to_dict

from wms_connector.model.errors import UsageError, WmsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection
    from pydantic import SecretStr

    from wms_connector.local.control import LocalControl
    from wms_connector.oracle.address import OracleAddress
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
    with connected(dsn) as connection:
        yield connection


def signed_in(dsn: str) -> Database:
    """Sign in to an Oracle or to the stand-in for one; raises OracleFailure.

    The password comes from the address's file, the environment, or whoever sits there.
    """
    from wms_connector.oracle.address import OracleAddress

    address = OracleAddress.parse(dsn)
    return open_address(address, oracle_password(address))


def oracle_password(address: OracleAddress) -> SecretStr:
    """Find the password of an address; raises AddressError, SecretError."""
    return address.password(os.environ, _asked if sys.stdin.isatty() else None)


def open_address(address: OracleAddress, password: SecretStr) -> Database:
    """Sign in to an Oracle or to the stand-in for one; raises OracleFailure."""
    if address.is_standin:
        from wms_connector.local.standin.control import open_standin

        return open_standin(address, password)
    from wms_connector.oracle.driver import open_oracle

    return open_oracle(address, password)


def laptop_oracle(control: LocalControl) -> tuple[OracleAddress, SecretStr, str | None] | None:
    """Give how the laptop's own connector signs in: address, password, pluggable database.

    To the container database itself where there is one. None where the laptop's database is
    PostgreSQL. Raises NotRunningError without a runtime.
    """
    from pydantic import SecretStr

    from wms_connector.local.sources import source_of
    from wms_connector.model.environment import Env
    from wms_connector.oracle.address import STANDIN, OracleAddress

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
        address = OracleAddress(user, env[Env.DB_URL.value].removeprefix(_THIN).removeprefix("//"))
    return address, password, env.get(Env.DB_PDB.value)


def _asked(prompt: str) -> str:
    answer: str = click.prompt(prompt, hide_input=True, err=True)
    return answer


@contextlib.contextmanager
def connected(dsn: str) -> Iterator[Connection[Any]]:
    """Connect, and commit at the end; raises WmsError, also for what goes wrong on the way.

    No message holds the DSN, which may hold a password.
    """
    _check(dsn)
    try:
        connection = psycopg.connect(dsn, connect_timeout=10, application_name="wms-connector")
    except psycopg.Error as error:
        raise WmsError(
            f"the database cannot be reached: {_reason(error)}",
            hint="Check that it runs, and the --dsn if one was given",
        ) from None
    try:
        with connection:
            yield connection
    except psycopg.Error as error:
        raise WmsError(
            f"the database did not do what was asked: {_reason(error)}",
            hint="Check that it still runs, and that its tables are the pipeline file's",
        ) from None


def _check(dsn: str) -> None:
    """Refuse what libpq would quote, perhaps with a piece of a password in it."""
    try:
        host = str(conninfo_to_dict(dsn).get("host") or "")
    except psycopg.Error:
        host = "@"
    if "@" in host:
        raise UsageError(
            "the --dsn is no address of a database",
            hint="Write postgresql://USER@HOST:PORT/DATABASE?passfile=FILE; "
            "in a password, @ is written %40 and / is written %2F",
        )


def _reason(error: psycopg.Error) -> str:
    return next(iter(str(error).strip().splitlines()), "it gives no reason")
