"""A client of Kafka Connect works through the control function as it works over the network."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from tests.unit.aws.fakes import REGION, ControlFunction, aws_of, client_error
from tests.unit.clock import Clock
from tests.unit.connect.fake_worker import FakeWorker

from wms_connector.aws.checks import Check
from wms_connector.aws.control import ControlReply, digest
from wms_connector.aws.control_transport import Control, LambdaTransport
from wms_connector.aws.errors import (
    ControlError,
    DeniedError,
    NotDeployedError,
    NotReadyError,
    OutOfReachError,
    ThrottledError,
)
from wms_connector.connect.client import ConnectClient
from wms_connector.connect.errors import UncertainError, UnreachableError
from wms_connector.connect.models import OffsetEntry
from wms_connector.functions.frame import FunctionError
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage

NAMES = Names(Stage.parse("main"), "wms")
OWN = "wms-oracle-cdc"
CANARY = "tiger-canary"


class Deployed:
    def __init__(self) -> None:
        self.worker = FakeWorker()
        self.control = ControlFunction(NAMES, self.worker)
        self.clock = Clock()
        self.aws = aws_of(**{"lambda": self.control})

    def client(self) -> ConnectClient:
        transport = LambdaTransport(self.aws, NAMES, sleep=self.clock.sleep)
        return ConnectClient(
            "http://control", transport=transport, clock=self.clock, sleep=self.clock.sleep
        )


@pytest.fixture
def deployed() -> Deployed:
    found = Deployed()
    found.worker.add(OWN, {"connector.class": "X"})
    return found


def test_looking_and_acting_go_through(deployed: Deployed) -> None:
    with deployed.client() as client:
        assert list(client.expanded()) == [OWN]
        client.pause(OWN)
        assert client.status(OWN).connector.state == "PAUSED"
        client.restart(OWN, include_tasks=True, only_failed=True)
    assert ("expand", "info") in deployed.control.asked[0].query
    assert ("onlyFailed", "true") in deployed.control.asked[-1].query


def test_of_a_configuration_only_its_digest_leaves_the_machine(deployed: Deployed) -> None:
    config = {"connector.class": "Y", "password": CANARY}
    deployed.control.configs = {OWN: {**config, "name": OWN}}
    with deployed.client() as client:
        client.put(OWN, config)
    assert deployed.worker.configs[OWN]["connector.class"] == "Y"
    put = next(asked for asked in deployed.control.asked if asked.method == "PUT")
    assert put.config_digest == digest(config)
    assert CANARY not in "".join(asked.model_dump_json() for asked in deployed.control.asked)


def test_another_configuration_than_the_deployed_one_is_refused(deployed: Deployed) -> None:
    with deployed.client() as client, pytest.raises(ControlError) as caught:
        client.put(OWN, {"connector.class": "Z"})
    assert "renders another configuration" in caught.value.what
    assert caught.value.hint == "Deploy first: `wms-connector deploy --stage main`"


def test_what_it_does_not_relay_is_not_even_sent(deployed: Deployed) -> None:
    with deployed.client() as client:
        for call in (
            lambda: client.set_log_level("root", "DEBUG"),
            lambda: client.create(OWN, {"connector.class": "X"}),
            lambda: client.patch(OWN, {"a": "b"}),
            lambda: client.set_offsets(OWN, [OffsetEntry(partition={}, offset={})]),
            lambda: client.delete("others"),
        ):
            with pytest.raises(ControlError, match="is not relayed to a deployment"):
                call()
    assert deployed.control.asked == []


def test_its_own_refusal_is_told(deployed: Deployed) -> None:
    deployed.control.answers = [ControlReply(status=403, body="[]")]
    with deployed.client() as client, pytest.raises(ControlError, match="the call is refused"):
        client.connectors()


def test_no_worker_and_a_lost_answer_are_what_they_are_on_the_network(deployed: Deployed) -> None:
    deployed.control.answers = [ControlReply.own(502, "nobody listens")] * 50
    with deployed.client() as client, pytest.raises(UnreachableError, match="nobody listens"):
        client.connectors()
    deployed.control.answers = [ControlReply.own(504, "lost")]
    told = r"\(lost\): it may have been done"
    with deployed.client() as client, pytest.raises(UncertainError, match=told):
        client.restart_task(OWN, 0)


def read_timeout() -> Exception:
    return ReadTimeoutError(endpoint_url="https://lambda", error=None)


def closed() -> Exception:
    return ConnectionClosedError(endpoint_url="https://lambda")


@pytest.mark.parametrize(
    "answer",
    [
        read_timeout(),
        closed(),
        (True, {"errorType": "Sandbox.Timedout", "errorMessage": "x"}),
        (True, {"errorMessage": "2026-01-01 Task timed out after 30.00 seconds"}),
    ],
    ids=["read", "closed", "sandbox", "message"],
)
def test_an_answer_that_did_not_come_may_have_been_done(deployed: Deployed, answer: Any) -> None:
    deployed.control.answers = [answer]
    with deployed.client() as client, pytest.raises(UncertainError):
        client.restart_task(OWN, 0)


def test_a_fault_inside_is_told_without_its_words(deployed: Deployed) -> None:
    deployed.control.answers = [(True, {"errorType": "KeyError", "errorMessage": CANARY})]
    with deployed.client() as client, pytest.raises(ControlError) as caught:
        client.connectors()
    assert "failed inside (KeyError)" in str(caught.value)
    assert CANARY not in str(caught.value)
    deployed.control.answers = [(True, "odd")]
    with deployed.client() as client, pytest.raises(ControlError, match="gives no reason"):
        client.connectors()


def test_a_fault_in_our_own_words_is_told(deployed: Deployed) -> None:
    told = "reading mmdl/main/dbInfo timed out. Allow it"
    fault = {"errorType": FunctionError.__name__, "errorMessage": told}
    deployed.control.answers = [(True, fault)]
    with deployed.client() as client, pytest.raises(ControlError) as caught:
        client.restart_task(OWN, 0)
    assert caught.value.what.endswith(f"cannot do its work: {told}")


@pytest.mark.parametrize("payload", [None, [], {"status": "x"}])
def test_what_is_no_control_function_is_told(deployed: Deployed, payload: Any) -> None:
    deployed.control.answers = [(False, payload)]
    with deployed.client() as client, pytest.raises(ControlError, match="does not answer as"):
        client.connectors()


def test_a_payload_that_is_no_json_is_told() -> None:
    class Odd:
        def invoke(self, **_: Any) -> Any:
            return {"Payload": type("Body", (), {"read": lambda self: b"<html>"})()}

    control = Control(aws_of(**{"lambda": Odd()}), NAMES)
    with pytest.raises(ControlError, match="does not answer as"):
        control.topics()


def test_a_stage_that_is_not_deployed(deployed: Deployed) -> None:
    deployed.control.answers = [client_error("ResourceNotFoundException", "Function not found")]
    with deployed.client() as client, pytest.raises(NotDeployedError) as caught:
        client.connectors()
    assert caught.value.what == (
        "stage main is not deployed in this account and region "
        f"(account 123456789012, region {REGION})"
    )


def test_who_may_not_invoke_is_told_what_to_ask_for(deployed: Deployed) -> None:
    message = (
        "User: arn:aws:iam::1:user/ann is not authorized to perform: lambda:InvokeFunction on "
        "resource: arn:aws:lambda:… because no identity-based policy allows it"
    )
    deployed.control.answers = [client_error("AccessDeniedException", message)]
    with deployed.client() as client, pytest.raises(DeniedError) as caught:
        client.connectors()
    assert "you may not invoke wms-connector-main-control: arn:aws:iam::1:user/ann" in str(
        caught.value
    )
    assert caught.value.hint == "Ask for lambda:InvokeFunction on wms-connector-main-control"


def test_throttling_is_waited_for_and_then_told(deployed: Deployed) -> None:
    throttled = client_error("TooManyRequestsException", "Rate Exceeded.")
    deployed.control.answers = [throttled, throttled]
    with deployed.client() as client:
        assert client.connectors() == (OWN,)
    assert deployed.clock.now == 3
    deployed.control.answers = [throttled] * 9
    with deployed.client() as client, pytest.raises(ThrottledError):
        client.connectors()


def test_a_function_that_has_slept_for_weeks_is_waited_for(deployed: Deployed) -> None:
    asleep = [
        client_error("ResourceNotReadyException", "The function is inactive"),
        client_error("ResourceConflictException", "The function is in the state: Pending"),
    ]
    deployed.control.answers = list(asleep)
    with deployed.client() as client:
        client.restart(OWN)
    assert [asked.method for asked in deployed.control.asked] == ["POST"] * 3
    assert deployed.clock.now == 15
    deployed.control.answers = asleep * 9
    with deployed.client() as client, pytest.raises(NotReadyError, match="just being made ready"):
        client.connectors()


def test_aws_out_of_reach_is_not_taken_for_a_worker_that_is(deployed: Deployed) -> None:
    deployed.control.answers = [EndpointConnectionError(endpoint_url="http://127.0.0.1:1")]
    with (
        deployed.client() as client,
        pytest.raises(OutOfReachError, match=r"http://127\.0\.0\.1:1"),
    ):
        client.connectors()


REPORT = {
    "stage": "main", "product": "wms", "version": "0.1", "security": "iam",
    "database": {"vendor": "oracle", "pdb": True}, "connectors": {OWN: "d"},
}  # fmt: skip


def test_questions_to_the_function_itself(deployed: Deployed) -> None:
    tried = {"what": "broker 1", "kind": "broker", "port": 9098, "reached": True}
    topic = {"name": "t", "purpose": "data", "exists": True, "newest_ms": 5}
    deployed.control.own = {
        "/-/deployment": REPORT, "/-/topics": {"topics": [topic]}, "/-/reach": {"tried": [tried]},
        "/-/health": {"check": {"at": 1.5, "interval": 600, "severity": "info"}},
    }  # fmt: skip
    control = Control(deployed.aws, NAMES)
    assert control.deployment().database.pdb
    assert control.topics().topics[0].newest_ms == 5
    assert control.reach().tried[0].port == 9098
    assert control.health() == Check(at=1.5, interval=600, severity="info")
    deployed.control.own["/-/health"] = {"check": None}
    assert control.health() is None


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (ControlReply(status=200, body="{}"), "in the form that is known here"),
        (ControlReply.own(503, "Kafka does not answer"), "Kafka does not answer"),
        (ControlReply(status=500, body="odd"), "status 500"),
        (ControlReply.own(504, "too slow"), "too slow"),
    ],
)
def test_what_it_cannot_answer_is_told(deployed: Deployed, reply: ControlReply, told: str) -> None:
    deployed.control.answers = [reply]
    with pytest.raises(ControlError, match=told):
        Control(deployed.aws, NAMES).deployment()


def test_a_body_that_is_no_configuration_has_no_digest(deployed: Deployed) -> None:
    transport = LambdaTransport(deployed.aws, NAMES)
    request = httpx.Request("PUT", f"http://c/connectors/{OWN}/config", content=json.dumps([1]))
    with pytest.raises(ControlError):
        transport.handle_request(request)
    assert deployed.control.asked[0].config_digest is None
