"""The database of an audit, whichever it is: PostgreSQL, an Oracle, or the stand-in for one."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.audit.source import Source
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.oracle.database import Database

_ORACLE: Final = re.compile(r"oracle-standin://|[^@\s:/=]+@")
"""`USER@…` or the stand-in's scheme; PostgreSQL's are a URL of its own or `key=value`."""


def is_oracle(dsn: str) -> bool:
    """Tell an Oracle's address from one of PostgreSQL's."""
    return _ORACLE.match(dsn) is not None


@contextlib.contextmanager
def audited(dsn: str, pipeline: Pipeline) -> Iterator[Source]:
    """Open the source of an audit; raises WmsError, and no message holds a password."""
    if is_oracle(dsn):
        from wms_connector.audit.oracle import OracleSource

        with _signed_in(dsn) as database:
            yield OracleSource(database, large=pipeline.debezium.lob_enabled)
        return
    from wms_connector.audit.postgres import PostgresSource
    from wms_connector.cli.database import connected

    with connected(dsn) as connection:
        yield PostgresSource(connection)


def _signed_in(dsn: str) -> Database:
    from wms_connector.oracle.address import OracleAddress

    address = OracleAddress.parse(dsn)
    password = address.password(os.environ, _asked if sys.stdin.isatty() else None)
    if address.is_standin:
        from wms_connector.local.standin.control import open_standin

        return open_standin(address, password)
    from wms_connector.oracle.driver import open_oracle

    return open_oracle(address, password)


def _asked(prompt: str) -> str:
    answer: str = click.prompt(prompt, hide_input=True, err=True)
    return answer
