"""A stage's ledger: a DynamoDB table, one item a subject. Functions keep it, operators read it.

What health keeps there is in `checks` and `attempts`, what a rotation keeps in `rotations`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wms_connector.aws.ledger_items import DELETION, REGISTRATION, TOPICS
from wms_connector.aws.ledger_table import LedgerTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wms_connector.aws.ledger_table import Client


@dataclass(frozen=True, slots=True)
class Deletion:
    """What deleting the topics left behind: see `ledger_items.DELETION`."""

    topics: int
    flush_table: str | None = None
    dropped: bool = False
    reason: str | None = None


class Ledger:
    """One stage's ledger. Every method raises an AwsError: MissingError if there is no table.

    `where` says for errors which account this is; it is asked only then.
    """

    def __init__(self, client: Client, table: str, where: Callable[[], str] | None = None) -> None:
        self.table = LedgerTable(client, table, where)

    def topics(self) -> frozenset[str] | None:
        """Every topic that was ever meant to be created; None if none ever was."""
        item = self.table.get(TOPICS)
        return None if item is None else frozenset(item.get("names", {}).get("SS", ()))

    def add_topics(self, names: Iterable[str]) -> None:
        """Remember topics, before they are created: what is there already stays."""
        new = sorted(set(names))
        if new:
            self.table.update(TOPICS, "ADD #names :new", values={"new": {"SS": new}})

    def report(self, deletion: Deletion) -> None:
        """Leave word of a deletion for whoever destroys the stage."""
        item: dict[str, Any] = {
            "topics": {"N": str(deletion.topics)},
            "dropped": {"BOOL": deletion.dropped},
        }
        for name, text in (("flush_table", deletion.flush_table), ("reason", deletion.reason)):
            if text is not None:
                item[name] = {"S": text}
        self.table.put(DELETION, item)

    def deletion(self) -> Deletion | None:
        """What the deletion of the topics has left word of; None if it has not."""
        item = self.table.get(DELETION)
        if item is None:
            return None
        return Deletion(
            topics=int(item.get("topics", {}).get("N", 0)),
            flush_table=item.get("flush_table", {}).get("S"),
            dropped=bool(item.get("dropped", {}).get("BOOL")),
            reason=item.get("reason", {}).get("S"),
        )

    def count_failure(self, request: str) -> int:
        """Count a passing failure of one request of the registration; a new request begins at 1."""
        values = {"request": {"S": request}, "one": {"N": "1"}}
        added = self.table.update(REGISTRATION, "ADD #failures :one", "#request = :request", values)
        if added is not None:
            return int(added["failures"]["N"])
        first = "SET #request = :request, #failures = :one"
        self.table.update(REGISTRATION, first, values=values)
        return 1

    def note_undo(self, update: str) -> None:
        """Remember which update takes back the one that has just failed."""
        self.table.update(REGISTRATION, "SET #undo = :update", values={"update": {"S": update}})

    def is_undo(self, update: str) -> bool:
        """Tell whether an update takes back one that has failed."""
        kept, condition = "SET #undo = :update", "#undo = :update"
        values = {"update": {"S": update}}
        return self.table.update(REGISTRATION, kept, condition, values) is not None

    def forget_undo(self) -> None:
        """Forget what failed: an update went well."""
        self.table.update(REGISTRATION, "REMOVE #undo")
