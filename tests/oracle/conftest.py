"""The stand-in by itself, without a worker: the dictionary is all that these tests need.

With `--oracle-dsn USER@HOST:PORT/SERVICE` (or WMS_CONNECTOR_ORACLE_DSN) the database is that one,
set up by the DBA's script; the password is in WMS_CONNECTOR_ORACLE_PASSWORD, the pluggable
database in WMS_CONNECTOR_ORACLE_PDB (FREEPDB1 unless it is set).
"""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from wms_connector.cli.database import signed_in
from wms_connector.local import ports
from wms_connector.local.fetch import Cache
from wms_connector.local.java import environment, java
from wms_connector.local.places import default_cache
from wms_connector.local.progress import Silent
from wms_connector.local.standin import build, part, schema
from wms_connector.local.standin.control import SYS, Standin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.model.pipeline import Pipeline
    from wms_connector.oracle.database import Database

USERS = (SYS, schema.CONNECTOR, schema.APPLICATION, *schema.OWNERS)


@dataclass(frozen=True)
class Alone:
    """A stand-in that runs, and how to get in."""

    control: Standin
    door: int
    words: dict[str, SecretStr]

    def session(self) -> Database:
        """The connector's user, signed in where it signs in: to the root."""
        return self.control.session(schema.CONNECTOR, service=part.DATABASE)


@pytest.fixture(scope="session")
def oracle_dsn(request: pytest.FixtureRequest) -> str | None:
    """The real Oracle's address, if one was given."""
    given = request.config.getoption("--oracle-dsn", default=None)
    return given or os.environ.get("WMS_CONNECTOR_ORACLE_DSN")


@pytest.fixture(scope="session")
def _alone(
    oracle_dsn: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Alone | None]:
    if oracle_dsn is not None:
        yield None
        return
    folder = tmp_path_factory.mktemp("standin")
    built = build.build(Cache(default_cache()), Silent())
    port = ports.choose()
    door = ports.choose({port})
    words = {user: SecretStr(f"w{secrets.token_hex(8)}") for user in USERS}
    argv = [
        str(java().launcher), "-Xmx256m", "-cp", ":".join(map(str, built.class_path)),
        "standin.server.Main", "--port", str(port), "--http", str(door),
        "--data", str(folder / "data"), "--database", part.DATABASE, "--pdb", part.PDB,
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            argv,
            env=environment({part.PASSWORD_VARIABLE: words[SYS].get_secret_value()}),
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        _wait(process, door, folder)
        with Standin(door, words) as control:
            yield Alone(control, door, words)
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], door: int, folder: Path) -> None:
    while not part.is_ready(door):
        if process.poll() is not None:
            pytest.fail((folder / "log").read_text())
        time.sleep(0.1)


@pytest.fixture
def alone(_alone: Alone | None, pipeline: Pipeline) -> Alone:
    """The stand-in as the DBA's script leaves it; a test may revoke what it likes."""
    if _alone is None:
        pytest.skip("needs the stand-in: what is revoked or switched off there stays whole here")
    control = _alone.control
    control.clear()
    schema.make_users(control.database, _alone.words)
    schema.make_tables(control.database)
    schema.admit_connector(control.database, pipeline, _alone.words[schema.CONNECTOR], pdb=part.PDB)
    control.database.commit()
    return _alone


@pytest.fixture
def database(request: pytest.FixtureRequest, oracle_dsn: str | None) -> Iterator[Database]:
    """A session of the connector's user, signed in where the connector signs in."""
    if oracle_dsn is not None:
        with signed_in(oracle_dsn) as session:
            yield session
        return
    found: Alone = request.getfixturevalue("alone")
    with found.session() as session:
        yield session


@pytest.fixture(scope="session")
def pdb(oracle_dsn: str | None) -> str:
    """The pluggable database that holds the tables."""
    if oracle_dsn is None:
        return part.PDB
    return os.environ.get("WMS_CONNECTOR_ORACLE_PDB", "FREEPDB1")
