"""A stage's surroundings in memory: ledger and secrets at moto, Kafka and Connect at fakes."""

from __future__ import annotations

import json
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from tests.unit.aws.fakes import Calls
from tests.unit.clock import Clock
from tests.unit.connect.fake_worker import FakeWorker
from tests.unit.kafka.fake_cluster import FakeCluster

from wms_connector.aws.deployment import Deployment
from wms_connector.aws.ledger import Ledger
from wms_connector.aws.session import Aws
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.functions.network import Network
from wms_connector.functions.place import Place
from wms_connector.kafka.clients import Causes
from wms_connector.model.names import Names
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from wms_connector.kafka.clients import Cluster

EVENTS = Path(__file__).parents[2] / "events"
REGION = "us-east-1"
PASSWORD, USER, FORMER = "c4nary-p4ssword", "c4nary_user", "c4nary-f0rmer"
DATABASE = {"host": "db.example", "port": 1521, "dbname": "ORCL", "user": USER}
CONNECT_URL = "http://worker:8083"
SERVICE = {
    "status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "pendingCount": 0,
    "deployments": [{"rolloutState": "COMPLETED"}], "events": [{"message": "steady"}],
}  # fmt: skip


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return found


@cache
def shared_aws() -> Aws:
    """Clients are slow to make, and hold nothing of a test; call this while moto is active."""
    return Aws(environment={"AWS_REGION": REGION})


def names_of(stage: str) -> Names:
    return Names(Stage.parse(stage), "wms")


class ReadyWorker(FakeWorker):
    """A worker that also has `/health`."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.health = "healthy"

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/health":
            return httpx.Response(200, json={"status": self.health, "message": "m"})
        return super().__call__(request)


class CallsBeside(Aws):
    """AWS with some of its services in memory; the rest is moto's."""

    def __init__(self, aws: Aws, **services: Calls) -> None:
        super().__init__(environment={})
        self._aws = aws
        self.services = services

    def client(self, service: str, *, once_within: float | None = None) -> Any:
        found = self.services.get(service)
        return found or self._aws.client(service, once_within=once_within)

    def place(self) -> str:
        return f"region {REGION}"


class Surroundings:
    """What a Place is made of; everything can be looked at and changed by a test."""

    def __init__(self, stage: str = "feature-a") -> None:
        self.names = names_of(stage)
        self.deployment = Deployment(
            stage=stage,
            product="wms",
            security=KafkaSecurity.PLAINTEXT,
            database=DatabaseShape("postgres"),
            broker_secret="mmdl/default/brokerString",
            database_secret="mmdl/default/dbInfo",
            connect_url=CONNECT_URL,
            ledger=self.names.ledger,
            alerts_topic=f"arn:aws:sns:{REGION}:123456789012:{self.names.alerts_topic}",
            version="1.2.3",
        )
        self.cluster = FakeCluster()
        self.worker = ReadyWorker()
        self.clock = Clock()
        self.clock.now = 1_700_000_000.0
        self.cloudwatch = Calls(put_metric_data={})
        self.ecs = Calls(update_service={}, describe_services={"services": [SERVICE]})
        self.sns = Calls(publish={"MessageId": "1"})
        services = {"cloudwatch": self.cloudwatch, "ecs": self.ecs, "sns": self.sns}
        self.aws: Aws = CallsBeside(shared_aws(), **services)
        self.dynamodb = self.aws.client("dynamodb")
        self.secrets = self.aws.client("secretsmanager")
        self.signed_in: list[Cluster] = []
        self.transport: httpx.BaseTransport | None = None
        self.network = Network(dial=lambda *_: nullcontext(), addresses=lambda _: ())
        self.lines: list[str] = []

    def make(self) -> None:
        self.dynamodb.create_table(
            TableName=self.deployment.ledger,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        secrets = {
            self.deployment.broker_secret: "b-1:9092,b-2:9092",
            self.deployment.database_secret: json.dumps({**DATABASE, "password": FORMER}),
        }
        for name, text in secrets.items():
            self.secrets.create_secret(Name=name, SecretString=text)
        self.secrets.put_secret_value(
            SecretId=self.deployment.database_secret,
            SecretString=json.dumps({**DATABASE, "password": PASSWORD}),
        )

    def change(self, **values: Any) -> None:
        self.deployment = self.deployment.model_copy(update=values)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.dynamodb, self.deployment.ledger)

    def measured(self) -> dict[tuple[str, str], float]:
        """What was measured: (metric, its dimension's value) -> the last value."""
        return {
            (one["MetricName"], one["Dimensions"][0]["Value"] if one["Dimensions"] else ""): one[
                "Value"
            ]
            for call, arguments in self.cloudwatch.asked
            if call == "put_metric_data" and arguments["Namespace"] == self.names.health_namespace
            for one in arguments["MetricData"]
        }

    def item(self, name: str) -> dict[str, Any]:
        answer = self.dynamodb.get_item(TableName=self.deployment.ledger, Key={"id": {"S": name}})
        return answer.get("Item", {})

    def place(self, properties: Any = None) -> Place:
        def admin(cluster: Cluster) -> tuple[Any, Causes]:
            self.signed_in.append(cluster)
            return self.cluster, Causes()

        return Place(
            self.deployment.environment() | {"AWS_REGION": REGION},
            public=json.dumps(properties),
            aws=self.aws,
            admin=admin,
            transport=self.transport or httpx.MockTransport(self.worker),
            network=self.network,
            clock=self.clock,
            sleep=self.clock.sleep,
        )
