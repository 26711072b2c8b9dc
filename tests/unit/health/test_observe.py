from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.unit.clock import Clock
from tests.unit.connect.fake_worker import FakeWorker, Patience, answering, client_of, status

from wms_connector.health.observation import (
    Flow,
    Observation,
    Question,
    Reach,
    Service,
    Task,
    Topic,
    Worker,
)
from wms_connector.health.observe import Probes, connect_probes, observe, offset_text
from wms_connector.kafka.errors import (
    NoRightsError,
    SignInError,
    TimedOutError,
    UnreachableError,
)
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wms_connector.connect.client import ConnectClient

OURS = "wms-oracle-cdc"
OFFSETS = [{"partition": {"server": "wms"}, "offset": {"scn": "10"}}]
QUICK = Patience(seconds=1, unreachable_seconds=1)


def owns(name: str) -> bool:
    return name.startswith("wms-")


def looked(probes: Probes, **more: Any) -> Observation:
    clock = Clock()
    clock.now = 1000.0
    return observe(probes, [OURS], clock=clock, **more)


@pytest.fixture
def worker() -> FakeWorker:
    worker = FakeWorker()
    worker.add(OURS, {"connector.class": "x"})
    worker.offsets[OURS] = OFFSETS
    return worker


@pytest.fixture
def client(worker: FakeWorker) -> Iterator[ConnectClient]:
    with worker.client(secrets=["canary"], patience=QUICK) as client:
        yield client


def test_a_healthy_stage(client: ConnectClient) -> None:
    asked: list[Any] = []

    def flow(name: str, config: Any, entries: Any) -> Flow:
        asked.append((name, config["connector.class"], list(entries)))
        return Flow(source="11", behind_seconds=1.0)

    seen = looked(
        replace(
            connect_probes(client, owns),
            flow=flow,
            topics=lambda: [Topic(name="t", exists=True)],
            service=lambda: Service(desired=1, running=1),
            database=lambda: Reach(ok=True),
            workers=lambda: [Worker(name="w")],
        )
    )
    assert (seen.at, seen.desired, seen.unseen) == (1000.0, (OURS,), {})
    assert (seen.connect, seen.worker) == (Reach(ok=True), Reach(ok=True))
    assert seen.connectors is not None
    [connector] = seen.connectors
    assert (connector.name, connector.state, connector.ours) == (OURS, "RUNNING", True)
    assert connector.tasks == (Task(id=0, state="RUNNING", worker="w:8083"),)
    assert asked == [(OURS, "x", OFFSETS)]
    assert connector.flow == Flow(offset=offset_text(OFFSETS), source="11", behind_seconds=1.0)
    assert seen.topics == (Topic(name="t", exists=True),)
    assert seen.service == Service(desired=1, running=1)
    assert seen.database == Reach(ok=True)
    assert seen.workers == (Worker(name="w"),)
    assert Observation.model_validate_json(seen.model_dump_json()) == seen


def test_what_a_place_has_not_is_not_unseen() -> None:
    assert looked(Probes()) == Observation(at=1000.0, desired=(OURS,))


def test_a_new_connector_and_another_s(worker: FakeWorker, client: ConnectClient) -> None:
    del worker.states[OURS]
    worker.add("somebody-s", {}, state="FAILED", tasks=())
    worker.states["somebody-s"] = status("somebody-s", "FAILED", (), "password=canary broke")
    seen = looked(connect_probes(client, owns))
    assert seen.connectors is not None
    theirs, ours = seen.connectors
    assert (ours.state, ours.ours, ours.tasks) == ("UNASSIGNED", True, ())
    assert (theirs.state, theirs.ours, theirs.flow) == ("FAILED", False, None)
    assert theirs.trace == "password=******** broke"
    assert "GET /connectors/somebody-s/offsets" not in worker.calls


@pytest.mark.parametrize(
    "entries", [[], [{"partition": {"server": "wms"}, "offset": None}]], ids=["none", "reset"]
)
def test_without_an_offset_there_is_no_text_of_it(
    worker: FakeWorker, client: ConnectClient, entries: list[Any]
) -> None:
    worker.offsets[OURS] = entries
    seen = looked(connect_probes(client, owns))
    assert seen.connectors is not None
    assert seen.connectors[0].flow == Flow(offset=None)


def test_offsets_are_equal_as_long_as_they_are() -> None:
    one = {"partition": {"table": "A", "p": 1}, "offset": {"n": 1, "m": 2}}
    other = {"partition": {"table": "B"}, "offset": {"n": 1}}
    turned = {"offset": {"m": 2, "n": 1}, "partition": {"p": 1, "table": "A"}}
    assert offset_text([one, other]) == offset_text([other, turned])
    assert offset_text([one]) != offset_text([one, other])
    assert offset_text([one]) != offset_text([{**one, "offset": {"n": 2, "m": 2}}])


def test_a_worker_that_is_away_is_asked_nothing_more() -> None:
    handler, requests = answering(httpx.ConnectError("refused"))
    with client_of(handler, patience=QUICK) as client:
        seen = looked(connect_probes(client, owns))
    assert seen.connect is not None
    assert not seen.connect.ok
    assert "refused" in seen.connect.reason
    assert (seen.worker, seen.connectors, seen.unseen) == (None, None, {})
    assert {request.url.path for request in requests} == {"/"}


