"""The stand-in as a source: users, tables, addresses, the driver's place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from wms_connector.local.fetch import Cache
from wms_connector.local.sources.standin import StandinSource, passwords
from wms_connector.local.standin import part, schema
from wms_connector.local.standin.build import Built
from wms_connector.local.state import State, StateFolder
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.table import Table
from wms_connector.oracle.address import OracleAddress
from wms_connector.oracle.errors import OracleFailure

REPOSITORY = Path(__file__).parents[3]
_ENDS = ("_ID", "_NBR", "_CD", "_QTY", "_PCT", "_KG", "_DT", "_TS", "_FLG", "_TXT", "_BY")
WORDS = {user: SecretStr(f"{user}-word") for user in (*schema.OWNERS, schema.APPLICATION)}
STATE = State(
    stage="s", product="wms", cluster_id="c", database="ORCLCDB", user="WMS_APP", source="oracle",
    ports={part.NAME: 1, part.DOOR: 2},
)  # fmt: skip


class Database:
    def __init__(self, *failing: tuple[str, str], logged: int = 0) -> None:
        self.said: list[str] = []
        self._failing = failing
        self._logged = logged

    def execute(self, sql: str, **_: Any) -> int:
        self.said.append(sql)
        for begins, text in self._failing:
            if sql.startswith(begins):
                raise OracleFailure(text)
        return 0

    def scalar(self, sql: str, **_: Any) -> int:
        return self._logged


def test_what_is_there_already_is_passed_over() -> None:
    there: Any = Database(
        ("CREATE USER", "ORA-01920: user name conflicts"),
        ("CREATE TABLE", "ORA-00955: name is used"),
    )
    schema.make_users(there, WORDS)
    schema.make_tables(there)
    assert sum(said.startswith("CREATE USER") for said in there.said) == 3
    made = [said.split()[2] for said in there.said if said.startswith("CREATE TABLE")]
    assert made == [
        f"{owner}.{name}"
        for owner in ("MMDL", "WMS")
        for name in ("PLAN_BASE_WVR_TBL", "PLAN_WVR_RVSN_TBL")
    ]
    refusing: Any = Database(("CREATE USER", "ORA-01031: insufficient privileges"))
    with pytest.raises(OracleFailure, match="ORA-01031"):
        schema.make_users(refusing, WORDS)


def test_both_databases_have_the_same_tables() -> None:
    """Column by column, so that their events can be compared."""

    def columns(file: str, table: str) -> list[str]:
        text = (REPOSITORY / "src/wms_connector/local" / file).read_text()
        body = text[text.index(table) :].partition("(")[2]
        body = body[: body.index("PRIMARY KEY (") if file != "wms.sql" else body.index("$ddl$")]
        words = (line.split() for line in body.splitlines())
        return [w[0].strip('"') for w in words if len(w) > 1 and w[0].strip('"').endswith(_ENDS)]

    for table in ("PLAN_BASE_WVR_TBL", "PLAN_WVR_RVSN_TBL"):
        found = columns("wms.sql", table)
        assert len(found) > 10
        assert columns("wms_oracle.sql", table) == found


def test_supplemental_logging_is_added_where_there_is_none() -> None:
    tables = [Table("WMS", "A")]
    without: Any = Database()
    schema.log_all_columns(without, tables)
    assert without.said == ['ALTER TABLE "WMS"."A" ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS']
    logged: Any = Database(logged=1)
    schema.log_all_columns(logged, tables)
    assert logged.said == []


def test_the_connector_is_admitted_by_the_script_for_the_dba() -> None:
    database: Any = Database()
    pipeline = Pipeline.load(REPOSITORY / "pipeline.toml")
    schema.admit_connector(database, pipeline, SecretStr("hush"), pdb=part.PDB)
    text = "\n".join(database.said)
    assert 'CREATE USER C##WMS IDENTIFIED BY "hush"' in text
    assert text.count("ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS") == 4


def test_the_worker_gets_the_jdbc_url_and_people_the_door(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    source = StandinSource()
    source.settle(folder, STATE)
    given = source.worker_environment(folder, STATE)
    assert given["DB_URL"] == "jdbc:oracle-standin://127.0.0.1:1/ORCLCDB"
    assert (given["DB_USER"], given["DB_PDB"]) == ("C##WMS", "ORCLPDB1")
    address = OracleAddress.parse(source.dsn(folder, STATE))
    assert (address.user, address.target) == ("WMS_APP", "127.0.0.1:2/ORCLPDB1")
    assert address.password({}, None) == folder.password()
    words = {word.get_secret_value() for word in passwords(folder).values()}
    assert len(words) == 5
    assert words == {word.get_secret_value() for word in folder.passwords()}
    assert given["DB_PASSWORD"] in words


def test_the_driver_lies_beside_the_connector_and_the_plugin_stays_as_it_was(
    tmp_path: Path,
) -> None:
    unpacked = tmp_path / "plugins" / "abc"
    (unpacked / "debezium-connector-oracle").mkdir(parents=True)
    (unpacked / "debezium-connector-oracle" / "connector.jar").write_text("c")
    jar, engine = tmp_path / "oracle-standin.jar", tmp_path / "h2.jar"
    jar.write_text("j")
    engine.write_text("e")
    cache = Cache(tmp_path)
    entry = part.plugins(cache, Built(jar, engine), unpacked)
    (plugin,) = entry.iterdir()
    assert {file.name: file.read_text() for file in plugin.iterdir()} == {
        "connector.jar": "c",
        "oracle-standin.jar": "j",
        "h2.jar": "e",
    }
    assert [file.name for file in (unpacked / plugin.name).iterdir()] == ["connector.jar"]
    assert part.plugins(cache, Built(jar, engine), unpacked) == entry
    assert sorted(path.name for path in entry.parent.iterdir()) == ["abc", entry.name]
