"""The registration on a real worker: changed, failed for a reason, rolled back, removed, again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from wms_connector.aws.properties import registration_properties
from wms_connector.connectors.rendering import render
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.functions import registration
from wms_connector.functions.readable import LIMIT, readable
from wms_connector.functions.registration_resource import RegistrationError
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Cloud

    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

STAGE = "tests"


def asked(kind: str, configs: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "RequestId": "r",
        "PhysicalResourceId": f"wms-connector-{STAGE}-registration",
        "ResourceProperties": registration_properties(configs, delivery="exactly-once"),
    }


def through(cloud: Cloud, kind: str, configs: dict[str, dict[str, str]]) -> dict[str, Any]:
    """What the framework does: the event, then looks until one is complete."""
    event = asked(kind, configs)
    begun = registration.begin(event, cloud.place(STAGE))
    event |= begun
    for _ in range(8):
        looked = registration.look(event, cloud.place(STAGE))
        if looked["IsComplete"]:
            return looked
        time.sleep(1)
    raise AssertionError(looked)


def test_a_connector_is_changed_fails_is_rolled_back_removed_and_registered_again(
    cloud: Cloud, pipeline: Pipeline, stage: Stage
) -> None:
    cloud.make_ledger(STAGE)
    configs = render(
        pipeline, stage, database=DatabaseShape("postgres"), security=KafkaSecurity.PLAINTEXT
    )
    (name, config), *_ = configs.items()
    assert f"{name}: RUNNING" in through(cloud, "Update", configs)["Data"]["Running"]

    through(cloud, "Update", {name: {**config, "max.batch.size": "1024"}})
    with cloud.place(STAGE).connect() as client:
        assert client.connector(name).config["max.batch.size"] == "1024"

    wrong = {"publication.name": "nobody_s", "publication.autocreate.mode": "disabled"}
    with pytest.raises(RegistrationError) as caught:
        through(cloud, "Update", {name: {**config, **wrong}})
    told = readable(caught.value)
    assert "Publication autocreation is disabled" in told
    assert len(told.encode()) <= LIMIT
    assert cloud.password not in told
    through(cloud, "Update", configs)  # the roll-back

    event = asked("Delete", configs)
    assert registration.begin(event, cloud.place(STAGE))["PhysicalResourceId"]
    assert registration.begin(event, cloud.place(STAGE))["PhysicalResourceId"]
    with cloud.place(STAGE).connect() as client:
        assert name not in client.connectors()
    assert "task 0 RUNNING" in through(cloud, "Create", configs)["Data"]["Running"]


def test_a_dead_connect_neither_delays_nor_fails_a_deletion(cloud: Cloud) -> None:
    dead = cloud.place(STAGE, connect_url="http://127.0.0.1:1")
    answer = registration.begin(asked("Delete", {}), dead)
    assert answer == {"PhysicalResourceId": f"wms-connector-{STAGE}-registration"}
    waiting = cloud.place(STAGE, connect_url="http://127.0.0.1:1")
    event = asked("Create", {}) | {"Data": {"Started": str(int(time.time()))}}
    assert registration.look(event, waiting) == {"IsComplete": False}
