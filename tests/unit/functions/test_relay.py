from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from tests.unit.clock import Clock
from tests.unit.connect.fake_worker import FakeWorker, error, status
from tests.unit.functions.support import CONNECT_URL, names_of

from wms_connector.aws.control import (
    ANSWER_LOST,
    FORBIDDEN,
    NOT_SENT,
    OTHER_CONFIG,
    RULES,
    ControlReply,
    digest,
)
from wms_connector.connect.client import ConnectClient
from wms_connector.connect.errors import InternalError, RejectedConfigError, ServerError
from wms_connector.connect.redact import MASK, Redactor
from wms_connector.functions.relay import ANSWER_LIMIT, Relay
from wms_connector.model.errors import WmsError

NAMES = names_of("feature-a")
NAME = NAMES.connector
CANARY = "c4nary-s3cret"
PLUGIN = "io.debezium.connector.oracle.OracleConnector"
CONFIG = {
    "connector.class": PLUGIN,
    "database.user": "${env:DB_USER}",
    "database.password": "${env:DB_PASSWORD}",
    "tasks.max": "1",
}
Handler = Callable[[httpx.Request], httpx.Response]


def relay(handler: Handler, **more: Any) -> Relay:
    client = httpx.Client(transport=httpx.MockTransport(handler), trust_env=False)
    return Relay(NAMES, {NAME: CONFIG}, CONNECT_URL, client, Redactor([CANARY]), **more)


def ask(handler: Handler, method: str, path: str, **more: Any) -> ControlReply:
    return relay(handler).answer({"method": method, "path": path, **more})


def worker() -> FakeWorker:
    made = FakeWorker()
    made.add(NAME, CONFIG)
    return made


def nobody(request: httpx.Request) -> httpx.Response:
    raise AssertionError(request)


def message(reply: ControlReply) -> str:
    return str(json.loads(reply.body)["message"])


# What is relayed


def test_a_worker_s_answer_passes_with_its_status() -> None:
    reply = ask(worker(), "GET", f"/connectors/{NAME}/status")
    assert reply.status == 200
    assert json.loads(reply.body)["connector"]["state"] == "RUNNING"
    missing = ask(worker(), "GET", f"/connectors/{NAME}-x/status")
    assert missing.status == 404
    empty = ask(worker(), "PUT", f"/connectors/{NAME}/pause")
    assert (empty.status, empty.body) == (202, "")


def test_the_query_is_relayed_and_references_stay_readable() -> None:
    reply = ask(worker(), "GET", "/connectors", query=[["expand", "info"], ["expand", "status"]])
    found = json.loads(reply.body)[NAME]
    assert found["info"]["config"] == {**CONFIG, "name": NAME}
    assert found["status"]["tasks"]


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        {},
        {"method": "PATCH", "path": "/"},
        {"method": "GET", "path": "/", "body": {"a": "b"}},
        {"method": "POST", "path": "/connectors"},
        {"method": "GET", "path": "/admin/loggers"},
        {"method": "GET", "path": "/connectors/somebody-s/status"},
        {"method": "GET", "path": f"/connectors/{NAME}/../other/status"},
        {"method": "GET", "path": f"/connectors/{NAME}%2f..%2fother/status"},
        {"method": "PUT", "path": f"/connectors/{NAME}/offsets"},
        {"method": "GET", "path": "/connectors", "query": [["expand", CANARY]]},
        {"method": "GET", "path": f"/{CANARY}"},
    ],
)
def test_everything_else_is_refused_before_anybody_is_asked(event: Any) -> None:
    reply = relay(nobody).answer(event)
    assert reply.status == FORBIDDEN
    assert message(reply)
    assert CANARY not in reply.body


def test_a_connector_that_the_deployment_has_is_not_removed() -> None:
    fake = worker()
    refused = ask(fake, "DELETE", f"/connectors/{NAME}")
    assert refused.status == OTHER_CONFIG
    assert "deploy first" in message(refused)
    fake.add(f"{NAME}-WMS", {})
    assert ask(fake, "DELETE", f"/connectors/{NAME}-WMS").status == 204
    assert list(fake.configs) == [NAME]


# Configurations: never a caller's


def test_a_configuration_is_the_function_s_own() -> None:
    fake = FakeWorker()
    path = f"/connectors/{NAME}/config"
    reply = ask(fake, "PUT", path, config_digest=digest(CONFIG))
    assert reply.status == 200
    assert fake.configs[NAME] == {**CONFIG, "name": NAME}


@pytest.mark.parametrize("other", [None, "", digest({**CONFIG, "tasks.max": "2"})])
def test_another_configuration_is_refused_before_anybody_is_asked(other: str | None) -> None:
    for path in (f"/connectors/{NAME}/config", f"/connector-plugins/{PLUGIN}/config/validate"):
        reply = ask(nobody, "PUT", path, config_digest=other)
        assert reply.status == OTHER_CONFIG
        assert "the deployed pipeline renders another configuration" in message(reply)


