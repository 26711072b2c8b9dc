from __future__ import annotations

import json

import httpx
import pytest
from tests.unit.connect.fake_worker import (
    PLUGIN,
    FakeWorker,
    answering,
    client_of,
    error,
    status,
)

from wms_connector.connect.errors import (
    HalfDoneError,
    NotFoundError,
    RefusedError,
    RejectedConfigError,
    UnexpectedAnswerError,
    UnsupportedError,
)
from wms_connector.connect.models import ConnectorState, InitialState, OffsetEntry
from wms_connector.model.errors import UsageError

CANARY = "c4nary-s3cret"
CONFIG = {"connector.class": PLUGIN, "topic.prefix": "wms"}


def body(request: httpx.Request) -> object:
    return json.loads(request.content)


def target(request: httpx.Request) -> str:
    return f"{request.method} {request.url.raw_path.decode()}"


# The worker


def test_the_worker_tells_its_version() -> None:
    handler, _ = answering(httpx.Response(200, json={"version": "4.3.1", "new": 1}))
    assert client_of(handler).worker().version == "4.3.1"


@pytest.mark.parametrize(
    ("code", "state", "healthy"),
    [(200, "healthy", True), (503, "starting", False), (500, "unhealthy", False)],
)
def test_health_is_an_answer_whatever_its_status(code: int, state: str, *, healthy: bool) -> None:
    answer = httpx.Response(code, json={"status": state, "message": f"password={CANARY}"})
    handler, asked = answering(answer)
    health = client_of(handler).health()
    assert (health.status, health.is_healthy) == (state, healthy)
    assert CANARY not in health.message
    assert len(asked) == 1


def test_a_worker_without_health_is_told() -> None:
    with pytest.raises(UnsupportedError, match="no /health"):
        client_of(answering(error(404))[0]).health()


def test_a_health_that_is_no_json_is_no_worker() -> None:
    with pytest.raises(UnexpectedAnswerError):
        client_of(answering(httpx.Response(200, text="OK"))[0]).health()


def test_plugins_are_listed() -> None:
    answer = [{"class": PLUGIN, "type": "source", "version": None}]
    handler, asked = answering(httpx.Response(200, json=answer))
    client = client_of(handler)
    assert [plugin.name for plugin in client.plugins()] == [PLUGIN]
    client.plugins(connectors_only=False)
    assert [request.url.params["connectorsOnly"] for request in asked] == ["true", "false"]


def test_definitions_are_asked_for_once() -> None:
    answer = [{"name": "topic.prefix", "type": "STRING", "required": True, "dependents": []}]
    handler, asked = answering(httpx.Response(200, json=answer))
    client = client_of(handler)
    assert client.definitions(PLUGIN) == client.definitions(PLUGIN)
    assert client.definitions(PLUGIN)[0].required
    assert [target(request) for request in asked] == [f"GET /connector-plugins/{PLUGIN}/config"]


def test_a_level_is_set_on_every_worker() -> None:
    handler, asked = answering(httpx.Response(204))
    client_of(handler).set_log_level("io.debezium", "DEBUG")
    assert target(asked[0]) == "PUT /admin/loggers/io.debezium?scope=cluster"
    assert body(asked[0]) == {"level": "DEBUG"}


@pytest.mark.parametrize("code", [400, 401, 403, 405, 418])
def test_a_refusal_is_told_with_its_words_redacted(code: int) -> None:
    handler, _ = answering(error(code, f"no: {CANARY}"))
    with pytest.raises(RefusedError, match=rf"\({code}\): no: \*+") as caught:
        client_of(handler, secrets=[CANARY]).worker()
    assert CANARY not in str(caught.value)


def test_a_refusal_without_words_is_told() -> None:
    with pytest.raises(RefusedError, match=r"\(403\)\. Check"):
        client_of(answering(httpx.Response(403))[0]).connectors()


# Connectors


