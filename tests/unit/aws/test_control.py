"""The control function relays what it must, and nothing that needs a caller's body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from wms_connector.aws.control import RULES, ControlReply, ControlRequest, allowed, digest
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage

NAMES = Names(Stage.parse("main"), "wms")
OWN = "wms-oracle-cdc"


def asked(method: str, path: str, *query: tuple[str, str]) -> ControlRequest:
    return ControlRequest.model_validate({"method": method, "path": path, "query": query})


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", "/", ()),
        ("GET", "/health", ()),
        ("GET", "/connectors", (("expand", "info"), ("expand", "status"))),
        ("GET", f"/connectors/{OWN}", ()),
        ("GET", f"/connectors/{OWN}-WMS/status", ()),
        ("GET", f"/connectors/{OWN}-A%23B/status", ()),
        ("GET", f"/connectors/{OWN}/offsets", ()),
        ("GET", "/connector-plugins", (("connectorsOnly", "true"),)),
        ("GET", "/connector-plugins/io.debezium.X/config", ()),
        ("PUT", "/connector-plugins/io.debezium.X/config/validate", ()),
        ("PUT", f"/connectors/{OWN}/config", ()),
        ("PUT", f"/connectors/{OWN}/pause", ()),
        ("POST", f"/connectors/{OWN}/restart", (("includeTasks", "true"), ("onlyFailed", "false"))),
        ("POST", f"/connectors/{OWN}/tasks/12/restart", ()),
        ("DELETE", f"/connectors/{OWN}", ()),
        ("DELETE", f"/connectors/{OWN}/offsets", ()),
        ("GET", "/-/topics", ()),
    ],
)
def test_what_operators_need_is_relayed(
    method: str, path: str, query: tuple[tuple[str, str], ...]
) -> None:
    found = allowed(asked(method, path, *query), NAMES)
    assert found is not None
    assert found.rule.method == method
    assert (found.connector is not None) == ("/connectors/" in path)


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("POST", "/connectors", ()),
        ("PUT", "/admin/loggers/root", (("scope", "cluster"),)),
        ("GET", "/admin/loggers", ()),
        ("GET", "/connectors/others", ()),
        ("DELETE", "/connectors/others", ()),
        ("GET", "/connectors/wms-oracle-cdcx/status", ()),
        ("GET", f"/connectors/{OWN}-..%2Fothers/status", ()),
        ("GET", f"/connectors/{OWN}-%2e%2e%2fx", ()),
        ("GET", f"/connectors/{OWN}%00/status", ()),
        ("GET", f"/connectors/{OWN}-x%3Fy/status", ()),
        ("GET", f"/connectors/{OWN}-a%5Cb/status", ()),
        ("GET", f"/connectors/{OWN}-a%253Bb/status", ()),
        ("GET", f"/connectors/{OWN}/../others/status", ()),
        ("GET", f"/connectors/{OWN}/status/", ()),
        ("GET", f"/connectors/{OWN}/status?x=1", ()),
        ("GET", "//connectors", ()),
        ("GET", "/connectors", (("expand", "other"),)),
        ("GET", f"/connectors/{OWN}/status", (("a", "b"),)),
        ("POST", f"/connectors/{OWN}/tasks/x/restart", ()),
        ("GET", "/connector-plugins/a%2Fb/config", ()),
        ("PUT", f"/connectors/{OWN}/offsets", ()),
        ("GET", "/-/other", ()),
        ("PUT", "/-/topics", ()),
    ],
)
def test_everything_else_is_not(method: str, path: str, query: tuple[tuple[str, str], ...]) -> None:
    assert allowed(asked(method, path, *query), NAMES) is None


@given(st.text(max_size=80), st.sampled_from(["GET", "PUT", "POST", "DELETE"]))
def test_no_path_names_a_connector_that_is_not_the_products(text: str, method: str) -> None:
    found = allowed(asked(method, f"/connectors/{text}"), NAMES)
    if found is not None and found.connector is not None:
        assert NAMES.owns_connector(found.connector)
        assert "/" not in found.connector


def test_only_two_calls_need_a_configuration_and_there_is_no_place_for_one() -> None:
    assert [rule.pattern for rule in RULES if rule.renders] == [
        "/connector-plugins/{plugin}/config/validate",
        "/connectors/{connector}/config",
    ]
    with pytest.raises(ValidationError):
        ControlRequest.model_validate({"method": "GET", "path": "/", "body": "{}"})
    with pytest.raises(ValidationError):
        asked("PATCH", f"/connectors/{OWN}/offsets")


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=6))
def test_a_digest_is_that_of_the_content(config: dict[str, str]) -> None:
    turned = dict(reversed(config.items()))
    assert digest(config) == digest(turned) == digest({**config, "name": "any"})
    assert digest({**config, "key": "1"}) != digest({**config, "key": "2"})


def test_an_answer_of_its_own_has_a_message() -> None:
    reply = ControlReply.own(403, 'no "such" call')
    assert reply.status == 403
    assert reply.body == '{"message": "no \\"such\\" call"}'
    assert reply.headers == {"content-type": "application/json"}
