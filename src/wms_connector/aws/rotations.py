"""What is known of signing in with the stage's secrets: refused versions, and those in use.

A refused sign-in brings an account nearer to its lock. So whoever signs in beside the connectors
asks here first, and leaves word here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wms_connector.aws.ledger_items import ROTATION, SIGN_IN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.aws.ledger_table import LedgerTable


@dataclass(frozen=True, slots=True)
class Refusal:
    """A version of the database's secret that was refused: when (seconds since 1970), and why."""

    version: str
    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Rotations:
    """The items `sign-in` and `rotation`. Every method raises an AwsError."""

    table: LedgerTable

    def refusal(self) -> Refusal | None:
        """Give the refusal that stands; None if the last sign-in was taken."""
        item = self.table.get(SIGN_IN)
        if item is None or "version" not in item:
            return None
        return Refusal(
            version=str(item["version"]["S"]),
            at=float(item.get("at", {}).get("N", 0)),
            reason=str(item.get("reason", {}).get("S", "")),
        )

    def refused(self, refusal: Refusal) -> None:
        """Leave word of a refusal."""
        values = {
            "version": {"S": refusal.version},
            "at": {"N": str(refusal.at)},
            "reason": {"S": refusal.reason},
        }
        told = "SET #version = :version, #at = :at, #reason = :reason"
        self.table.update(SIGN_IN, told, values=values)

    def taken(self) -> None:
        """Leave word that the database has taken a sign-in."""
        self.table.update(SIGN_IN, "REMOVE #version, #at, #reason")

    def replaced(self) -> dict[str, str]:
        """Give the versions that the workers were replaced with last, by the secret's path."""
        text = (self.table.get(ROTATION) or {}).get("versions", {}).get("S", "{}")
        try:
            found = json.loads(text)
        except ValueError:
            return {}  # at worst they are replaced once more
        return found if isinstance(found, dict) else {}

    def stopped(self) -> str:
        """Say why the last rotation replaced nothing; empty if it did."""
        item = self.table.get(ROTATION) or {}
        return str(item.get("stopped", {}).get("S", ""))

    def note_replaced(self, versions: Mapping[str, str]) -> None:
        """Remember with which versions the workers are being replaced."""
        kept = self.replaced() | dict(versions)
        values = {"versions": {"S": json.dumps(kept, sort_keys=True)}}
        self.table.update(ROTATION, "SET #versions = :versions REMOVE #stopped", values=values)

    def note_stopped(self, reason: str) -> None:
        """Remember why a rotation replaced nothing."""
        self.table.update(ROTATION, "SET #stopped = :stopped", values={"stopped": {"S": reason}})