def test_one_connector_with_its_configuration() -> None:
    worker = FakeWorker()
    worker.add("a", CONFIG | {"database.password": CANARY})
    info = worker.client().connector("a")
    assert info.config["topic.prefix"] == "wms"
    assert CANARY not in repr(info)


def test_expanded_has_what_has_no_status_yet() -> None:
    worker = FakeWorker()
    worker.add("b", CONFIG)
    worker.add("a", CONFIG)
    worker.add("new", CONFIG)
    del worker.states["new"]
    found = worker.client().expanded()
    assert list(found) == ["a", "b", "new"]
    assert found["a"].status is not None
    assert found["new"].status is None
    assert found["new"].info.config["topic.prefix"] == "wms"


def test_expanded_leaves_out_what_goes_meanwhile() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if "expand" in request.url.params:
            return httpx.Response(200, json={})
        if request.url.path == "/connectors":
            return httpx.Response(200, json=["gone"])
        return error(404)

    client = client_of(handle)
    # It is listed and yet not found: the worker is asked again who is there.
    with pytest.raises(UnsupportedError):
        client.expanded()
    listed = iter([["gone"], []])

    def later(request: httpx.Request) -> httpx.Response:
        if "expand" in request.url.params or request.url.path != "/connectors":
            return handle(request)
        return httpx.Response(200, json=next(listed))

    assert client_of(later).expanded() == {}


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.connector("x"),
        lambda c: c.status("x"),
        lambda c: c.restart("x"),
        lambda c: c.restart_task("x", 0),
        lambda c: c.pause("x"),
        lambda c: c.resume("x"),
        lambda c: c.stop("x"),
        lambda c: c.offsets("x"),
        lambda c: c.reset_offsets("x"),
        lambda c: c.set_offsets("x", []),
        lambda c: c.topics("x"),
        lambda c: c.delete("x"),
        lambda c: c.patch("x", {}),
    ],
)
def test_what_is_not_found_lists_what_there_is(call) -> None:
    worker = FakeWorker()
    worker.add("a", CONFIG)
    worker.add("b", CONFIG)
    with pytest.raises(NotFoundError, match=r"there is no connector 'x'\. There are: a, b"):
        call(worker.client())


def test_not_found_among_none() -> None:
    with pytest.raises(NotFoundError, match="There is no connector at all"):
        FakeWorker().client().connector("x")


def test_a_call_that_the_worker_does_not_know_is_no_missing_connector() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/connectors":
            return httpx.Response(200, json=["a"])
        return error(404, "HTTP 404 Not Found")

    with pytest.raises(UnsupportedError, match="does not know this call"):
        client_of(handle).offsets("a")


@pytest.mark.parametrize("name", ["", "  ", ".", "..", "a/b", "a\\b", "a;b", "a%2fb", "a\nb"])
def test_names_that_cannot_be_addressed_are_refused_before_anything_is_sent(name: str) -> None:
    handler, asked = answering(httpx.Response(200))
    client = client_of(handler)
    with pytest.raises(UsageError, match="no connector's name"):
        client.status(name)
    with pytest.raises(UsageError, match="no connector's name"):
        client.create(name, CONFIG)
    assert not asked


def test_a_name_with_spaces_is_escaped() -> None:
    handler, asked = answering(httpx.Response(202))
    client_of(handler).pause("my connector?")
    assert target(asked[0]) == "PUT /connectors/my%20connector%3F/pause"


def test_put_creates_or_replaces() -> None:
    answer = httpx.Response(201, json={"name": "a", "config": CONFIG, "tasks": []})
    handler, asked = answering(answer)
    assert client_of(handler).put("a", CONFIG).name == "a"
    assert target(asked[0]) == "PUT /connectors/a/config"
    assert body(asked[0]) == CONFIG


def test_a_configuration_of_another_name_is_refused() -> None:
    handler, asked = answering(httpx.Response(200))
    with pytest.raises(UsageError, match="has the name 'b'"):
        client_of(handler).put("a", {**CONFIG, "name": "b"})
    assert not asked


