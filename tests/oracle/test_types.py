"""Oracle's column types through the real connector, from its snapshot and from its stream."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest
from confluent_kafka.admin import AdminClient
from tests.audit_bench import Bench

from wms_connector.connectors.rendering import render
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.local.registration import apply_topics
from wms_connector.local.standin import schema
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.table import Table
from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.standin.control import Standin

TABLE: Final = Table("WMS", "TYPES_IT")
PIPELINE: Final = Pipeline.parse(f'tables = ["{TABLE}"]')
COLUMNS: Final = """
    ID NUMBER(10) PRIMARY KEY, N NUMBER, N102 NUMBER(10,2), I NUMBER(18), F BINARY_FLOAT,
    D BINARY_DOUBLE, V VARCHAR2(60), C CHAR(5), DT DATE, TS0 TIMESTAMP(3), TS TIMESTAMP(6),
    TS9 TIMESTAMP(9), TZ TIMESTAMP(6) WITH TIME ZONE, R RAW(16), CL CLOB,
    W VARCHAR2(10) DEFAULT 'NEW', X NUMBER DEFAULT 7"""
FULL: Final = """
    12345678901234567890.12345, 12.5, 999999999999999999, 0.5, 1.1, 'it''s "ok" é 漢', 'ab',
    TIMESTAMP '2026-11-21 10:11:12', TIMESTAMP '2026-11-21 10:11:12.123',
    TIMESTAMP '2026-11-21 10:11:12.123456', TIMESTAMP '2026-11-21 10:11:12.123456789',
    TIMESTAMP WITH TIME ZONE '2026-11-21 10:11:12.123456+02:00', HEXTORAW('00ff10'), 'text',
    NULL, NULL"""
SMALL: Final = """
    -0.0000000001, -0.1, -1, -2.5, -1E-3, ' ', ' ', TIMESTAMP '1969-12-31 23:59:59',
    TIMESTAMP '1969-12-31 23:59:59.999', TIMESTAMP '1600-02-29 23:59:59.999999',
    TIMESTAMP '1969-12-31 23:59:59.999999999',
    TIMESTAMP WITH TIME ZONE '1969-12-31 23:59:59.999999-03:30', HEXTORAW('00'), NULL, 'w', 1"""
LARGE: Final = "100000000000000000000" + ", NULL" * 15
INSERT: Final = f"INSERT INTO {TABLE} VALUES ({{}}, {{}})"
MILLIS: Final = 1_795_255_872_000  # 2026-11-21 10:11:12, as if it were UTC

TOLD: Final[dict[str, Any]] = {
    "N": "12345678901234567890.12345",
    "N102": "12.50",
    "I": "999999999999999999",
    "F": 0.5,
    "D": 1.1,
    "V": 'it\'s "ok" é 漢',
    "C": "ab   ",
    "DT": MILLIS,
    "TS0": MILLIS + 123,
    "TS": MILLIS * 1000 + 123_456,
    "TS9": MILLIS * 1_000_000 + 123_456_789,
    "TZ": "2026-11-21T10:11:12.123456+02:00",
    "R": "AP8Q",
    "W": None,  # and not the column's default
    "X": None,
}
"""What docs/contract.md promises of the row FULL."""
NAMES: Final = {
    "DT": "io.debezium.time.Timestamp",
    "TS0": "io.debezium.time.Timestamp",
    "TS": "io.debezium.time.MicroTimestamp",
    "TS9": "io.debezium.time.NanoTimestamp",
    "TZ": "io.debezium.time.ZonedTimestamp",
}


@pytest.fixture
def bench(oracle_runtime: LocalRuntime, standin: Standin) -> Iterator[Bench]:
    """A second connector, over a table of every type, with rows that its snapshot reads."""
    stage = PIPELINE.stage("types-it")
    names = PIPELINE.names(stage)
    made = Bench(
        oracle_runtime.status(), PIPELINE, "types-it", {TABLE: names.debezium_topic(TABLE)}
    )
    (config,) = render(
        PIPELINE,
        stage,
        database=DatabaseShape(vendor="oracle", pdb=True, url=True),
        security=KafkaSecurity.PLAINTEXT,
    ).values()
    brokers = made.local.bootstrap_servers or ""
    apply_topics(PIPELINE, stage, int(brokers.rpartition(":")[2]))
    standin.sql(f"CREATE TABLE {TABLE} ({COLUMNS})")
    standin.sql(f"ALTER TABLE {TABLE} ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS")
    standin.sql(f"GRANT SELECT, FLASHBACK ON {TABLE} TO {schema.CONNECTOR}")
    standin.sql(f"GRANT INSERT, UPDATE, DELETE ON {TABLE} TO {schema.APPLICATION}")
    write(made, 0)
    url = f"{made.local.connect_url}/connectors/types-it"
    try:
        httpx.put(f"{url}/config", json=config, timeout=60).raise_for_status()
        yield made
    finally:
        httpx.delete(url, timeout=60)
        standin.sql(f"DROP TABLE {TABLE} PURGE")
        admin = AdminClient({"bootstrap.servers": brokers})
        for future in admin.delete_topics(list(topic_names(PIPELINE, stage).all)).values():
            future.result(30)


def write(bench: Bench, start: int) -> None:
    with bench.connect() as session:
        for number, values in enumerate((FULL, SMALL, LARGE), start + 1):
            session.execute(INSERT.format(number, values))
        session.commit()


def told(bench: Bench) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows after changes, with the names of their schema, by operation and number."""
    found = {}
    for _, _, raw in bench.records(bench.topics[TABLE]):
        if raw is not None:
            value = json.loads(raw)
            payload = value["payload"]
            row = payload["after"] or payload["before"]
            fields = next(f for f in value["schema"]["fields"] if f["field"] == "after")["fields"]
            names = {f["field"]: f["name"] for f in fields if f.get("name")}
            found[payload["op"], row["ID"]] = row | {"names": names}
    return found


def test_every_type_is_the_same_on_both_sides_and_as_the_contract_says(bench: Bench) -> None:
    report = bench.audit()
    assert report.ok, report.sentences()
    assert report.totals.rows == 3
    assert set(report.tables[0].not_compared) == {"CL"}
    write(bench, 10)
    with bench.connect() as session:
        session.execute(f"UPDATE {TABLE} SET V = 'other' WHERE ID IN (2, 12)")
        session.execute(f"UPDATE {TABLE} SET ID = 21 WHERE ID = 1")
        session.execute(f"DELETE FROM {TABLE} WHERE ID = 13")
        session.commit()
    report = bench.audit()
    assert report.ok, report.sentences()
    assert report.totals.rows == 5

    events = told(bench)
    for read in (events["r", "1"], events["c", "11"], events["c", "21"], events["d", "1"]):
        assert {name: read[name] for name in TOLD} == TOLD
        assert read["names"] == NAMES
    assert events["r", "1"]["CL"] == "text"
    # lob_enabled is off: an insert comes without its large objects, and looks as if it had none.
    assert (events["c", "11"]["CL"], events["c", "12"]["CL"]) == (None, None)
    for lacking in (events["u", "2"], events["u", "12"], events["d", "1"], events["d", "13"]):
        assert lacking["CL"] == "__debezium_unavailable_value"
    for read in (events["r", "3"], events["c", "13"], events["d", "13"]):
        assert (read["N"], read["V"]) == ("100000000000000000000", None)
    for read in (events["r", "2"], events["c", "12"], events["u", "2"]):
        assert (read["N"], read["N102"]) == ("-0.0000000001", "-0.10")
        assert read["TS9"] == -1
