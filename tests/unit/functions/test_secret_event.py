from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.unit.functions.support import Surroundings, event

from wms_connector.functions.secret_event import meant, secrets_of

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret"


@pytest.fixture
def deployment(around: Surroundings) -> Any:
    around.change(kafka_secret=f"{ARN}:AmazonMSK_wms")
    return around.deployment


def moved(name: str, label: str = "AWSCURRENT", arn: str = "") -> dict[str, Any]:
    found = copy.deepcopy(event("secret-label-updated"))
    found["detail"] |= {"name": name, "labelUpdated": label}
    found["resources"] = [arn or f"{ARN}:{name}-a1b2c3"]
    return found


def test_the_event_of_aws_s_documentation_means_the_database(deployment: Any) -> None:
    found = meant(event("secret-label-updated"), deployment)
    assert found.paths == ("mmdl/default/dbInfo",)
    assert not found.by_hand


@pytest.mark.parametrize(
    ("sent", "paths"),
    [
        (moved("mmdl/default/brokerString"), ("mmdl/default/brokerString",)),
        (moved("AmazonMSK_wms"), (f"{ARN}:AmazonMSK_wms",)),
    ],
)
def test_each_secret_of_the_workers_is_meant_by_its_name_or_arn(
    deployment: Any, sent: dict[str, Any], paths: tuple[str, ...]
) -> None:
    assert meant(sent, deployment).paths == paths


def test_an_arn_that_was_written_whole_is_known_too(around: Surroundings) -> None:
    around.change(kafka_secret=f"{ARN}:AmazonMSK_wms-a1b2c3")
    assert meant(moved("AmazonMSK_wms"), around.deployment).paths == (
        f"{ARN}:AmazonMSK_wms-a1b2c3",
    )


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (moved("mmdl/default/dbInfo", "AWSPENDING"), "AWSPENDING moved"),
        (moved("mmdl/default/dbInfo", "mine"), "mine moved"),
        (moved("mmdl/main/dbInfo"), "mmdl/main/dbInfo is none of the stage's secrets"),
        (moved("mmdl/default/dbInfo2"), "none of the stage's"),
        (moved("AmazonMSK_wms2"), "none of the stage's"),
        (moved("x", arn=f"{ARN}:AmazonMSK_wms-more-a1b2c3"), "none of the stage's"),
        (event("schedule"), "no event of a secret"),
        ("text", "no event of a secret"),
    ],
)
def test_all_else_means_nothing_and_says_why(deployment: Any, sent: Any, why: str) -> None:
    found = meant(sent, deployment)
    assert found.paths == ()
    assert why in found.why


def test_an_operator_means_all_secrets(deployment: Any) -> None:
    for nothing in (None, {}):
        found = meant(nothing, deployment)
        assert found.by_hand
        assert found.paths == secrets_of(deployment)
    assert len(found.paths) == 3
