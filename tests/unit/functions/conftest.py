from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto import mock_aws
from tests.unit.functions.support import REGION, Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Iterator[Surroundings]:
    """An ephemeral stage's surroundings, with a ledger and secrets."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": REGION,
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        surroundings = Surroundings()
        surroundings.make()
        yield surroundings


@pytest.fixture
def named(around: Surroundings) -> Surroundings:
    """The same of the stage main."""
    main = Surroundings("main")
    main.dynamodb.create_table(
        TableName=main.deployment.ledger,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return main