@pytest.mark.parametrize("state", [None, InitialState.STOPPED])
def test_create_takes_an_initial_state(state: InitialState | None) -> None:
    answer = httpx.Response(201, json={"name": "a", "config": CONFIG, "tasks": []})
    handler, asked = answering(answer)
    client_of(handler).create("a", CONFIG, initial_state=state)
    assert target(asked[0]) == "POST /connectors"
    sent = {"name": "a", "config": {**CONFIG, "name": "a"}}
    assert body(asked[0]) == (sent if state is None else sent | {"initial_state": "STOPPED"})


def test_patch_changes_single_keys() -> None:
    answer = httpx.Response(200, json={"name": "a", "config": CONFIG, "tasks": []})
    handler, asked = answering(answer)
    client_of(handler).patch("a", {"tasks.max": "1", "old": None})
    assert body(asked[0]) == {"tasks.max": "1", "old": None}


def test_a_patch_that_is_rejected_quotes_nothing() -> None:
    handler, _ = answering(error(400, f"Invalid value {CANARY}: must be one of a"))
    with pytest.raises(RejectedConfigError, match="none of those allowed") as caught:
        client_of(handler).patch("a", {"tasks.max": "1"})
    assert CANARY not in str(caught.value)


def test_delete_tells_whether_it_was_there() -> None:
    worker = FakeWorker()
    worker.add("a", CONFIG)
    client = worker.client()
    assert client.delete("a")
    assert not client.delete("a", missing_ok=True)


# Status


def test_a_status_has_states_and_redacted_traces() -> None:
    trace = f"ConnectException: jdbc:oracle:thin:me/{CANARY}@h, password={CANARY}, {CANARY}"
    answer = httpx.Response(200, json=status("a", "FAILED", ("RUNNING", "FAILED"), trace))
    found = client_of(answering(answer)[0], secrets=[CANARY]).status("a")
    assert found.has_failed
    assert not found.is_running
    assert found.failed_tasks == (1,)
    assert found.summary() == "FAILED, task 0 RUNNING, task 1 FAILED"
    assert CANARY not in repr(found)
    assert found.connector.trace is not None
    assert "ConnectException" in found.connector.trace


@pytest.mark.parametrize(
    ("state", "tasks", "running"),
    [
        ("RUNNING", ("RUNNING",), True),
        ("RUNNING", (), False),
        ("RUNNING", ("RUNNING", "UNASSIGNED"), False),
        ("PAUSED", ("RUNNING",), False),
        ("A_LATER_STATE", ("RUNNING",), False),
    ],
)
def test_running_is_the_connector_and_all_of_at_least_one_task(
    state: str, tasks: tuple[str, ...], *, running: bool
) -> None:
    answer = httpx.Response(200, json=status("a", state, tasks))
    found = client_of(answering(answer)[0]).status("a")
    assert found.is_running is running


def test_a_state_of_a_later_version_is_unknown() -> None:
    answer = httpx.Response(200, json=status("a", "DREAMING", ()))
    found = client_of(answering(answer)[0]).status("a")
    assert found.connector.state is ConnectorState.UNKNOWN
    assert found.summary() == "UNKNOWN, no task"


def test_a_connector_without_status_is_just_being_created() -> None:
    worker = FakeWorker()
    worker.add("a", CONFIG)
    del worker.states["a"]
    assert worker.client().status("a").summary() == "UNASSIGNED, no task"


# Running


def restarting(version: str, answer: httpx.Response):
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(target(request))
        if request.url.path == "/":
            return httpx.Response(200, json={"version": version})
        return answer

    return client_of(handle), asked


RESTARTED = httpx.Response(202, json=status("a", "RUNNING", ("RESTARTING",)))