def test_a_worker_that_starts_answers_and_is_not_ready() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/health":
            return httpx.Response(503, json={"status": "starting", "message": "soon"})
        return httpx.Response(503)

    with client_of(handle, patience=QUICK) as client:
        seen = looked(connect_probes(client, owns))
    assert seen.connect == Reach(ok=True)
    assert seen.worker == Reach(ok=False, reason="starting: soon")
    assert "not ready" in seen.unseen[Question.CONNECTORS]


def test_a_worker_without_health(worker: FakeWorker) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if request.url.path == "/health" else worker(request)

    with client_of(handle, patience=QUICK) as client:
        seen = looked(connect_probes(client, owns))
    assert (seen.worker, seen.unseen) == (None, {})


def test_a_health_that_fails_is_the_worker_s(worker: FakeWorker) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/health":
            raise httpx.ReadError("cut")
        return worker(request)

    with client_of(handle, patience=QUICK) as client:
        seen = looked(connect_probes(client, owns))
    assert seen.worker is not None
    assert not seen.worker.ok
    assert seen.connectors is not None


def _fails(error: Exception) -> Callable[..., Any]:
    def probe(*_: object) -> Any:
        raise error

    return probe


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("connect", Question.CONNECT),
        ("worker", Question.CONNECT),
        ("connectors", Question.CONNECTORS),
        ("offsets", Question.FLOW),
        ("flow", Question.FLOW),
        ("topics", Question.TOPICS),
        ("service", Question.SERVICE),
        ("database", Question.DATABASE),
        ("workers", Question.WORKERS),
    ],
)
def test_a_probe_that_fails_is_a_reason(
    client: ConnectClient, name: str, question: Question
) -> None:
    probe = _fails(WmsError("it says\n canary", hint="Do this"))
    probes = replace(connect_probes(client, owns), **{name: probe})
    seen = looked(probes, redact=lambda text: text.replace("canary", "***"))
    [(asked, reason)] = seen.unseen.items()
    assert asked is question
    assert reason.endswith("it says ***")


@pytest.mark.parametrize(
    "error", [UnreachableError("no broker answers"), SignInError("no broker answers"),
              TimedOutError("no broker answers")]
)  # fmt: skip
def test_brokers_that_do_not_answer_are_told_as_such(error: Exception) -> None:
    seen = looked(Probes(topics=_fails(error)))
    assert seen.brokers == Reach(ok=False, reason="no broker answers")
    assert seen.unseen == {Question.TOPICS: "no broker answers"}


def test_brokers_are_known_by_who_asks_for_topics() -> None:
    assert looked(Probes(topics=list)).brokers == Reach(ok=True)
    assert looked(Probes(topics=_fails(NoRightsError("no")))).brokers is None
    assert looked(Probes()).brokers is None


def test_what_nobody_expected_tells_its_place_and_not_its_words() -> None:
    seen = looked(Probes(topics=_fails(KeyError("password"))))
    assert seen.unseen[Question.TOPICS].startswith("KeyError in ")
    assert "password" not in seen.unseen[Question.TOPICS]


def test_one_connector_that_cannot_be_asked_hides_no_other(
    worker: FakeWorker, client: ConnectClient
) -> None:
    worker.add("wms-b", {})
    worker.offsets["wms-b"] = OFFSETS

    def flow(name: str, *_: object) -> Flow | None:
        if name == OURS:
            raise WmsError("not this one")
        return None

    seen = looked(replace(connect_probes(client, owns), flow=flow))
    assert seen.unseen == {Question.FLOW: f"{OURS}: not this one"}
    assert seen.connectors is not None
    flows = {connector.name: connector.flow for connector in seen.connectors}
    assert flows == dict.fromkeys([OURS, "wms-b"], Flow(offset=offset_text(OFFSETS)))


def test_what_a_database_says_of_its_refusal_is_redacted(client: ConnectClient) -> None:
    refused = Flow(unknown={"database": "user canary may not"})
    probes = replace(connect_probes(client, owns), flow=lambda *_: refused)
    seen = looked(probes, redact=lambda text: text.replace("canary", "***"))
    assert seen.connectors is not None
    flow = seen.connectors[0].flow
    assert flow is not None
    assert flow.unknown == {"database": "user *** may not"}


def test_offsets_are_not_waited_for_when_no_broker_answers(client: ConnectClient) -> None:
    forever = threading.Event()

    def offsets(_: str) -> list[Any]:
        forever.wait()
        return []

    probes = replace(
        connect_probes(client, owns),
        offsets=offsets,
        topics=_fails(UnreachableError("no broker answers")),
    )
    try:
        seen = looked(probes, seconds=60)
    finally:
        forever.set()
    assert seen.brokers == Reach(ok=False, reason="no broker answers")
    assert seen.unseen[Question.FLOW] == "no answer within 1 s"


def test_who_hangs_is_not_waited_for(client: ConnectClient) -> None:
    """And what was seen before it hung is told."""
    forever = threading.Event()
    probes = replace(
        connect_probes(client, owns),
        flow=lambda *_: forever.wait(),
        database=forever.wait,
    )
    try:
        seen = looked(probes, seconds=0.5)
    finally:
        forever.set()
    assert seen.unseen == {
        Question.FLOW: "no answer within 0 s", Question.DATABASE: "no answer within 0 s",
    }  # fmt: skip
    assert seen.connectors is not None
    assert seen.connectors[0].flow == Flow(offset=offset_text(OFFSETS))
