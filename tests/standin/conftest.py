"""The stand-in alone: its server, users and a table for each test."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from tests.standin.kit import COLUMNS, PASSWORDS, ROOT, Miner, Server, users

from wms_connector.local.standin.control import Standin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.oracle.database import Database


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with an owner, an application and a connector's user."""
    running = Server(tmp_path_factory.mktemp("standin"))
    running.start()
    try:
        with Standin(running.port, PASSWORDS) as control:
            users(control)
        yield running
    finally:
        running.end(signal.SIGTERM)


@pytest.fixture
def standin(server: Server) -> Iterator[Standin]:
    """A session as SYS, and those of the others; what was arranged is cleared afterwards."""
    with Standin(server.port, PASSWORDS) as control:
        yield control
        control.reconnect()
        control.clear()


@pytest.fixture
def table(standin: Standin, request: pytest.FixtureRequest) -> Iterator[str]:
    """A table of the owner's with all column types, its columns all logged."""
    name = "MMDL.T_" + request.node.name.partition("[")[0].upper()[-40:]
    standin.sql(f"CREATE TABLE {name} ({COLUMNS})")
    standin.sql(f"ALTER TABLE {name} ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS")
    standin.sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO WMS_APP")
    yield name
    standin.reconnect()
    standin.sql(
        f"BEGIN EXECUTE IMMEDIATE 'DROP TABLE {name} PURGE'; EXCEPTION WHEN OTHERS THEN"
        " IF SQLCODE NOT IN (-942) THEN RAISE; END IF; END;"
    )


@pytest.fixture
def app(standin: Standin) -> Iterator[Database]:
    """A session of the application."""
    with standin.session("WMS_APP") as session:
        yield session


@pytest.fixture
def miner(standin: Standin) -> Iterator[Miner]:
    """LogMiner as the connector uses it, from the container database's root."""
    with standin.session("C##WMS", service=ROOT) as session:
        yield Miner(session)
