"""Attempted restarts in the ledger: two checks at once cannot spend the same one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wms_connector.aws.errors import AwsError
from wms_connector.aws.ledger_items import RESTARTS
from wms_connector.health.budget import KEPT, Attempt, Log

if TYPE_CHECKING:
    from wms_connector.aws.ledger_table import LedgerTable

_NEW: Final = "attribute_not_exists(#version)"
_SAME: Final = "#version = :version"


@dataclass(frozen=True, slots=True)
class LedgerAttempts:
    """The item `restarts`: a `health.budget.Attempts`. Every method raises an AwsError."""

    table: LedgerTable

    def read(self) -> Log:
        """Give what is kept; an empty Log where nothing ever was."""
        item = self.table.get(RESTARTS)
        if item is None:
            return Log()
        try:
            kept = json.loads(item["attempts"]["S"])
            attempts = tuple(Attempt(float(at), str(connector)) for at, connector in kept)
            return Log(attempts, int(item["version"]["N"]))
        except (KeyError, TypeError, ValueError):
            # Taken for empty, it would let a broken item spend without a limit.
            raise AwsError(
                f"the item `{RESTARTS}` of the ledger cannot be read, so nothing is restarted",
                hint="Delete the item: restarts are counted anew then",
            ) from None

    def replace(self, log: Log, attempts: tuple[Attempt, ...]) -> bool:
        """Write `attempts` as version `log.version + 1`; False if it was not at `log.version`.

        The newest `KEPT` are kept.
        """
        kept = [[each.at, each.connector] for each in attempts[-KEPT:]]
        item = {"version": {"N": str(log.version + 1)}, "attempts": {"S": json.dumps(kept)}}
        if log.version == 0:
            return self.table.put(RESTARTS, item, _NEW)
        return self.table.put(RESTARTS, item, _SAME, {"version": {"N": str(log.version)}})
