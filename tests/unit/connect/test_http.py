from __future__ import annotations

import httpx
import pytest
from tests.unit.clock import Clock
from tests.unit.connect.fake_worker import URL, answering, client_of, error

from wms_connector.connect.errors import (
    AlreadyExistsError,
    InternalError,
    RebalanceError,
    ServerError,
    StartingError,
    UncertainError,
    UnexpectedAnswerError,
    UnreachableError,
)
from wms_connector.connect.http import Patience
from wms_connector.model.errors import UsageError

OK = httpx.Response(200, json=["a"])
REBALANCE = error(409, "Cannot complete request momentarily due to no known leader URL")
REFUSED = httpx.ConnectError("[Errno 111] Connection refused")


@pytest.mark.parametrize(
    "passing",
    [
        REBALANCE,
        httpx.Response(503, text="starting"),
        error(500, "Request timed out"),
        error(500, "for a reason of its own"),
        httpx.Response(502, text="<html>bad gateway"),
        REFUSED,
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("disconnected"),
    ],
)
def test_what_passes_is_tried_again_with_growing_waits(passing: httpx.Response) -> None:
    clock = Clock()
    handler, asked = answering(passing, passing, passing, OK)
    assert client_of(handler, clock=clock).connectors() == ("a",)
    assert len(asked) == 4
    assert clock.now == pytest.approx(0.1 + 0.2 + 0.4)


@pytest.mark.parametrize(
    ("lasting", "kind", "limit"),
    [
        (REBALANCE, RebalanceError, 30),
        (httpx.Response(503), StartingError, 30),
        (error(500, "Error trying to forward REST request"), ServerError, 30),
        (httpx.Response(500, text="no JSON"), ServerError, 30),
        (error(500, "NullPointerException"), InternalError, 5),
        (REFUSED, UnreachableError, 5),
        (httpx.ConnectTimeout(""), UnreachableError, 5),
        (httpx.ReadTimeout(""), UnreachableError, 5),
    ],
)
def test_what_does_not_pass_is_told_at_its_deadline(
    lasting: httpx.Response, kind: type[Exception], limit: float
) -> None:
    clock = Clock()
    handler, _ = answering(lasting)
    with pytest.raises(kind) as caught:
        client_of(handler, clock=clock).connectors()
    assert type(caught.value) is kind
    assert limit / 2 < clock.now <= limit


def test_patience_is_the_caller_s() -> None:
    clock = Clock()
    handler, asked = answering(REBALANCE)
    with pytest.raises(RebalanceError):
        client_of(handler, clock=clock, patience=Patience(seconds=0)).connectors()
    assert len(asked) == 1
    assert clock.now == 0


def test_the_next_worker_is_asked_when_one_is_gone_and_remembered() -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.url.host == "a":
            raise REFUSED
        return OK

    client = client_of(handler=handle, urls=["http://a:1", "http://b:1/"])
    client.connectors()
    client.connectors()
    assert asked == ["a", "b", "b"]
    assert client.where == "http://b:1, http://a:1"


def test_a_lost_answer_of_a_call_that_may_be_repeated_goes_to_the_next_worker() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.host == "a":
            raise httpx.ReadError("reset")
        return httpx.Response(202)

    client_of(handle, ["http://a:1", "http://b:1"]).pause("x")


@pytest.mark.parametrize("lost", [httpx.ReadTimeout(""), httpx.ReadError("reset")])
def test_a_lost_answer_of_a_restart_is_never_repeated(lost: Exception) -> None:
    handler, asked = answering(lost)
    with pytest.raises(UncertainError, match=r"POST /connectors/x/restart.*may have been done"):
        client_of(handler, ["http://a:1", "http://b:1"]).restart("x")
    assert len(asked) == 1


@pytest.mark.parametrize("passing", [REFUSED, REBALANCE, httpx.Response(503)])
def test_a_restart_that_certainly_was_not_done_is_tried_again(passing: httpx.Response) -> None:
    handler, asked = answering(passing, httpx.Response(204))
    assert client_of(handler).restart("x") is None
    assert len(asked) == 2


@pytest.mark.parametrize("failed", [error(500, "Request timed out"), httpx.Response(502)])
def test_a_restart_that_may_have_been_done_is_not_tried_again(failed: httpx.Response) -> None:
    handler, asked = answering(failed)
    with pytest.raises(ServerError):
        client_of(handler).restart("x")
    assert len(asked) == 1


def test_a_connector_that_is_there_is_no_rebalance() -> None:
    handler, asked = answering(error(409, "Connector x already exists"))
    with pytest.raises(AlreadyExistsError, match="of that name exists"):
        client_of(handler).create("x", {"connector.class": "C"})
    assert len(asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>hello"),
        httpx.Response(404, text="<html>not found"),
        httpx.Response(302, headers={"Location": "http://login"}),
        httpx.Response(200, content=b"\xff\xfe"),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(200, json={"not": "a list"}),
        httpx.Response(200, json=[{"no": "text"}]),
        httpx.Response(200),
    ],
)
def test_what_is_not_kafka_connect_is_told(answer: httpx.Response) -> None:
    handler, asked = answering(answer)
    with pytest.raises(UnexpectedAnswerError, match="does not answer") as caught:
        client_of(handler).connectors()
    assert "hello" not in str(caught.value)
    assert len(asked) == 1


def test_content_that_cannot_be_decoded_is_told() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200,
            headers={"Content-Encoding": "gzip"},
            stream=httpx.ByteStream(b"no gzip"),
        )

    with pytest.raises(UnexpectedAnswerError, match="DecodingError"):
        client_of(handle).connectors()


def test_an_answer_without_end_is_cut_off() -> None:
    sent = 0

    class Endless(httpx.SyncByteStream):
        def __iter__(self):
            nonlocal sent
            while True:
                sent += 1
                yield b"x" * 1000

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Endless())

    with pytest.raises(UnexpectedAnswerError, match="more than 5,000 bytes"):
        client_of(handle, answer_limit=5000).connectors()
    assert sent == 6


@pytest.mark.parametrize("url", ["", "worker:8083", "ftp://w", "http://", "http://h:port", "8083"])
def test_a_url_of_another_form_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UsageError, match="http://HOST:PORT"):
        client_of(answering(OK)[0], url)


def test_no_url_is_refused() -> None:
    with pytest.raises(UsageError, match="no Kafka Connect URL"):
        client_of(answering(OK)[0], [])


def test_a_password_in_a_url_is_in_no_message() -> None:
    handler, asked = answering(REFUSED)
    with pytest.raises(UnreachableError) as caught, client_of(handler, "http://u:canary@w:1") as c:
        c.connectors()
    assert "canary" not in str(caught.value)
    assert "http://w:1" in str(caught.value)
    assert asked[0].headers["Authorization"].startswith("Basic ")


def test_messages_of_the_library_without_words_still_say_something() -> None:
    handler, _ = answering(httpx.RemoteProtocolError(""))
    with pytest.raises(UnreachableError, match="RemoteProtocolError"):
        client_of(handler).connectors()


def test_the_path_of_a_url_is_kept() -> None:
    handler, asked = answering(OK)
    client_of(handler, f"{URL}/connect/").connectors()
    assert asked[0].url.path == "/connect/connectors"
