"""Connect schemas as JSON Schema: what Connect writes is valid, and what it would not is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.unit.events.fakes import FakeLog, encoded, key_of, struct, value_of

from wms_connector.events.carried import carried
from wms_connector.events.contract import json_schema, renamed
from wms_connector.events.errors import EventsError

INT = {"type": "int32", "optional": False}
MICROS = {
    "type": "int64",
    "optional": True,
    "name": "io.debezium.time.MicroTimestamp",
    "version": 1,
}


def valid(schema: dict[str, Any], value: Any) -> bool:
    told = json_schema(schema)
    Draft202012Validator.check_schema(told)
    return Draft202012Validator(told).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        (INT, [0, -(2**31), 2**31 - 1], [None, "1", 1.5, 2**31]),
        ({"type": "int8", "optional": True}, [None, 127], [128]),
        ({"type": "double"}, [1.5, 1, "NaN", "-Infinity"], [None, "1.5"]),
        ({"type": "float", "optional": True}, [None, 0.1, "Infinity"], ["x"]),
        ({"type": "boolean", "optional": True}, [None, True], [0]),
        ({"type": "string"}, ["", "é"], [None, 1]),
        ({"type": "bytes", "optional": True}, ["3q0=", None], [1]),
        ({"type": "array", "items": INT, "optional": True}, [None, [], [1]], [[None], 1]),
        ({"type": "map", "values": INT}, [{}, {"a": 1}], [{"a": "1"}, None]),
        (
            {"type": "string", "optional": True, "name": "io.debezium.data.Enum", "version": 1,
             "parameters": {"allowed": "true,last,false"}, "default": "false"},
            ["true", "last", None], ["maybe", 1],
        ),
        (struct({"a": INT, "b": MICROS}), [{"a": 1, "b": None}, {"a": 1, "b": 2, "new": 3}],
         [{"a": 1}, {"a": 1, "b": "2"}, None]),
        ({**struct({"a": INT}), "optional": True}, [None, {"a": 1}], [{}]),
    ],
)  # fmt: skip
def test_what_connect_writes_is_valid_and_nothing_else(schema, good, bad):
    schema = {"optional": False, **schema}
    if "fields" in schema:
        schema["fields"] = [{**f, "optional": f["field"] == "b"} for f in schema["fields"]]
    assert all(valid(schema, value) for value in good)
    assert not any(valid(schema, value) for value in bad)


@given(st.recursive(st.sampled_from(["int16", "string", "boolean"]), st.lists, max_leaves=8))
def test_any_nesting_gives_a_valid_schema(shape):
    def of(part):
        if isinstance(part, str):
            return {"type": part, "optional": True}
        return struct({f"f{i}": of(one) for i, one in enumerate(part)}, f"s{len(part)}")

    Draft202012Validator.check_schema(json_schema(of(shape)))


def test_a_row_stands_once_with_names_and_meanings():
    fields = {"ID": {"type": "string"}, "AT": MICROS}
    row = struct(fields, "wms.S.T.Value")
    told = json_schema(struct({"before": row, "after": row, "op": {"type": "string"}}, "e"))
    assert told["title"] == "e"
    assert told["properties"]["before"] == {
        "anyOf": [{"$ref": "#/$defs/wms.S.T.Value"}, {"type": "null"}]
    } or told["properties"]["before"] == {"$ref": "#/$defs/wms.S.T.Value"}
    column = told["$defs"]["wms.S.T.Value"]["properties"]["AT"]
    assert "microseconds since 1970" in column["description"]
    assert column["connect"] == {
        "type": "int64", "name": "io.debezium.time.MicroTimestamp", "version": 1,
    }  # fmt: skip


def test_a_type_that_connect_has_not_is_refused():
    with pytest.raises(EventsError, match="'int128' is no type"):
        json_schema({"type": "int128"})
    with pytest.raises(EventsError, match="no type"):
        json_schema({})


def test_a_stage_s_names_become_another_s():
    schema = struct({"a": struct({}, "x.wms.S.T.Value")}, "x.wms.S.T.Envelope")
    told = json.dumps(renamed(schema, "x.wms.", "wms."))
    assert "x.wms" not in told
    assert '"name": "wms.S.T.Envelope"' in told
    assert renamed(schema, "y.", "z.") == schema


FIELDS = {"ID": {"type": "int64"}}


def test_the_newest_record_s_schemas_are_taken():
    log = FakeLog()
    key = key_of({"ID": 1}, FIELDS)
    log.add("t", key, value_of("c", None, {"ID": 1}, fields=FIELDS))
    wider = {**FIELDS, "NEW": {"type": "string"}}
    log.add("t", key, value_of("c", None, {"ID": 1, "NEW": "x"}, fields=wider), partition=1)
    log.add("t", key, None)
    log.add("keyless", None, value_of("c", None, {"ID": 1}, fields=FIELDS))
    log.add("gone", key, None)
    found = carried(log.consumer(), ["t", "keyless", "gone", "absent"])
    assert set(found) == {"t", "keyless"}
    assert found["keyless"].key is None
    told = json.dumps(found["t"].value)
    assert "NEW" in told
    assert [f["field"] for f in (found["t"].key or {})["fields"]] == ["ID"]


@pytest.mark.parametrize("raw", [b"no JSON", b"[]", b"{}", encoded(None, {"a": 1})])
def test_records_without_a_schema_are_an_error(raw):
    log = FakeLog()
    log.add("t", None, raw)
    with pytest.raises(EventsError, match="records of t carry no schema"):
        carried(log.consumer(), ["t"])
