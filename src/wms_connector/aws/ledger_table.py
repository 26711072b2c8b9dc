"""The table behind a stage's ledger: items by `id`, read consistently, written atomically."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from wms_connector.aws.errors import code_of, translated
from wms_connector.aws.ledger_items import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

Item = dict[str, Any]
"""Attribute -> value in DynamoDB's form, for example `{"at": {"N": "1.5"}}`."""


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


class LedgerTable:
    """One table. Every method raises an AwsError: MissingError if there is no table.

    `where` says for errors which account this is; it is asked only then.
    """

    def __init__(self, client: Client, name: str, where: Callable[[], str] | None = None) -> None:
        self._client = client
        self._name = name
        self._where = where

    def get(self, id_: str) -> Item | None:
        """Read an item as it was last written; None if there is none."""
        with self._doing("read"):
            answer = self._client.get_item(TableName=self._name, Key=_key(id_), ConsistentRead=True)
        found: Item | None = answer.get("Item")
        return found

    def put(
        self,
        id_: str,
        item: Item,
        condition: str | None = None,
        values: Mapping[str, dict[str, Any]] | None = None,
    ) -> bool:
        """Write a whole item; False where the condition fails, and nothing is written then.

        In a condition `#at` is the attribute `at`, and `:at` what `values` has under `at`.
        """
        request: dict[str, Any] = {"TableName": self._name, "Item": {**_key(id_), **item}}
        return self._written(self._client.put_item, request, condition or "", condition, values)

    def update(
        self,
        id_: str,
        expression: str,
        condition: str | None = None,
        values: Mapping[str, dict[str, Any]] | None = None,
    ) -> Item | None:
        """Change an item; gives what is new, None where the condition fails. Names as in `put`."""
        request: dict[str, Any] = {
            "TableName": self._name,
            "Key": _key(id_),
            "UpdateExpression": expression,
            "ReturnValues": "UPDATED_NEW",
        }
        answer: Item = {}

        def change(**asked: Any) -> None:
            answer.update(self._client.update_item(**asked).get("Attributes", {}))

        told = f"{expression} {condition or ''}"
        return answer if self._written(change, request, told, condition, values) else None

    def _written(
        self,
        write: Callable[..., Any],
        request: dict[str, Any],
        told: str,
        condition: str | None,
        values: Mapping[str, dict[str, Any]] | None,
    ) -> bool:
        if condition is not None:
            request["ConditionExpression"] = condition
        if names := {word for word in _words(told) if word.startswith("#")}:
            request["ExpressionAttributeNames"] = {name: name[1:] for name in sorted(names)}
        if values:
            request["ExpressionAttributeValues"] = {f":{name}": of for name, of in values.items()}
        with self._doing("write to"):
            try:
                write(**request)
            except Exception as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise
                return False
        return True

    def _doing(self, what: str) -> AbstractContextManager[None]:
        return translated(f"{what} the ledger", self._place)

    def _place(self) -> str:
        return ", ".join([f"table {self._name}", *([self._where()] if self._where else [])])


def _key(item: str) -> Item:
    return {KEY: {"S": item}}


def _words(expression: str) -> list[str]:
    return expression.replace("(", " ").replace(")", " ").replace(",", " ").split()