def test_a_connector_or_plugin_that_is_not_rendered_is_refused() -> None:
    found = digest(CONFIG)
    for path in (f"/connectors/{NAME}-x/config", "/connector-plugins/a.B/config/validate"):
        assert ask(nobody, "PUT", path, config_digest=found).status == OTHER_CONFIG


# Nothing of what a worker resolved comes back


def test_a_refused_configuration_comes_back_in_our_words() -> None:
    path, meant = f"/connectors/{NAME}/config", digest(CONFIG)
    reply = ask(
        lambda _: error(400, f"ORA-01017 {CANARY} other-secret"), "PUT", path, config_digest=meant
    )
    assert (reply.status, message(reply)) == (
        400,
        "the database refuses user or password (ORA-01017)",
    )
    html = httpx.Response(500, text="<html>other-secret")
    assert "secret" not in ask(lambda _: html, "PUT", path, config_digest=meant).body


def validating(answer: Any, code: int = 200) -> Handler:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/validate"):
            assert json.loads(request.content) == {**CONFIG, "name": NAME}
            return httpx.Response(code, json=answer)
        if request.url.path == "/connector-plugins":
            return httpx.Response(200, json=[{"class": PLUGIN}])
        return httpx.Response(200, json=[{"name": "tasks.max"}])

    return handle


HOSTILE = {
    "error_count": 3,
    "configs": [
        {
            "definition": {"name": "tasks.max", "default_value": "other-secret"},
            "value": {
                "name": "tasks.max",
                "value": "other-secret",
                "recommended_values": ["other-secret"],
                "errors": ["Invalid value other-secret for tasks.max: Not a number"],
            },
        },
        {"value": {"name": "transforms.other-secret.type", "errors": ["other-secret is missing"]}},
        {"value": {"name": "transforms.other-secret.x", "errors": ["connection refused"]}},
    ],
}


def validated(handler: Handler) -> ControlReply:
    path = f"/connector-plugins/{PLUGIN}/config/validate"
    return ask(handler, "PUT", path, config_digest=digest(CONFIG))


def test_a_validation_is_rebuilt_in_a_closed_vocabulary() -> None:
    reply = validated(validating(HOSTILE))
    assert "other-secret" not in reply.body
    configs = json.loads(reply.body)["configs"]
    found = {each["value"]["name"]: each for each in configs}
    assert found["tasks.max"]["value"]["errors"] == ["wrong type"]
    assert found["tasks.max"]["definition"] == {"name": "tasks.max"}
    assert found["database.password"]["value"]["value"] == "${env:DB_PASSWORD}"
    assert found["withheld.1"]["value"]["errors"] == []


