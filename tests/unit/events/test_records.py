"""What a record of a topic is read as."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from tests.unit.events.fakes import (
    INT,
    TEXT,
    FakeMessage,
    encoded,
    key_of,
    source_of,
    struct,
    value_of,
)

from wms_connector.events import (
    Change,
    Decoder,
    Heartbeat,
    Parser,
    Tombstone,
    Unreadable,
    parse,
)

FIELDS = {"ID": INT, "NAME": TEXT}
KEY = key_of({"ID": 1}, FIELDS)


def change(value: bytes, key: bytes | None = KEY) -> Change:
    record = parse(key, value, "w.S.T", 2, 5, 99)
    assert isinstance(record, Change), record
    return record


@pytest.mark.parametrize("schema", [True, False])
@pytest.mark.parametrize(
    ("op", "before", "after"),
    [
        ("c", None, {"ID": 1, "NAME": "a"}),
        ("r", None, {"ID": 1, "NAME": "a"}),
        ("u", {"ID": 1, "NAME": "a"}, {"ID": 1, "NAME": "é"}),
        ("d", {"ID": 1, "NAME": "a"}, None),
        ("t", None, None),
    ],
)
def test_an_envelope_is_a_change_with_and_without_its_schema(op, before, after, schema):
    found = change(value_of(op, before, after, fields=FIELDS, schema=schema))
    assert (found.op, found.before, found.after) == (op, before, after)
    assert (found.topic, found.partition, found.offset, found.timestamp) == ("w.S.T", 2, 5, 99)
    assert (found.table, found.key, found.position, found.transaction) == ("S.T", {"ID": 1}, 10, 7)
    assert (found.snapshot, found.committed_ms, found.detail) == ("false", 500, "")
    assert found.row == (after if after is not None else before)
    if schema:
        assert found.schema is not None
        assert {name: field.type for name, field in found.schema.row.items()} == {
            "ID": "int64", "NAME": "string",
        }  # fmt: skip
    else:
        assert found.schema is None


def test_oracle_s_place_is_its_scn_and_redo_address():
    source = {
        "table": "T", "scn": "123", "commit_scn": "130", "txId": "0a", "rs_id": "r", "ssn": 0,
        "snapshot": True,
    }  # fmt: skip
    found = change(json.dumps({"op": "c", "source": source, "after": {}}).encode())
    assert (found.table, found.position, found.detail) == ("T", 123, "0a:r:0")
    assert found.snapshot == "true"
    assert change(json.dumps({"op": "t", "source": {"snapshot": False}}).encode()).position == 0


def test_a_flat_row_is_what_a_polling_connector_read():
    value = encoded(struct(FIELDS, "T"), {"ID": 1, "NAME": "a"})
    for key, expected in ((None, None), (b"7", 7), (KEY, {"ID": 1})):
        found = parse(key, value, "s.aws.wms.cdc.S.T", 0, 0, 0)
        assert isinstance(found, Change)
        assert (found.op, found.key, found.after, found.table) == (
            "w", expected, {"ID": 1, "NAME": "a"}, "T",
        )  # fmt: skip
        assert found.position == 0
        assert found.schema is not None
        assert set(found.schema.row) == {"ID", "NAME"}


def test_no_value_is_a_tombstone():
    assert parse(KEY, None, "t", 0, 1, 2) == Tombstone("t", 0, 1, 2, {"ID": 1})
    assert parse(None, None, "t", 0, 1, 2) == Tombstone("t", 0, 1, 2, None)


def test_heartbeats_are_known_by_topic_or_schema():
    assert parse(None, b'{"ts_ms":7}', "__debezium-heartbeat.wms", 0, 1, 2) == Heartbeat(
        "__debezium-heartbeat.wms", 0, 1, 2, 7
    )
    schema = struct({"ts_ms": INT}, "io.debezium.connector.common.Heartbeat")
    assert isinstance(parse(None, encoded(schema, {"ts_ms": 7}), "x", 0, 1, 2), Heartbeat)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (None, b"\x00\x01", "no JSON"),
        (None, b"{", "no JSON"),
        (None, b"\xff\xfe", "no JSON"),
        (b"{", None, "key"),
        (b"{", b"{}", "no JSON"),
        (None, b'{"schema":5,"payload":{}}', "schema is not one"),
        (None, b'{"payload":{},"schema":{"type":1,"fields":[{}]}}', "schema is not one"),
        (None, b'{"schema":{"type":"struct","fields":[]},"payload":{"a":}}', "no JSON"),
        (None, b"[1]", "list"),
        (None, b'"text"', "str"),
        (None, b'{"schema":null,"payload":null}', "NoneType"),
        (None, b'{"op":"x","source":{}}', "operation 'x'"),
        (None, b'{"op":"w","source":{}}', "operation 'w'"),
        (None, b'{"op":["c"],"source":{}}', "operation"),
        (None, b'{"op":"u","source":{},"after":7}', "after is no row"),
        (None, b'{"op":"d","source":{},"before":[1]}', "before is no row"),
        (None, b'{"op":"c","source":{}}', "no row after"),
        (None, b'{"op":"d","source":{"lsn":"x"}}', "lsn is no number"),
        (None, b"[" * 5000, "no JSON"),
    ],
)
def test_what_is_none_of_these_is_told_with_its_place(key, value, reason):
    found = parse(key, value, "t", 3, 4, 5)
    assert isinstance(found, Unreadable)
    assert (found.topic, found.partition, found.offset) == ("t", 3, 4)
    assert reason in found.reason


def test_a_parser_reads_consumer_s_messages():
    value = value_of("c", None, {"ID": 1, "NAME": "a"}, fields=FIELDS)
    message = FakeMessage("w.S.T", 1, 8, KEY, value)
    found = Parser().message(message)
    assert isinstance(found, Change)
    assert (found.partition, found.offset, found.timestamp) == (1, 8, 1000)


def test_a_schema_is_parsed_once_and_noticed_when_it_changes():
    decoder = Decoder()
    one = value_of("c", None, {"ID": 1}, fields={"ID": INT})
    two = value_of("c", None, {"ID": 1, "NAME": "ü"}, fields={"ID": INT, "NAME": TEXT})
    schemas = [decoder.decode(raw, "t")[1] for raw in (one, one, two, one)]
    assert schemas[0] is schemas[1] is schemas[3]
    assert schemas[2] is not schemas[0]
    assert decoder.decode(two, "t")[0]["after"] == {"ID": 1, "NAME": "ü"}


def test_many_schemas_do_not_fill_the_memory():
    decoder = Decoder()
    for number in range(5000):
        raw = encoded(struct({f"C{number}": INT}), {f"C{number}": number})
        assert decoder.decode(raw)[0] == {f"C{number}": number}
    assert len(decoder._known) <= 4096


def test_numbers_of_a_decimal_keep_their_digits():
    field = {"type": "bytes", "name": "org.apache.kafka.connect.data.Decimal"}
    raw = b'{"schema":%b,"payload":{"N":0.1234567890123456789}}' % json.dumps(
        struct({"N": field})
    ).encode().replace(b", ", b",").replace(b": ", b":")
    assert Decoder().decode(raw)[0] == {"N": Decimal("0.1234567890123456789")}


def test_another_spelling_is_read_as_well():
    schema = struct({"ID": {"type": "array", "items": INT}})
    raw = json.dumps({"payload": {"ID": [1]}, "schema": schema}).encode()
    payload, found = Decoder().decode(raw)
    assert payload == {"ID": [1]}
    assert found is not None
    assert found.name == ""
    assert found.row["ID"].items is not None
    spaced = json.dumps({"schema": schema, "payload": {"ID": [1]}}).encode()
    assert Decoder().decode(spaced)[0] == {"ID": [1]}
    assert Decoder().decode(b'{"schema":null,"payload":5}') == (5, None)


def test_a_row_schema_is_found_in_before_where_there_is_no_after():
    raw = encoded(struct({"before": struct(FIELDS), "op": TEXT}), {"op": "d"})
    schema = Decoder().decode(raw)[1]
    assert schema is not None
    assert set(schema.row) == {"ID", "NAME"}


def test_source_of_is_whole():
    assert source_of(3)["lsn"] == 3


def test_oracle_s_change_is_committed_later_than_it_is_logged():
    fields = {"ID": TEXT}
    raw = value_of("u", {"ID": "1"}, {"ID": "1"}, fields=fields)
    found = parse(None, raw, "t", 0, 0, 0)
    assert isinstance(found, Change)
    assert found.committed_at == found.position == 10
    found.source.update(lsn=None, scn="90", commit_scn="95")
    assert (found.position, found.committed_at) == (90, 95)
    read = found._replace(op="r")
    assert read.committed_at == 90
