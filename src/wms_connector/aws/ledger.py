"""A stage's ledger: a DynamoDB table, one item a subject. Functions keep it, operators read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from wms_connector.aws.errors import code_of, translated
from wms_connector.aws.ledger_items import DELETION, HEALTH, KEY, REGISTRATION, TOPICS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager


class Client(Protocol):
    """What is needed of boto3's `dynamodb` client."""

    def get_item(self, **request: Any) -> dict[str, Any]:
        """Read an item."""
        ...

    def put_item(self, **request: Any) -> dict[str, Any]:
        """Write an item."""
        ...

    def update_item(self, **request: Any) -> dict[str, Any]:
        """Change an item, atomically."""
        ...


@dataclass(frozen=True, slots=True)
class Deletion:
    """What deleting the topics left behind: see `ledger_items.DELETION`."""

    topics: int
    flush_table: str | None = None
    dropped: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The last health check: seconds since 1970, and its verdict."""

    at: float
    verdict: str


class Ledger:
    """One stage's ledger. Every method raises an AwsError: MissingError if there is no table.

    `where` says for errors which account this is; it is asked only then.
    """

    def __init__(self, client: Client, table: str, where: Callable[[], str] | None = None) -> None:
        self._client = client
        self._table = table
        self._where = where

    def topics(self) -> frozenset[str] | None:
        """Every topic that was ever meant to be created; None if none ever was."""
        item = self._item(TOPICS)
        return None if item is None else frozenset(item.get("names", {}).get("SS", ()))

    def add_topics(self, names: Iterable[str]) -> None:
        """Remember topics, before they are created: what is there already stays."""
        new = sorted(set(names))
        if not new:
            return
        with self._doing("write to"):
            self._client.update_item(
                TableName=self._table,
                Key=_key(TOPICS),
                UpdateExpression="ADD #names :new",
                ExpressionAttributeNames={"#names": "names"},
                ExpressionAttributeValues={":new": {"SS": new}},
            )

    def report(self, deletion: Deletion) -> None:
        """Leave word of a deletion for whoever destroys the stage."""
        item: dict[str, Any] = {
            **_key(DELETION),
            "topics": {"N": str(deletion.topics)},
            "dropped": {"BOOL": deletion.dropped},
        }
        for name, text in (("flush_table", deletion.flush_table), ("reason", deletion.reason)):
            if text is not None:
                item[name] = {"S": text}
        with self._doing("write to"):
            self._client.put_item(TableName=self._table, Item=item)

    def deletion(self) -> Deletion | None:
        """What the deletion of the topics has left word of; None if it has not."""
        item = self._item(DELETION)
        if item is None:
            return None
        return Deletion(
            topics=int(item.get("topics", {}).get("N", 0)),
            flush_table=item.get("flush_table", {}).get("S"),
            dropped=bool(item.get("dropped", {}).get("BOOL")),
            reason=item.get("reason", {}).get("S"),
        )

    def health(self) -> Health | None:
        """The last health check; None if there was none."""
        item = self._item(HEALTH)
        if item is None:
            return None
        return Health(
            at=float(item.get("at", {}).get("N", 0)),
            verdict=str(item.get("verdict", {}).get("S", "")),
        )

    def count_failure(self, request: str) -> int:
        """Count a passing failure of one request of the registration; a new request begins at 1."""
        same = "#request = :request"
        added = self._registration(
            "ADD #failures :one", same, request={"S": request}, one={"N": "1"}
        )
        if added is not None:
            return int(added["failures"]["N"])
        first = "SET #request = :request, #failures = :one"
        self._registration(first, request={"S": request}, one={"N": "1"})
        return 1

    def note_undo(self, update: str) -> None:
        """Remember which update takes back the one that has just failed."""
        self._registration("SET #undo = :update", update={"S": update})

    def is_undo(self, update: str) -> bool:
        """Tell whether an update takes back one that has failed."""
        kept = "SET #undo = :update"
        return self._registration(kept, "#undo = :update", update={"S": update}) is not None

    def forget_undo(self) -> None:
        """Forget what failed: an update went well."""
        self._registration("REMOVE #undo")

    def _item(self, id_: str) -> dict[str, Any] | None:
        with self._doing("read"):
            answer = self._client.get_item(
                TableName=self._table, Key=_key(id_), ConsistentRead=True
            )
        found: dict[str, Any] | None = answer.get("Item")
        return found

    def _registration(
        self, expression: str, condition: str | None = None, **values: dict[str, str]
    ) -> dict[str, Any] | None:
        """Change the registration's item; gives what is new, None where the condition fails."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "Key": _key(REGISTRATION),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {
                f"#{name}": name
                for name in ("request", "failures", "undo")
                if f"#{name}" in f"{expression} {condition}"
            },
            "ReturnValues": "UPDATED_NEW",
        }
        if values:
            request["ExpressionAttributeValues"] = {f":{name}": of for name, of in values.items()}
        if condition is not None:
            request["ConditionExpression"] = condition
        with self._doing("write to"):
            try:
                answer = self._client.update_item(**request)
            except Exception as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise
                return None
        changed: dict[str, Any] = answer.get("Attributes", {})
        return changed

    def _doing(self, what: str) -> AbstractContextManager[None]:
        return translated(f"{what} the ledger", self._place)

    def _place(self) -> str:
        return ", ".join([f"table {self._table}", *([self._where()] if self._where else [])])


def _key(item: str) -> dict[str, Any]:
    return {KEY: {"S": item}}