@pytest.mark.parametrize(
    "version", ["3.0.0", "4.3.1", "7.0.1-ccs", "7.9.0-ce", "3.7.x.strange", "?"]
)
def test_a_restart_of_what_failed_gives_what_restarts(version: str) -> None:
    client, asked = restarting(version, RESTARTED)
    found = client.restart("a", include_tasks=True, only_failed=True)
    assert found is not None
    assert found.tasks[0].state is ConnectorState.RESTARTING
    assert asked[1] == "POST /connectors/a/restart?includeTasks=true&onlyFailed=true"


@pytest.mark.parametrize("version", ["2.8.2", "0.11.0", "6.2.1-ccs", "5.0.0-ce"])
def test_a_worker_that_would_ignore_which_tasks_is_not_even_asked(version: str) -> None:
    client, asked = restarting(version, RESTARTED)
    with pytest.raises(UnsupportedError, match=r"ignores which tasks.*nothing was restarted"):
        client.restart("a", include_tasks=True)
    assert asked == ["GET /"]


@pytest.mark.parametrize("ignored", [httpx.Response(204), httpx.Response(202), httpx.Response(200)])
def test_a_worker_that_ignored_which_tasks_is_not_taken_for_success(
    ignored: httpx.Response,
) -> None:
    client, _ = restarting("of my own", ignored)
    with pytest.raises(HalfDoneError, match="only the connector itself was restarted"):
        client.restart("a", only_failed=True)


def test_a_plain_restart_asks_for_no_version() -> None:
    client, asked = restarting("2.0.0", httpx.Response(204))
    assert client.restart("a") is None
    assert asked == ["POST /connectors/a/restart?includeTasks=false&onlyFailed=false"]


def test_one_task_is_restarted() -> None:
    handler, asked = answering(httpx.Response(204))
    client_of(handler).restart_task("a", 2)
    assert target(asked[0]) == "POST /connectors/a/tasks/2/restart"


def test_a_task_that_is_not_there_lists_the_tasks() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/connectors":
            return httpx.Response(200, json=["a"])
        if request.method == "GET":
            return httpx.Response(200, json=status("a", "RUNNING", ("RUNNING", "RUNNING")))
        return error(404, "Unknown task: a-7")

    with pytest.raises(NotFoundError, match=r"no task 'a task 7'\. There are: 0, 1"):
        client_of(handle).restart_task("a", 7)


@pytest.mark.parametrize("verb", ["pause", "resume", "stop"])
def test_pause_resume_and_stop(verb: str) -> None:
    handler, asked = answering(httpx.Response(202))
    getattr(client_of(handler), verb)("a")
    assert target(asked[0]) == f"PUT /connectors/a/{verb}"


# Offsets and topics


def test_offsets_are_read_and_set() -> None:
    entry = {"partition": {"server": "wms"}, "offset": {"scn": 5, "deep": {"x": [1]}}}
    handler, asked = answering(
        httpx.Response(200, json={"offsets": [entry, {"partition": {"server": "x"}}]}),
        httpx.Response(200, json={"message": f"done, password={CANARY}"}),
    )
    client = client_of(handler)
    offsets = client.offsets("a").offsets
    assert offsets[0].offset == {"scn": 5, "deep": {"x": [1]}}
    assert offsets[1].offset is None
    assert client.set_offsets("a", [OffsetEntry.model_validate(entry)]) == "done, password=********"
    assert target(asked[1]) == "PATCH /connectors/a/offsets"
    assert body(asked[1]) == {"offsets": [entry]}


def test_offsets_are_reset() -> None:
    handler, asked = answering(httpx.Response(204))
    assert client_of(handler).reset_offsets("a") == ""
    assert target(asked[0]) == "DELETE /connectors/a/offsets"


def test_offsets_of_a_running_connector_say_stop_it_first() -> None:
    handler, _ = answering(error(400, "Connectors must be in the STOPPED state before their …"))
    with pytest.raises(RefusedError, match="wms-connector stop"):
        client_of(handler).reset_offsets("a")


def test_topics_of_a_connector() -> None:
    handler, _ = answering(httpx.Response(200, json={"a": {"topics": ["z", "b"]}}))
    assert client_of(handler).topics("a") == ("b", "z")
