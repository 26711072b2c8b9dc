from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from wms_connector.aws.ledger_table import LedgerTable

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE, REGION = "wms-connector-feature-a-ledger", "us-east-1"


class OneAtATime:
    """moto's client, a call at a time: DynamoDB looks and writes at once, moto one by one."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def locked(**asked: Any) -> Any:
            with self._lock:
                return call(**asked)

        return locked


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """DynamoDB with an empty ledger."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    with mock_aws():
        made = boto3.client("dynamodb", REGION)
        made.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield OneAtATime(made)


@pytest.fixture
def table(client: Any) -> LedgerTable:
    return LedgerTable(client, TABLE)
