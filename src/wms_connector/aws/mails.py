"""Which events were mailed of late: a worker may crash each minute, and nobody wants such mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wms_connector.aws.ledger_items import MAILS

if TYPE_CHECKING:
    from wms_connector.aws.ledger_table import LedgerTable

QUIET_SECONDS: Final = 3_600.0
"""After an event no other of its kind is mailed for so long; alarms speak all the while."""


@dataclass(frozen=True, slots=True)
class Mails:
    """The item `mails`. Every method raises an AwsError."""

    table: LedgerTable

    def may_send(self, kind: str, now: float) -> bool:
        """Tell whether an event of this kind is mailed now, and note that it is.

        Of several at once one is told so.
        """
        attribute = kind.replace("-", "_")
        values = {"now": {"N": str(now)}, "before": {"N": str(now - QUIET_SECONDS)}}
        condition = f"attribute_not_exists(#{attribute}) OR #{attribute} <= :before"
        noted = self.table.update(MAILS, f"SET #{attribute} = :now", condition, values)
        return noted is not None

    def not_sent(self, kind: str) -> None:
        """Take back that one was mailed: it could not be."""
        self.table.update(MAILS, f"REMOVE #{kind.replace('-', '_')}")
