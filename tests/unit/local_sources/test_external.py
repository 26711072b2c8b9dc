"""An Oracle of the user's as the laptop's database: nothing in it is made or changed."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any, Self

import pytest
from pydantic import SecretStr

from wms_connector.cli.external import external
from wms_connector.local.errors import StartError
from wms_connector.local.sources import source_of
from wms_connector.local.sources.external import (
    APPLICATION,
    CONNECTOR,
    ExternalSource,
    jdbc_url,
)
from wms_connector.local.sources.interface import Filling
from wms_connector.local.state import External, State, StateFolder
from wms_connector.model.errors import UsageError
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.table import Table
from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from pathlib import Path

    from wms_connector.oracle.address import OracleAddress

WMS = Pipeline.parse('product = "wms"\ntables = ["WMS.A", "WMS.B"]\n')
THEIRS = External(
    connector="C##WMS@db.example:1521/FREE",
    application="WMS_APP@db.example:1521/FREEPDB1",
    pdb="freepdb1",
)
STATE = State(
    stage="s", product="wms", cluster_id="c", database="FREE", user="u",
    source="oracle", external=THEIRS,
)  # fmt: skip


class Session:
    """Has the table A and no other."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.said.append("leave")

    def scalar(self, sql: str, **binds: Any) -> Any:
        if "ALL_TABLES" in sql:
            return int(binds == {"owner": "WMS", "name": "A"})
        return "FREE"

    def execute(self, sql: str, **_: Any) -> int:
        self.said.append(sql)
        if "broken" in sql:
            raise OracleFailure("ORA-00900: invalid SQL statement")
        return 0

    def commit(self) -> None:
        self.said.append("commit")


class Ground:
    def __init__(self, folder: StateFolder) -> None:
        self.folder = folder
        self.changed: dict[str, object] = {}

    def update(self, **changes: object) -> None:
        self.changed |= changes

    def recorded(self) -> State:
        return STATE


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    made = StateFolder(tmp_path)
    made.make()
    made.keep_secret(CONNECTOR, SecretStr("connector's"))
    made.keep_secret(APPLICATION, SecretStr("application's"))
    return made


def test_its_name_is_asked_for_and_nothing_else(folder: StateFolder) -> None:
    session, asked = Session(), []

    def connect(address: OracleAddress, password: SecretStr) -> Any:
        asked.append((str(address), password.get_secret_value()))
        return session

    ground: Any = Ground(folder)
    source = ExternalSource(THEIRS, connect)
    source.check(WMS)
    source.bring_up(ground)
    source.fill(ground, Filling())
    source.capture(folder, STATE, WMS.tables)
    assert ground.changed == {"database": "FREE"}
    assert asked == [("C##WMS@db.example:1521/FREE", "connector's")]
    assert session.said == ["leave"]


def test_missing_tables_are_looked_for_where_they_are(folder: StateFolder) -> None:
    session: Any = Session()
    source = ExternalSource(THEIRS, lambda *_: session)
    assert source.missing(folder, STATE, WMS.tables) == (Table("WMS", "B"),)
    assert session.said == ['ALTER SESSION SET CONTAINER = "FREEPDB1"', "leave"]
    assert "preflight --sql" in source.how_to_make_tables(folder, STATE)


def test_what_was_asked_for_is_run(folder: StateFolder, tmp_path: Path) -> None:
    session: Any = Session()
    prepared: list[str] = []
    file = tmp_path / "mine.sql"
    file.write_text("CREATE TABLE x (a NUMBER);\n-- a word\nBEGIN y; END;\n/\n")
    source = ExternalSource(THEIRS, lambda *_: session)
    ground: Any = Ground(folder)
    source.fill(ground, Filling((file,), prepared.append))
    assert session.said == ["CREATE TABLE x (a NUMBER)", "BEGIN y; END;", "commit", "leave"]
    assert prepared == [source.dsn(folder, STATE)]
    file.write_text("broken;")
    with pytest.raises(StartError, match=r"mine\.sql did not run: ORA-00900"):
        source.fill(ground, Filling((file,)))


def test_the_worker_is_given_what_the_secret_would_hold(folder: StateFolder) -> None:
    source = source_of(STATE)
    assert source.part is None
    assert source.worker_environment(folder, STATE) == {
        "DB_URL": "jdbc:oracle:thin:@//db.example:1521/FREE",
        "DB_NAME": "FREE",
        "DB_PDB": "freepdb1",
        "DB_USER": "C##WMS",
        "DB_PASSWORD": "connector's",
    }
    assert source.shape.pdb
    assert source.shape.url
    assert not ExternalSource(THEIRS.model_copy(update={"pdb": None})).shape.pdb


def test_the_address_holds_no_password_and_leads_to_it(folder: StateFolder) -> None:
    source = source_of(STATE)
    source.settle(folder, STATE)
    address = source.dsn(folder, STATE)
    user, _, file = address.partition("?passfile=")
    assert user == "WMS_APP@db.example:1521/FREEPDB1"
    path = folder.path / file
    assert path.read_text() == "application's\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_connect_strings_as_ojdbc_wants_them() -> None:
    assert jdbc_url("h:1521/s") == "jdbc:oracle:thin:@//h:1521/s"
    assert jdbc_url("//h:1521/s") == "jdbc:oracle:thin:@//h:1521/s"
    assert jdbc_url("(DESCRIPTION=(x=/y))") == "jdbc:oracle:thin:@(DESCRIPTION=(x=/y))"
    assert jdbc_url("an_alias") == "jdbc:oracle:thin:@an_alias"


def test_options_that_say_more_need_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMS_CONNECTOR_ORACLE_PASSWORD", "word")
    assert external(None, None, None, None) == (None, {})
    with pytest.raises(UsageError, match="--oracle-dsn, which is missing"):
        external(None, None, "PDB", None)
    with pytest.raises(UsageError, match="exclude"):
        external("postgres", "u@h:1/s", None, None)
    with pytest.raises(UsageError, match="names a stand-in"):
        external(None, "oracle-standin://u@127.0.0.1:1/P", None, None)
    theirs, passwords = external("oracle", "u@h:1/s", "P", None)
    assert theirs == External(connector="u@h:1/s", application="u@h:1/s", pdb="P")
    assert {name: word.get_secret_value() for name, word in passwords.items()} == {
        CONNECTOR: "word",
        APPLICATION: "word",
    }
