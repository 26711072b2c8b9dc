"""The stand-in by itself, without a worker: the dictionary is all that these tests need.

With `--oracle-dsn` the database is a real one; see tests/oracle_dsn.py.
"""

from __future__ import annotations

import secrets
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from tests.conftest import OFTEN
from tests.oracle.breakable import Breakable
from tests.oracle_dsn import NEEDS_STANDIN, asked

from wms_connector.cli.database import signed_in
from wms_connector.local import ports
from wms_connector.local.fetch import Cache
from wms_connector.local.java import environment, java
from wms_connector.local.progress import Silent
from wms_connector.local.standin import build, part, schema
from wms_connector.local.standin.control import SYS, Standin
from wms_connector.model.places import default_cache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime
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
def _alone(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Alone]:
    if asked(pytestconfig):
        pytest.skip(NEEDS_STANDIN)
    folder = tmp_path_factory.mktemp("standin")
    built = build.build(Cache(default_cache()), Silent())
    port = ports.choose()
    door = ports.choose({port})
    words = {user: SecretStr(f"w{secrets.token_hex(8)}") for user in USERS}
    argv = [
        str(java().launcher), "-Xmx256m", "-cp", ":".join(map(str, built.class_path)),
        "standin.server.Main", "--port", str(port), "--door", str(door),
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
def alone(_alone: Alone, pipeline: Pipeline) -> Alone:
    """The stand-in as the DBA's script leaves it; a test may revoke what it likes."""
    control = _alone.control
    control.clear()
    schema.make_users(control.database, _alone.words)
    schema.make_tables(control.database)
    schema.admit_connector(control.database, pipeline, _alone.words[schema.CONNECTOR], pdb=part.PDB)
    control.database.commit()
    return _alone


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A session of the connector's user, signed in where the connector signs in."""
    if real := asked(request.config):
        with signed_in(real.dsn) as session:
            yield session
        return
    found: Alone = request.getfixturevalue("alone")
    with found.session() as session:
        yield session


@pytest.fixture
def scene(oracle_runtime: LocalRuntime, standin: Standin, repository: Path) -> Breakable:
    """The shared runtime, to be broken; a test leaves its connector running."""
    return Breakable(oracle_runtime, standin, repository / OFTEN)


@pytest.fixture(scope="session")
def pdb(pytestconfig: pytest.Config) -> str:
    """The pluggable database that holds the tables."""
    real = asked(pytestconfig)
    return real.pdb if real else part.PDB
