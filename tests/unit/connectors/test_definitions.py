"""Definitions: read from a worker's answer, kept as lists, completed with what is not reported."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wms_connector.connectors.lint import (
    Definition,
    Definitions,
    Kind,
    committed,
    lint,
)
from wms_connector.connectors.lint.definitions import client_settings


def entry(name: str, kind: str = "STRING", **more: Any) -> dict[str, Any]:
    definition = {
        "name": name,
        "type": kind,
        "default_value": None,
        "required": False,
        "importance": "HIGH",
    }
    value = {"name": name, "value": "what was resolved", "errors": [], "recommended_values": []}
    return {
        "definition": definition | {k: v for k, v in more.items() if k in definition},
        "value": value | {k: v for k, v in more.items() if k in value},
    }


ANSWER = {
    "name": "a.B",
    "error_count": 0,
    "configs": [
        entry("a.mode", recommended_values=["two", "one"], default_value="one"),
        entry("a.converter", recommended_values=["x.Y"]),
        entry("a.size", "INT", required=True),
        entry("key.converter.converter.type", required=True),
        {**entry("a.hidden"), "value": None},
        entry("producer.override.acks"),
        entry("transforms.t.type", "CLASS"),
    ],
}


def test_definitions_are_taken_from_an_answer_and_values_are_not() -> None:
    found = Definitions.from_validation(ANSWER)
    assert set(found.by_name) == {
        "a.mode", "a.converter", "a.size", "key.converter.converter.type", "a.hidden",
    }  # fmt: skip
    assert found.by_name["a.mode"] == Definition(
        "a.mode", "string", "one", importance="high", values=("one", "two")
    )
    assert found.by_name["a.converter"].values == ()
    assert found.by_name["a.size"].required
    assert not found.by_name["key.converter.converter.type"].required
    assert "what was resolved" not in found.to_json()


def test_a_list_reads_back_as_it_was() -> None:
    found = Definitions.from_validation(ANSWER)
    again = Definitions.from_json(found.to_json())
    assert again == found
    assert [line["name"] for line in json.loads(found.to_json())] == sorted(found.by_name)


def test_what_a_plugin_does_not_report_is_added_and_what_it_reports_stays() -> None:
    found = Definitions({"a": Definition("a", "string", "x"), "b": Definition("b", "int")})
    more = found.with_more({"a": "int", "c": "boolean"}).with_choices({"a": ("x", "y"), "z": ()})
    assert more.by_name["a"] == Definition("a", "string", "x", values=("x", "y"))
    assert more.by_name["c"] == Definition("c", "boolean")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_list_with_connect_s_own_settings(kind: Kind) -> None:
    found = committed(kind).by_name
    assert {"connector.class", "tasks.max", "exactly.once.support", "transforms"} <= set(found)
    assert "topic.prefix" in found


@pytest.mark.parametrize("client", ["producer", "consumer", "admin"])
def test_settings_of_kafka_clients_are_known(client: str) -> None:
    assert {"bootstrap.servers", "security.protocol", "sasl.jaas.config"} <= client_settings(client)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("io.debezium.connector.oracle.OracleConnector", Kind.DEBEZIUM_ORACLE),
        ("OracleConnector", Kind.DEBEZIUM_ORACLE),
        ("io.debezium.connector.postgresql.PostgresConnector", Kind.DEBEZIUM_POSTGRES),
        ("io.confluent.connect.jdbc.JdbcSourceConnector", Kind.JDBC_CONFLUENT),
        ("io.aiven.connect.jdbc.JdbcSourceConnector", Kind.JDBC_AIVEN),
        ("com.example.Other", None),
    ],
)
def test_the_class_tells_the_kind(name: str, kind: Kind | None) -> None:
    assert Kind.of(name) is kind


def test_a_double_is_checked_too() -> None:
    found = Definitions({"ratio": Definition("ratio", "double")})
    texts = {"0.5": False, "1e3": False, "half": True}
    for text, wrong in texts.items():
        findings = lint({"ratio": text}, found, kind=Kind.JDBC_AIVEN)
        assert any(finding.key == "ratio" for finding in findings) == wrong


def test_what_a_plugin_reports_of_itself_gets_the_choices_that_are_known() -> None:
    known = Definitions({"mode": Definition("mode", "string", values=("a", "b"))})
    reported = [
        Definition("mode", "string", required=True),
        Definition("new", "int"),
        Definition("key.converter.type", "string", required=True),
    ]
    found = Definitions.from_reported(reported, known).by_name
    assert found["mode"] == Definition("mode", "string", required=True, values=("a", "b"))
    assert found["new"] == Definition("new", "int")
    assert not found["key.converter.type"].required
