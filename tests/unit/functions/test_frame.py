from __future__ import annotations

import io
import json
import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.functions.support import (
    PASSWORD,
    REGION,
    Surroundings,
    event,
)

from wms_connector.functions import control, registration, topics
from wms_connector.functions.frame import FunctionError, carried_out, framed, logger, telling
from wms_connector.functions.place import Place
from wms_connector.kafka.admin import TopicAdmin
from wms_connector.kafka.groups import Groups
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTEXT = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:f",
    aws_request_id="1f4a8c2e",
)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the functions write for CloudWatch."""
    stream = io.StringIO()
    handlers = [found for found in logger.handlers if isinstance(found, logging.StreamHandler)]
    former = [(handler, handler.setStream(stream)) for handler in handlers]
    yield stream
    for handler, before in former:
        handler.setStream(before)


def test_a_failure_is_one_sentence_without_a_chain(around: Surroundings, log: io.StringIO) -> None:
    def fails(asked: Any, place: Place) -> dict[str, Any]:
        del asked
        place.secrets.hidden()
        raise WmsError(f"it broke at {PASSWORD}") from KeyError(PASSWORD)

    with pytest.raises(FunctionError) as caught:
        carried_out(fails, {}, around.place())
    assert str(caught.value) == "it broke at ********"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    line = json.loads(log.getvalue())
    assert line["level"] == "ERROR"
    assert line["error"] == "WmsError"
    assert PASSWORD not in log.getvalue()


def test_an_unforeseen_failure_tells_where_and_never_its_text(
    around: Surroundings, log: io.StringIO
) -> None:
    def fails(asked: Any, place: Place) -> dict[str, Any]:
        raise KeyError(PASSWORD)

    with pytest.raises(FunctionError, match=r"an unforeseen KeyError at test_frame\.py:\d+ fails"):
        carried_out(fails, {}, around.place())
    assert json.loads(log.getvalue())["places"][-1].endswith("fails")
    assert PASSWORD not in log.getvalue()


def test_what_is_told_on_the_way_is_masked(around: Surroundings, log: io.StringIO) -> None:
    place = around.place()
    told = telling(place)
    place.secrets.hidden()
    told(f"about {PASSWORD}")
    assert json.loads(log.getvalue())["message"] == "about ********"


def test_a_handler_reads_the_environment_and_logs_no_event(
    around: Surroundings,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    repository: Path,
) -> None:
    for name, value in around.deployment.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_REGION", REGION)
    assert registration.on_event(event("registration-create"), CONTEXT)["PhysicalResourceId"]
    assert registration.is_complete(event("registration-delete"), CONTEXT) == {"IsComplete": True}
    monkeypatch.setattr("wms_connector.__file__", str(repository / "wms_connector" / "x.py"))
    reply = control.handler({"method": "GET", "path": "/-/nothing"}, CONTEXT)
    assert reply["status"] == 403
    assert "Connectors" not in log.getvalue()


@pytest.mark.parametrize("handler", [topics.handler, registration.on_event, control.handler])
@pytest.mark.parametrize("asked", [{}, {"RequestType": "Create"}, []])
def test_a_handler_without_a_deployment_or_event_fails_in_one_line(
    handler: Any, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WMS_DEPLOYMENT", raising=False)
    with pytest.raises(FunctionError) as caught:
        handler(asked, CONTEXT)
    assert "\n" not in str(caught.value)


def test_a_deletion_of_the_registration_succeeds_without_a_deployment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("WMS_DEPLOYMENT", raising=False)
    asked = event("registration-delete")
    answer = registration.on_event(asked, CONTEXT)
    assert answer == {"PhysicalResourceId": asked["PhysicalResourceId"]}


def test_a_handler_keeps_the_name_of_its_work() -> None:
    def work(asked: Any, place: Place) -> dict[str, Any]:
        return {"asked": asked, "place": type(place).__name__}

    assert framed(work)({"a": 1}, CONTEXT) == {"asked": {"a": 1}, "place": "Place"}


def test_a_place_makes_the_real_clients(around: Surroundings) -> None:
    place = Place(around.deployment.environment() | {"AWS_REGION": REGION})
    assert isinstance(place.kafka.topics, TopicAdmin)
    assert isinstance(place.kafka.groups, Groups)
    assert place.transport is None
    assert place.redactor().text("x") == "x"
    assert place.clock() > 0
