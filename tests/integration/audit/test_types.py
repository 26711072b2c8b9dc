"""Every PostgreSQL type through a real connector, from its snapshot and from its stream."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest

from wms_connector.audit import Options
from wms_connector.connectors.debezium_postgres import debezium_postgres
from wms_connector.model.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.audit.conftest import Bench

    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

TABLES = {name: Table("audit_it", name) for name in ("types", "keyless", "two_keys", "toasted")}
DDL = """
DROP SCHEMA IF EXISTS audit_it CASCADE;
CREATE SCHEMA audit_it;
CREATE TYPE audit_it.mood AS ENUM ('sad', 'it''s ok');
CREATE DOMAIN audit_it.price AS numeric(10, 2);
CREATE TABLE audit_it.types (
  id bigint PRIMARY KEY, flag boolean, i2 int2, i4 int4, f4 float4, f8 float8, n numeric,
  n102 numeric(10, 2), m money, c char(10), vc varchar(20), t text, d date, t3 time(3), t6 time,
  tz timetz, ts timestamp, ts3 timestamp(3), ts0 timestamp(0), at timestamptz,
  at3 timestamptz(3), iv interval, by bytea, b1 bit(1), b5 bit(5), vb varbit(19), addr inet,
  net cidr, mac macaddr, j json, jb jsonb, u uuid, e audit_it.mood, p audit_it.price, ia int[],
  ta text[], na numeric(10, 2)[], tsa timestamp[], da date[], ba boolean[], ua uuid[],
  ea audit_it.mood[], bya bytea[], ata timestamptz[], f8a float8[], r int4range, o oid,
  tv tsvector, pt point, df text DEFAULT 'x');
CREATE TABLE audit_it.keyless (a int, b text);
CREATE TABLE audit_it.two_keys (a int, b char(4), c text, PRIMARY KEY (b, a));
CREATE TABLE audit_it.toasted (id int PRIMARY KEY, t text, v int);
ALTER TABLE audit_it.toasted ALTER t SET STORAGE EXTERNAL;
ALTER TABLE audit_it.types REPLICA IDENTITY FULL;
ALTER TABLE audit_it.keyless REPLICA IDENTITY FULL;
"""
ROWS = r"""
INSERT INTO audit_it.types VALUES
 ({0} + 1, true, 1, 2, 0.1, 1.1, 1.50, 12.30, 1234.50, 'abc', 'vc', E'te\tx\nt\\ "q" é 漢 \x01',
  '2026-11-21', '10:11:12.123', '10:11:12.123456', '10:11:12.123456+02',
  '2026-11-21 10:11:12.123456', '2026-11-21 10:11:12.123', '2026-11-21 10:11:12',
  '2026-11-21 10:11:12.123456+02', '2026-11-21 10:11:12.123+00',
  '1 year 2 mons 3 days 04:05:06.789',
  '\xdeadbeef', B'1', B'01011', B'000000000111111111', '192.168.1.1', '10.0.0.0/8',
  '08:00:2b:01:02:03', '{{"a":  1}}', '{{"b":1, "a":  1.10}}',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'it''s ok', 5.50, '{{1,2,null}}',
  E'{{a,null,"b\\"\\n\t"}}', '{{1.10,2}}', '{{2026-01-01 00:00:00}}', '{{2026-01-01}}', '{{t,f}}',
  '{{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}}', '{{sad,"it''s ok"}}', E'{{"\\\\xde"}}',
  '{{2026-11-21 10:11:12.5+02}}', '{{1.5,NaN}}', '[1,5)', 77, 'a fat cat', '(1,2)');
INSERT INTO audit_it.types (id) VALUES ({0} + 2);
INSERT INTO audit_it.types (id, f4, f8, n, d, ts, ts3, at, iv, c, t, ia, t6) VALUES
 ({0} + 3, 'NaN', 'Infinity', 'NaN', 'infinity', 'infinity', 'infinity', 'infinity', '-1 mons', '',
  '', '{{}}', '24:00:00');
INSERT INTO audit_it.types (id, f4, f8, d, ts, at, ts3, at3) VALUES
 ({0} + 4, '-0', '-Infinity', '-infinity', '-infinity', '-infinity', '-infinity', 'infinity');
INSERT INTO audit_it.types (id, f4, f8, n, ts, at, iv, c) VALUES
 ({0} + 5, 1e-45, 5e-324, 123456789012345678901234567890.123450, '0044-03-15 BC 10:00',
  '0044-03-15 BC 10:00+00', '-1 days -00:00:00.000001', '  x');
