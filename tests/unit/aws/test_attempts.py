from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.aws.conftest import TABLE
from tests.unit.health.attempts_contract import AttemptsContract

from wms_connector.aws.attempts import LedgerAttempts
from wms_connector.aws.errors import AwsError
from wms_connector.aws.ledger_table import LedgerTable

if TYPE_CHECKING:
    from wms_connector.health.budget import Attempts


class TestLedgerAttempts(AttemptsContract):
    unreadable = AwsError

    @pytest.fixture
    def stores(self, client: Any) -> tuple[Attempts, Attempts]:
        one, other = (LedgerAttempts(LedgerTable(client, TABLE)) for _ in range(2))
        return one, other

    def spoil(self, store: Attempts) -> None:
        assert isinstance(store, LedgerAttempts)
        store.table.put("restarts", {"version": {"N": "1"}, "attempts": {"S": "no JSON"}})
