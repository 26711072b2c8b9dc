"""An observation of a deployment that does its work, to break one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wms_connector.aws.checks import Check
from wms_connector.aws.control import DeploymentReport, ReachReport, TopicsReport
from wms_connector.aws.stacks import Stack
from wms_connector.aws.verify.assess import OUTPUTS
from wms_connector.aws.verify.facts import (
    AlertFacts,
    ConnectorFacts,
    Observation,
    ServiceFacts,
    SubscriptionFacts,
)
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.model.names import Names
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.stage import Stage

NAMES = Names(Stage.parse("main"), "wms")
OWN = NAMES.connector
NOW = 1_000_000.0
OUTPUT_VALUES = {key: f"the-{key}" for key in OUTPUTS} | {"Stage": "main"}

DEPLOYMENT = DeploymentReport(
    stage="main",
    product="wms",
    version="1",
    security=KafkaSecurity.IAM,
    database=DatabaseShape(),
    connectors={OWN: "digest"},
)
TOPICS = TopicsReport.model_validate(
    {
        "topics": [
            {"name": "wms.A.B", "purpose": "data", "exists": True, "newest_ms": 999_970_000},
            {"name": "wms.A.C", "purpose": "data", "exists": True},
            {"name": "wms.schema-changes", "purpose": "schema history", "exists": True},
        ]
    }
)
REACH = ReachReport.model_validate(
    {
        "tried": [
            {"what": "broker 1", "kind": "broker", "port": 9098, "reached": True},
            {"what": "database", "kind": "database", "port": 1521, "reached": True},
        ]
    }
)
RUNNING = ConnectorFacts("RUNNING, task 0 RUNNING", True, False, "digest")


def stack(name: str, **more: Any) -> Stack:
    return Stack(**{"name": name, "id": f"arn:{name}", "status": "UPDATE_COMPLETE"} | more)


HEALTHY = Observation(
    now=NOW,
    alerts_stack=stack(NAMES.alerts_stack, outputs={"AlertsTopicArn": "arn:topic"}),
    connector_stack=stack(NAMES.connector_stack, outputs=OUTPUT_VALUES),
    deployment=DEPLOYMENT,
    service=ServiceFacts(2, 2, 0, "COMPLETED"),
    connectors={OWN: RUNNING},
    topics=TOPICS,
    alerts=AlertFacts((SubscriptionFacts("a@x.com", True),), ("a@X.com",)),
    brokers=REACH,
    health=Check(at=NOW - 300, interval=600, severity="info"),
)


def broken(**changes: Any) -> Observation:
    return replace(HEALTHY, **changes)
