"""The worker's properties: the same on a laptop and on Fargate, but for where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.connectors import WorkerPlace, render_properties, worker_properties
from wms_connector.connectors.lint import holds_secret
from wms_connector.connectors.tuning import producer_overrides
from wms_connector.model.errors import StageError
from wms_connector.model.security import KafkaSecurity, java_client_properties
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from wms_connector.model.pipeline import Pipeline

FARGATE = WorkerPlace(plugin_path="/opt/plugins", advertised_host="10.0.0.7")
LAPTOP = WorkerPlace(
    plugin_path="/cache/a,/cache/b",
    advertised_host="127.0.0.1",
    bootstrap="127.0.0.1:40001",
    rest_host="127.0.0.1",
    rest_port=40002,
    replication=1,
)


def test_only_the_place_differs(wms: Pipeline) -> None:
    stage = wms.stage("main")
    fargate = worker_properties(wms, stage, where=FARGATE)
    laptop = worker_properties(wms, stage, where=LAPTOP)
    assert fargate.keys() == laptop.keys()
    assert {key for key in fargate if fargate[key] != laptop[key]} == {
        "bootstrap.servers",
        "config.storage.replication.factor",
        "listeners",
        "offset.storage.replication.factor",
        "plugin.path",
        "rest.advertised.host.name",
        "rest.advertised.port",
        "status.storage.replication.factor",
    }


@pytest.mark.parametrize("security", KafkaSecurity)
def test_every_client_signs_in_the_same_way(wms: Pipeline, security: KafkaSecurity) -> None:
    place = WorkerPlace(plugin_path="/p", advertised_host="h", security=security)
    properties = worker_properties(wms, wms.stage("main"), where=place)
    for client in ("", "producer.", "consumer.", "admin."):
        for key, value in java_client_properties(security).items():
            assert properties[client + key] == value
    assert not [key for key, value in properties.items() if holds_secret(key, value)]


def test_what_connectors_override_is_what_the_worker_allows(wms: Pipeline) -> None:
    properties = worker_properties(wms, wms.stage("main"), where=FARGATE)
    allowed = properties["connector.client.config.override.allowlist"].split(",")
    assert {f"producer.override.{key}" for key in allowed} == producer_overrides(wms).keys()
    assert not [key for key in allowed if key.startswith(("sasl", "ssl", "bootstrap"))]


def test_exactly_once_is_on_or_prepared(wms: Pipeline) -> None:
    place = WorkerPlace(plugin_path="/p", advertised_host="h", exactly_once="preparing")
    stage = wms.stage("main")
    key = "exactly.once.source.support"
    assert worker_properties(wms, stage, where=FARGATE)[key] == "enabled"
    assert worker_properties(wms, stage, where=place)[key] == "preparing"


def test_a_stage_of_another_product_is_refused(tms: Pipeline) -> None:
    with pytest.raises(StageError):
        worker_properties(tms, Stage.parse("tms.x"), where=FARGATE)


def read_as_java_does(text: str) -> dict[str, str]:
    """java.util.Properties.load for text without continued lines."""
    found = {}
    for line in text.split("\n"):
        if not line or line[0] in "#!":
            continue
        parts: list[list[str]] = [[], []]
        side, position = 0, 0
        while position < len(line):
            character = line[position]
            if character == "\\":
                position += 1
                code = line[position]
                if code == "u":
                    character = chr(int(line[position + 1 : position + 5], 16))
                    position += 4
                else:
                    character = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}.get(code, code)
                parts[side].append(character)
            elif side == 0 and character in "=: \t\f":
                side = 1
                assert character == "="
                while line[position + 1 : position + 2] in (" ", "\t", "\f"):
                    position += 1
            else:
                parts[side].append(character)
            position += 1
        key, value = ("".join(part) for part in parts)
        pairs = (key.encode("utf-16", "surrogatepass"), value.encode("utf-16", "surrogatepass"))
        found[pairs[0].decode("utf-16")] = pairs[1].decode("utf-16")
    return found


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@given(st.dictionaries(texts.filter(bool), texts, max_size=5))
def test_java_reads_back_what_was_meant(properties: dict[str, str]) -> None:
    text = render_properties(properties)
    assert text.isascii()
    assert read_as_java_does(text) == properties
