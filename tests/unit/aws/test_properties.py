"""What the stack writes into a custom resource, its handler reads back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.aws.properties import (
    connectors_of,
    registration_properties,
    topics_of,
    topics_properties,
)
from wms_connector.kafka.topics import desired
from wms_connector.model.errors import WmsError
from wms_connector.model.pipeline import Pipeline

PIPELINE = Pipeline.parse('tables = ["MMDL.PLAN_BASE_WVR_TBL", "WMS.PLAN_WVR_RVSN_TBL"]')
TEXTS = st.text(max_size=20)


@pytest.mark.parametrize("stage", ["production", "feature-1"])
def test_topics_come_back_as_they_were(stage: str) -> None:
    topics = desired(PIPELINE, PIPELINE.stage(stage))
    properties = topics_properties(topics, keep=True)
    assert sorted(topics_of(properties), key=lambda topic: topic.name) == sorted(
        topics, key=lambda topic: topic.name
    )
    assert properties["Keep"] == "true"
    assert all(isinstance(value, str) for value in properties.values())


def test_the_order_of_topics_is_no_change() -> None:
    topics = desired(PIPELINE, PIPELINE.stage("main"))
    assert topics_properties(topics, keep=False) == topics_properties(topics[::-1], keep=False)


@given(st.dictionaries(TEXTS, st.dictionaries(TEXTS, TEXTS)))
def test_connectors_come_back_as_they_were(connectors: dict[str, dict[str, str]]) -> None:
    properties = registration_properties(connectors, delivery="exactly-once")
    assert connectors_of(properties) == connectors


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"Topics": "no JSON"},
        {"Topics": "[1]"},
        {"Topics": "7"},
        {"Topics": '[{"name": "a"}]'},
        {"Topics": json.dumps([{"name": "a", "purpose": "data", "partitions": 1, "replication": 1,
                                "configs": []}])},
        {"Topics": json.dumps([{"name": "a", "purpose": "other", "partitions": 1, "replication": 1,
                                "configs": {}}])},
    ],
)  # fmt: skip
def test_malformed_topics_are_one_readable_error(properties: dict[str, Any]) -> None:
    with pytest.raises(WmsError, match="the property Topics of the custom resource"):
        topics_of(properties)


@pytest.mark.parametrize("properties", [{}, {"Connectors": "x"}, {"Connectors": '{"a": {"b": 1}}'}])
def test_malformed_connectors_are_one_readable_error(properties: dict[str, Any]) -> None:
    with pytest.raises(WmsError, match="the property Connectors of the custom resource"):
        connectors_of(properties)
