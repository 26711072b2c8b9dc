"""Where a stage's workers and functions may connect to."""

from __future__ import annotations

from typing import Any

import pytest
from tests.infra.variants import Dictionary

from wms_connector.infra.constructs.egress import Egress, egress
from wms_connector.infra.inputs import read_inputs
from wms_connector.model.pipeline import Pipeline

HEAD = 'tables = ["WMS.A"]\n[iam]\npath = false\npermissions_boundary = false\n'


def rules(brokers: str, database: dict[str, Any], more: str = "") -> list[Egress]:
    pipeline = Pipeline.parse(HEAD + more)
    secrets = Dictionary(
        {
            "mmdl/default/vpc": {
                "id": "vpc-0123456789abcdef0",
                "privateSubnets": ["subnet-0123456789abcdef0"],
            },
            "mmdl/default/alertEmails": {"emails": ["a@example.com"]},
            "mmdl/default/brokerString": brokers,
            "mmdl/default/dbInfo": {"db": "D", "user": "U", "password": "P"} | database,
        }
    )
    return list(egress(read_inputs(pipeline, pipeline.stage("main"), secrets)))


def test_addresses_are_reached_alone() -> None:
    assert rules("10.1.0.1:9094,10.1.0.2:9094", {"ip": "10.9.8.7"}) == [
        Egress("10.9.8.7/32", 1521, "the database"),
        Egress("10.1.0.1/32", 9094, "Kafka brokers"),
        Egress("10.1.0.2/32", 9094, "Kafka brokers"),
        Egress("0.0.0.0/0", 443, "AWS"),
    ]


def test_names_are_reached_in_the_pipeline_files_ranges() -> None:
    network = (
        '[network]\ndatabase_ranges = ["10.20.0.0/16"]\nbroker_ranges = ["10.30.0.0/16"]\n'
        'aws_ranges = ["10.40.0.0/16"]\n'
    )
    assert rules(
        "a.example.com:9092,b.example.com:9092", {"host": "db", "port": 1522}, network
    ) == [
        Egress("10.20.0.0/16", 1522, "the database"),
        Egress("10.30.0.0/16", 9092, "Kafka brokers"),
        Egress("10.40.0.0/16", 443, "AWS"),
    ]


def test_an_address_of_version_6_is_one_too() -> None:
    found = rules("a.example.com:9094", {"ip": "fd00::7"})
    assert found[0] == Egress("fd00::7/128", 1521, "the database")


@pytest.mark.parametrize("host", ["10.9.8.7", "db.example.com"])
def test_nothing_but_database_brokers_and_https(host: str) -> None:
    ports = {rule.port for rule in rules("a.example.com:9094", {"host": host})}
    assert ports == {1521, 9094, 443}