def test_the_operator_s_client_shows_a_relayed_validation_as_its_own() -> None:
    def through(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        reply = relay(validating(HOSTILE)).answer(
            {
                "method": request.method,
                "path": request.url.path,
                "query": request.url.params.multi_items(),
                "config_digest": digest(body) if body else None,
            }
        )
        return httpx.Response(reply.status, headers=reply.headers, text=reply.body)

    with ConnectClient(CONNECT_URL, transport=httpx.MockTransport(through)) as far:
        shown = far.validate({**CONFIG, "name": NAME})
    transport = httpx.MockTransport(validating(HOSTILE))
    with ConnectClient(CONNECT_URL, transport=transport) as near:
        direct = near.validate({**CONFIG, "name": NAME})
    assert shown.errors == direct.errors
    assert set(shown.general) == set(direct.general)
    assert shown.withheld == direct.withheld


@pytest.mark.parametrize("told", ["Request timed out", f"forward failed {CANARY}", "no idea"])
def test_the_operator_s_client_tells_a_500_that_passes_from_one_that_lasts(told: str) -> None:
    def through(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/validate"):
            return httpx.Response(404, json={})
        reply = ask(
            lambda _: error(500, told),
            request.method,
            request.url.path,
            config_digest=digest(CONFIG),
        )
        return httpx.Response(reply.status, text=reply.body)

    clock = Clock()
    client = ConnectClient(
        CONNECT_URL, transport=httpx.MockTransport(through), clock=clock, sleep=clock.sleep
    )
    with pytest.raises(ServerError) as caught, client:
        client.put(NAME, CONFIG)
    assert isinstance(caught.value, InternalError) is (told == "no idea")
    assert CANARY not in str(caught.value)


def test_a_validation_that_is_refused_or_unknown_says_nothing_of_it() -> None:
    refused = validated(validating({"message": "Unknown host other-secret"}, 500))
    assert message(refused) == "the database's host name is unknown"
    for strange in ({"configs": "other-secret"}, ["other-secret"], None):
        reply = validated(validating(strange))
        assert reply.status == ANSWER_LOST
        assert "secret" not in reply.body


def test_traces_and_configurations_are_masked_by_value_and_by_key() -> None:
    fake = worker()
    fake.states[NAME] = status(NAME, "RUNNING", ("FAILED",), f"refused {CANARY}, password=other")
    fake.configs[NAME]["sasl.password"] = "by-hand"
    told = ask(fake, "GET", f"/connectors/{NAME}/status").body
    assert CANARY not in told
    assert "other" not in told
    assert f"refused {MASK}" in told
    shown = json.loads(ask(fake, "GET", f"/connectors/{NAME}").body)["config"]
    assert shown["sasl.password"] == MASK


def test_what_is_not_json_is_withheld() -> None:
    reply = ask(lambda _: httpx.Response(502, text=f"<{CANARY}>"), "GET", "/")
    assert reply.status == 502
    assert reply.headers["content-type"] == "text/plain"
    assert CANARY not in reply.body


# When nobody answers


@pytest.mark.parametrize(
    ("fault", "answered"),
    [
        (httpx.ConnectError("x"), NOT_SENT),
        (httpx.ConnectTimeout("x"), NOT_SENT),
        (httpx.ReadTimeout("x"), ANSWER_LOST),
        (httpx.RemoteProtocolError("x"), ANSWER_LOST),
    ],
)
def test_a_call_is_sent_once_and_its_loss_is_told(fault: Exception, answered: int) -> None:
    asked = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise fault

    reply = ask(handle, "POST", f"/connectors/{NAME}/restart")
    assert reply.status == answered
    assert type(fault).__name__ in message(reply)
    assert len(asked) == 1


def test_an_answer_that_lambda_cannot_carry_is_lost() -> None:
    content = b"[" + b" " * (ANSWER_LIMIT + 1) + b"]"
    reply = ask(lambda _: httpx.Response(200, content=content), "GET", "/connectors")
    assert (reply.status, message(reply)) == (ANSWER_LOST, "the worker's answer is too long")


@pytest.mark.parametrize("widest", ['"', "\n", "é", "\u2028"])
def test_the_longest_answer_that_is_passed_on_fits_into_lambda_s_payload(widest: str) -> None:
    room = ANSWER_LIMIT - 100
    text = widest * (room // len(json.dumps(widest, ensure_ascii=False).encode()[1:-1]))
    content = json.dumps({"trace": text}, ensure_ascii=False).encode()
    assert room * 0.9 < len(content) <= ANSWER_LIMIT
    reply = ask(lambda _: httpx.Response(200, content=content), "GET", "/connectors")
    assert reply.status == 200
    # As Lambda's runtime writes it; 6 MB is its limit.
    assert len(json.dumps(reply.model_dump(), ensure_ascii=False).encode()) < 6_000_000


# Questions to the function itself


class Report(BaseModel):
    password: str = "x"
    text: str = f"about {CANARY}"


def test_its_own_reports_are_masked_too() -> None:
    own = {"/-/topics": Report, "/-/reach": _fails}
    made = relay(nobody, own=own)
    reply = made.answer({"method": "GET", "path": "/-/topics"})
    assert json.loads(reply.body) == {"password": MASK, "text": f"about {MASK}"}
    failed = made.answer({"method": "GET", "path": "/-/reach"})
    assert (failed.status, message(failed)) == (500, f"no {MASK}. Mend it")


def _fails() -> BaseModel:
    raise WmsError(f"no {CANARY}", hint="Mend it")


def test_every_rule_is_answered_or_relayed() -> None:
    plain = [rule for rule in RULES if not rule.own and not rule.renders]
    for rule in plain:
        path = rule.pattern.format(connector=f"{NAME}-x", plugin="a.B", task="0")
        seen: list[str] = []

        def handle(request: httpx.Request, seen: list[str] = seen) -> httpx.Response:
            seen.append(f"{request.method} {request.url.path}")
            return httpx.Response(200, json={})

        assert ask(handle, rule.method, path).status == 200
        assert seen == [f"{rule.method} {path}"]


def test_a_rejection_reaches_the_operator_with_its_fields() -> None:
    def through(request: httpx.Request) -> httpx.Response:
        def handle(inner: httpx.Request) -> httpx.Response:
            if inner.url.path.endswith(f"/connectors/{NAME}/config"):
                return error(400, CANARY)
            return validating(HOSTILE)(inner)

        body = json.loads(request.content) if request.content else None
        reply = ask(
            handle,
            request.method,
            request.url.path,
            config_digest=digest(body) if body else None,
        )
        return httpx.Response(reply.status, text=reply.body)

    with (
        ConnectClient(CONNECT_URL, transport=httpx.MockTransport(through)) as client,
        pytest.raises(RejectedConfigError) as caught,
    ):
        client.put(NAME, CONFIG)
    assert caught.value.fields["tasks.max"] == ("wrong type",)
