"""The relay on a real worker, whose environment holds a password that must not come back."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from wms_connector.aws.control import RULES, TopicsReport, digest
from wms_connector.connect.redact import Redactor
from wms_connector.connect.wait import Waiting, until_gone
from wms_connector.connectors.rendering import render
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.functions import control
from wms_connector.functions.relay import Relay
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.functions.conftest import Cloud

    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

STAGE = "tests"
SECRET = "${env:DB_PASSWORD}"


@pytest.fixture
def config(pipeline: Pipeline, stage: Stage) -> dict[str, str]:
    configs = render(
        pipeline, stage, database=DatabaseShape("postgres"), security=KafkaSecurity.PLAINTEXT
    )
    return next(iter(configs.values()))


@pytest.fixture
def name(cloud: Cloud, pipeline: Pipeline, stage: Stage) -> Iterator[str]:
    """A second connector of the stage's, that is gone afterwards."""
    made = f"{pipeline.names(stage).connector}-it-relay"
    yield made
    with cloud.place(STAGE).connect() as client:
        client.delete(made, missing_ok=True)
        until_gone(client, made, Waiting())


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


def relay(
    cloud: Cloud,
    http: httpx.Client,
    configs: dict[str, dict[str, str]],
    *,
    knowing: bool = True,
) -> Relay:
    place = cloud.place(STAGE)
    redactor = Redactor([cloud.password] if knowing else ())
    return Relay(place.names, configs, place.deployment.connect_url, http, redactor)


def hostile(config: dict[str, str]) -> dict[str, str]:
    """What a careless pipeline could render: references where the worker repeats them."""
    return {
        **config,
        "tasks.max": SECRET,
        "transforms": SECRET,
        "predicates": SECRET,
        "key.converter": SECRET,
        "topic.creation.groups": SECRET,
        f"transforms.{SECRET}.type": SECRET,
        SECRET: SECRET,
        "errors.tolerance": f"x{SECRET}",
        "snapshot.mode": SECRET,
        "table.include.list": f"({SECRET}",
        "database.dbname": SECRET,
    }


def test_what_a_validation_resolves_stays_even_if_nobody_knows_the_value(
    cloud: Cloud, http: httpx.Client, config: dict[str, str], name: str
) -> None:
    bad = hostile(config)
    path = f"/connector-plugins/{config['connector.class']}/config/validate"
    url = f"{cloud.local.connect_url}{path}"
    raw = httpx.put(url, json={**bad, "name": name}, timeout=100).text
    assert raw.count(cloud.password) > 3  # the worker itself does repeat it
    relayed = relay(cloud, http, {name: bad}, knowing=False)
    for asked in (path, f"/connectors/{name}/config"):
        reply = relayed.answer({"method": "PUT", "path": asked, "config_digest": digest(bad)})
        assert cloud.password not in reply.model_dump_json()
        told = json.loads(reply.body)
        assert told.get("error_count", 0) > 3 or reply.status >= 400


def test_no_call_that_is_relayed_gives_a_secret_back(
    cloud: Cloud, http: httpx.Client, config: dict[str, str], name: str
) -> None:
    # Accepted, and fails in a trace that quotes what was resolved.
    failing = {
        **config,
        "slot.name": "it_relay",
        "snapshot.mode": "custom",
        "snapshot.mode.custom.name": SECRET,
    }
    relayed = relay(cloud, http, {name: failing})
    put = {"method": "PUT", "path": f"/connectors/{name}/config", "config_digest": digest(failing)}
    assert relayed.answer(put).status in {200, 201}
    status = f"{cloud.local.connect_url}/connectors/{name}/status"
    traces = _until_failed(status)
    assert cloud.password in traces  # the worker itself does show it
    seen: dict[str, int] = {}
    for rule in RULES:
        if rule.own or rule.method == "DELETE":
            continue
        path = rule.pattern.format(connector=name, plugin=config["connector.class"], task="0")
        for query in ([], *([pair] for pair in rule.query)):
            event = {"method": rule.method, "path": path, "query": query}
            if rule.renders:
                event["config_digest"] = digest(failing)
            reply = relayed.answer(event)
            seen[f"{rule.method} {rule.pattern}"] = reply.status
            assert cloud.password not in reply.model_dump_json(), rule
    assert all(code < 500 for code in seen.values()), seen
    assert seen["GET /connectors/{connector}/status"] == 200


def _until_failed(url: str) -> str:
    with httpx.Client(trust_env=False, timeout=30) as client:
        for _ in range(150):
            found: Any = client.get(url)
            if found.is_success and "trace" in found.text:
                return str(found.text)
            time.sleep(0.2)
    raise AssertionError(found.text)


def test_topics_and_the_newest_record_are_told(cloud: Cloud, pipeline: Pipeline) -> None:
    laptop = pipeline.model_copy(
        update={"topics": pipeline.topics.model_copy(update={"replication": 1})}
    )
    event = {"method": "GET", "path": "/-/topics"}
    reply = control.work(event, cloud.place(STAGE), laptop)
    report = TopicsReport.model_validate_json(reply["body"])
    assert all(topic.exists for topic in report.topics)
    assert all(topic.differences == () for topic in report.topics)
    data = [topic for topic in report.topics if topic.purpose == "data"]
    assert len(data) == len(pipeline.tables)
    reached = json.loads(
        control.work(event | {"path": "/-/reach"}, cloud.place(STAGE), laptop)["body"]
    )
    assert [each["reached"] for each in reached["tried"]] == [True, False]
