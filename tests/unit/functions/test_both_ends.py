"""The operator's end and the function's end of control, put together without a network."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import pytest
from tests.unit.aws.fakes import aws_of
from tests.unit.clock import Clock
from tests.unit.connect.fake_worker import FakeWorker, status
from tests.unit.functions.support import CONNECT_URL, names_of

from wms_connector.aws.control_transport import LambdaTransport
from wms_connector.aws.errors import ControlError
from wms_connector.connect.apply import apply
from wms_connector.connect.client import ConnectClient
from wms_connector.connect.errors import NotFoundError, RejectedConfigError, UnreachableError
from wms_connector.connect.reconcile import actual_of, plan
from wms_connector.connect.redact import MASK, Redactor
from wms_connector.connect.wait import Waiting
from wms_connector.functions.relay import Relay

NAMES = names_of("feature-a")
NAME = NAMES.connector
CANARY = "c4nary-s3cret"
PLUGIN = "io.debezium.connector.oracle.OracleConnector"
CONFIG = {"connector.class": PLUGIN, "database.password": "${env:DB_PASSWORD}", "tasks.max": "1"}


class BothEnds:
    """A worker, the relay before it as Lambda would call it, and an operator's client."""

    def __init__(self) -> None:
        self.worker = FakeWorker()
        self.answer: Any = self.worker
        self.clock = Clock()
        http = httpx.Client(transport=httpx.MockTransport(self._answered))
        self.relay = Relay(NAMES, {NAME: CONFIG}, CONNECT_URL, http, Redactor([CANARY]))

    def _answered(self, request: httpx.Request) -> Any:
        return self.answer(request)

    def invoke(self, *, Payload: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803 - AWS's spelling
        reply = self.relay.answer(json.loads(Payload))
        return {"Payload": io.BytesIO(reply.model_dump_json().encode())}

    @property
    def client(self) -> ConnectClient:
        transport = LambdaTransport(aws_of(**{"lambda": self}), NAMES)
        return ConnectClient(
            "http://control", transport=transport, clock=self.clock, sleep=self.clock.sleep
        )


@pytest.fixture
def ends() -> BothEnds:
    return BothEnds()


def test_a_connector_is_planned_applied_and_looked_at(ends: BothEnds) -> None:
    with ends.client as client:
        made = plan({NAME: CONFIG}, actual_of(client.expanded()), owned=NAMES.owns_connector)
        waiting = Waiting(clock=ends.clock, sleep=ends.clock.sleep)
        assert apply(made, client, waiting=waiting).running[NAME].is_running
        again = plan({NAME: CONFIG}, actual_of(client.expanded()), owned=NAMES.owns_connector)
    assert again.is_empty
    assert ends.worker.configs[NAME] == {**CONFIG, "name": NAME}


def test_another_configuration_is_refused_at_the_far_end(ends: BothEnds) -> None:
    with ends.client as client, pytest.raises(ControlError, match="deploy first"):
        client.put(NAME, {**CONFIG, "tasks.max": "2"})
    assert ends.worker.configs == {}


def test_what_a_trace_holds_is_masked_before_it_leaves(ends: BothEnds) -> None:
    ends.worker.add(NAME, CONFIG)
    ends.worker.states[NAME] = status(NAME, "RUNNING", ("FAILED",), f"X: {CANARY} is wrong")
    with ends.client as client:
        assert client.status(NAME).tasks[0].trace == f"X: {MASK} is wrong"


def test_a_refused_configuration_keeps_its_sentence_through_both_ends(ends: BothEnds) -> None:
    def refusing(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/validate"):
            value = {"name": "database.password", "errors": [f"ORA-12170 {CANARY} timed out"]}
            definition = {"name": "database.password"}
            fields = [{"definition": definition, "value": value}]
            return httpx.Response(200, json={"error_count": 1, "configs": fields})
        if request.method == "PUT":
            return httpx.Response(400, json={"message": f"invalid: {CANARY}"})
        return httpx.Response(200, json=[{"name": "database.password", "type": "PASSWORD"}])

    ends.answer = refusing
    with ends.client as client, pytest.raises(RejectedConfigError) as caught:
        client.put(NAME, CONFIG)
    assert caught.value.fields == {"database.password": ("the database does not answer",)}
    assert CANARY not in str(caught.value)


def test_what_is_not_there_and_who_does_not_answer(ends: BothEnds) -> None:
    with ends.client as client, pytest.raises(NotFoundError):
        client.status(f"{NAME}-other")

    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    ends.answer = away
    with ends.client as client, pytest.raises(UnreachableError, match="no worker takes the call"):
        client.connectors()
