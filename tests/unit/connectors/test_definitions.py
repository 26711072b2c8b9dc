"""Definitions: read from a worker's answer, kept as lists, completed with what is not reported."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wms_connector.connectors.lint import (
    Definition,
    Definitions,
    Kind,
    Severity,
    committed,
    holds_secret,
    lint,
    plugin_findings,
)
from wms_connector.connectors.lint.definitions import client_settings
from wms_connector.connectors.lint.patterns import entries, escaped_dots, is_plain, unescaped_dots


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


# What the plugin itself says


def said(key: str, message: str, own: str | None) -> str:
    config = {} if own is None else {key: own}
    answer = {"configs": [entry(key, errors=[message]), {"definition": {}, "value": None}]}
    [finding] = plugin_findings(answer, config)
    assert finding.severity is Severity.ERROR
    return str(finding)


def test_a_plugin_s_words_are_shown_where_they_speak_of_a_plain_value() -> None:
    assert "must be a number" in said("tasks.max", "'x' must be a number", "x")


@pytest.mark.parametrize(
    ("key", "message", "own"),
    [
        ("topic.prefix", "Invalid value s3cret for configuration topic.prefix", "${env:A}"),
        ("database.password", "Invalid value s3cret", "s3cret"),
        ("database.hostname", "Unable to connect (primary): user s3cret", None),
        ("database.hostname", "Unable to connect (primary): user s3cret", "plain"),
        ("anything", "s3cret", None),
    ],
)
def test_a_plugin_s_words_never_show_what_was_resolved(
    key: str, message: str, own: str | None
) -> None:
    text = said(key, message, own)
    assert "s3cret" not in text
    assert "Unable to connect" in text or "withheld" in text


# Which values are secrets


@pytest.mark.parametrize(
    ("key", "value", "secret"),
    [
        ("database.password", "x", True),
        ("database.password", "${env:DB_PASSWORD}", False),
        ("database.password", "${env:DB_PASSWORD}x", True),
        ("database.password", "", False),
        ("database.user", "scott", False),
        ("x.sasl.jaas.config", 'a.B required username="u" password="p";', True),
        ("x.sasl.jaas.config", 'a.B required password="${env:KAFKA_PASSWORD}";', False),
        ("x.sasl.jaas.config", "software.amazon.msk.auth.iam.IAMLoginModule required;", False),
        ("connection.url", "jdbc:oracle:thin:@//h:1521/s", False),
        ("connection.url", "jdbc:oracle:thin:u/p@//h:1521/s", True),
        ("connection.url", "jdbc:postgresql://u:p@h/d", True),
        ("connection.url", "jdbc:postgresql://h/d?password=p", True),
        ("connection.url", "jdbc:postgresql://${env:DB_HOST}:${env:DB_PORT}/d", False),
        ("jdbc.credentials.provider.class", "a.B", False),
        ("database.pwd", "x", True),
        ("value.converter.basic.auth.user.info", "u:p", True),
        ("connection.url", "jdbc:postgresql://h/d?ssl=true&sslpassword=p", True),
        ("database.url", "jdbc:oracle:thin:@(x)?javax.net.ssl.trustStorePassword=p", True),
    ],
)
def test_secrets_are_told_from_references(key: str, value: str, secret: bool) -> None:
    assert holds_secret(key, value) == secret


# Patterns


def test_a_list_is_split_at_commas_that_are_not_escaped() -> None:
    assert entries(r" A\.B , C\.D{1\,2},, ") == [r"A\.B", r"C\.D{1\,2}"]


@pytest.mark.parametrize(
    ("pattern", "bare", "plain", "better"),
    [
        (r"A\.B", False, True, r"A\.B"),
        ("A.B", True, True, r"A\.B"),
        ("A[.]B", False, False, "A[\\.]B"),
        (r"A\..*", False, False, r"A\..*"),
        (r"A\.B\$C", False, True, r"A\.B\$C"),
        (r"A.B.*", True, False, r"A\.B.*"),
        (r"A\.B.", True, True, r"A\.B\."),
    ],
)
def test_patterns(pattern: str, bare: bool, plain: bool, better: str) -> None:
    assert unescaped_dots(pattern) == bare
    assert is_plain(pattern) == plain
    assert escaped_dots(pattern) == better
