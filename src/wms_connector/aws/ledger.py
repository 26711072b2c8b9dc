"""Reading a stage's ledger from outside: for what can be told, never for what is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wms_connector.aws.ledger_items import KEY

if TYPE_CHECKING:
    from wms_connector.aws.session import Aws
    from wms_connector.model.names import Names


def item(aws: Aws, names: Names, id_: str) -> dict[str, Any] | None:
    """Give an item in DynamoDB's form ({"at": {"N": "1"}}), None if there is none.

    Raises AwsError; MissingError without a table.
    """
    with aws.doing(f"read the ledger {names.ledger}"):
        answer = aws.client("dynamodb").get_item(
            TableName=names.ledger, Key={KEY: {"S": id_}}, ConsistentRead=True
        )
    found: dict[str, Any] | None = answer.get("Item")
    return found