INSERT INTO audit_it.types (id, f4, f8, n, d, ts, at, iv, n102) VALUES
 ({0} + 6, 3.4028235e38, 1.7976931348623157e308, -0.000, '12345-01-01', '12345-01-01 10:00',
  '12345-01-01 10:00+00', '178000 years', -0.10);
INSERT INTO audit_it.types (id, f4, f8, ts, at) VALUES
 ({0} + 7, 16777216, 123456789.123, '1969-12-31 23:59:59.999999',
  '1600-02-29 23:59:59.999999+00');
INSERT INTO audit_it.keyless VALUES (1, 'x'), (1, 'x'), ({0}, null);
INSERT INTO audit_it.two_keys VALUES ({0}, 'ab', 'c'), ({0}, 'cd', 'c');
INSERT INTO audit_it.toasted VALUES ({0} + 1, repeat('x', 5000), 1),
 ({0} + 2, repeat('y', 5000), 1);
"""
CHANGES = """
UPDATE audit_it.types SET i4 = i4 + 1, df = NULL;
DELETE FROM audit_it.types WHERE id = 2;
UPDATE audit_it.keyless SET b = 'y' WHERE b IS NULL;
DELETE FROM audit_it.keyless WHERE ctid = (SELECT min(ctid) FROM audit_it.keyless WHERE b = 'x');
UPDATE audit_it.two_keys SET c = 'd' WHERE b = 'ab';
UPDATE audit_it.two_keys SET b = 'zz' WHERE b = 'cd' AND a = 0;
UPDATE audit_it.toasted SET v = 2 WHERE id = 1;
"""


@pytest.fixture
def typed(bench: Bench, pipeline: Pipeline, stage: Stage) -> Iterator[Bench]:
    """A second connector, over tables of every type."""
    config = debezium_postgres(pipeline, stage) | {
        "topic.prefix": "audit-it",
        "slot.name": "audit_it",
        "publication.name": "audit_it",
        "schema.include.list": "audit_it",
        "table.include.list": r"audit_it\..*",
        "heartbeat.action.query": "SELECT pg_logical_emit_message(false, 'audit_it', '')",
    }
    url = f"{bench.local.connect_url}/connectors/audit-it"
    for topic in [f"audit-it.{table}" for table in TABLES.values()]:
        bench.topic([], topic)
    bench.topic([], "__debezium-heartbeat.audit-it")
    with bench.connect() as connection:
        connection.execute(DDL)
        connection.execute(ROWS.format(0))
        try:
            httpx.put(f"{url}/config", json=config, timeout=60).raise_for_status()
            yield bench
        finally:
            httpx.delete(url, timeout=30)
            _drop(connection)


def topics() -> dict[Table, str]:
    return {table: f"audit-it.{table}" for table in TABLES.values()}


def _drop(connection: psycopg.Connection[Any]) -> None:
    for _ in range(100):
        try:
            connection.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                " WHERE slot_name = 'audit_it'"
            )
            break
        except psycopg.errors.ObjectInUse:
            time.sleep(0.2)
    connection.execute("DROP PUBLICATION IF EXISTS audit_it")
    connection.execute("DROP SCHEMA audit_it CASCADE")


def test_every_type_is_the_same_on_both_sides(typed: Bench):
    options = Options(deadline=60)
    report = typed.audit(topics(), connector="audit-it", options=options)
    assert report.ok, report.sentences()
    assert report.totals.rows == 14
    types = report.tables[0]
    assert set(types.not_compared) == {"pt"}
    with typed.connect() as connection:
        connection.execute(ROWS.format(100))
        connection.execute(CHANGES)
    report = typed.audit(topics(), connector="audit-it", options=options)
    assert report.ok, report.sentences()
    assert report.passed
    by_name = {table.table: table for table in report.tables}
    assert by_name["audit_it.toasted"].unavailable == {"t": 1}
    assert by_name["audit_it.two_keys"].tombstones == 1
    assert by_name["audit_it.keyless"].rows == 5
    with typed.connect() as connection:
        connection.execute("TRUNCATE audit_it.two_keys, audit_it.keyless")
        connection.execute("INSERT INTO audit_it.two_keys VALUES (1, 'ab', 'after')")
    report = typed.audit(topics(), connector="audit-it", options=options)
    assert report.ok, report.sentences()
    by_name = {table.table: table for table in report.tables}
    assert by_name["audit_it.two_keys"].truncates == 1
    assert (by_name["audit_it.two_keys"].rows, by_name["audit_it.keyless"].rows) == (1, 0)
