"""The functions with the session's real broker and worker; ledger and secrets at moto."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from wms_connector.aws.deployment import Deployment
from wms_connector.aws.session import Aws
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.functions.place import Place
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.status import LocalStatus
    from wms_connector.model.pipeline import Pipeline

REGION = "us-east-1"


@dataclass
class Cloud:
    """AWS around the laptop's runtime."""

    aws: Aws
    local: LocalStatus
    pipeline: Pipeline
    password: str

    def deployment(self, stage: str, **changed: Any) -> Deployment:
        names = self.pipeline.names(self.pipeline.stage(stage))
        return Deployment(
            stage=stage,
            product=names.product,
            security=KafkaSecurity.PLAINTEXT,
            database=DatabaseShape("postgres"),
            broker_secret="mmdl/default/brokerString",
            database_secret="mmdl/default/dbInfo",
            connect_url=str(self.local.connect_url),
            ledger=names.ledger,
        ).model_copy(update=changed)

    def make_ledger(self, stage: str) -> None:
        self.aws.client("dynamodb").create_table(
            TableName=self.deployment(stage).ledger,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def place(self, stage: str, *, admin: Any = None, **changed: Any) -> Place:
        """Surroundings of one invocation."""
        environment = self.deployment(stage, **changed).environment()
        return Place(environment | {"AWS_REGION": REGION}, aws=self.aws, admin=admin)


@pytest.fixture
def cloud(
    runtime: LocalRuntime,
    local: LocalStatus,
    pipeline: Pipeline,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Cloud]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    with mock_aws():
        made = Cloud(
            Aws(environment={"AWS_REGION": REGION}),
            local,
            pipeline,
            runtime.folder.password().get_secret_value(),
        )
        database = {"host": "127.0.0.1", "port": 1, "dbname": "wms", "user": "wms"}
        for name, text in {
            "mmdl/default/brokerString": local.bootstrap_servers,
            "mmdl/default/dbInfo": json.dumps({**database, "password": made.password}),
        }.items():
            made.aws.client("secretsmanager").create_secret(Name=name, SecretString=text)
        yield made
