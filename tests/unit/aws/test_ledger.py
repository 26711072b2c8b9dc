from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from tests.unit.aws.conftest import REGION, TABLE

from wms_connector.aws.errors import DeniedError, MissingError
from wms_connector.aws.ledger import Deletion, Ledger


def test_names_are_only_ever_added(client: Any) -> None:
    ledger = Ledger(client, TABLE)
    assert ledger.topics() is None
    ledger.add_topics([])
    assert ledger.topics() is None
    ledger.add_topics(["a", "b"])
    ledger.add_topics(["b", "c"])
    assert ledger.topics() == {"a", "b", "c"}


def test_failures_are_counted_for_one_request_at_a_time(client: Any) -> None:
    ledger = Ledger(client, TABLE)
    assert [ledger.count_failure("r1") for _ in range(3)] == [1, 2, 3]
    assert [ledger.count_failure("r2") for _ in range(2)] == [1, 2]


def test_the_update_that_takes_a_failed_one_back_is_known_until_one_goes_well(client: Any) -> None:
    ledger = Ledger(client, TABLE)
    assert not ledger.is_undo("b to a")
    ledger.note_undo("b to a")
    assert ledger.count_failure("a new request") == 1
    assert ledger.is_undo("b to a")
    assert ledger.is_undo("b to a")
    assert not ledger.is_undo("b to c")
    ledger.forget_undo()
    assert not ledger.is_undo("b to a")
    assert ledger.count_failure("a new request") == 2


def test_a_deletion_leaves_word(client: Any) -> None:
    Ledger(client, TABLE).report(Deletion(7, "T", dropped=False, reason="busy"))
    key = {"id": {"S": "deletion"}}
    assert client.get_item(TableName=TABLE, Key=key)["Item"] == {
        "id": {"S": "deletion"},
        "topics": {"N": "7"},
        "flush_table": {"S": "T"},
        "dropped": {"BOOL": False},
        "reason": {"S": "busy"},
    }
    Ledger(client, TABLE).report(Deletion(0))
    assert "flush_table" not in client.get_item(TableName=TABLE, Key=key)["Item"]


def test_an_absent_table_is_told_from_an_absent_item(client: Any) -> None:
    ledger = Ledger(client, "elsewhere")
    for call in (
        ledger.topics,
        lambda: ledger.add_topics(["a"]),
        lambda: ledger.count_failure("r"),
        lambda: ledger.note_undo("u"),
        lambda: ledger.is_undo("u"),
        ledger.forget_undo,
        lambda: ledger.report(Deletion(1)),
    ):
        with pytest.raises(MissingError, match="table elsewhere"):
            call()


def test_reading_sees_what_was_just_written() -> None:
    client = boto3.client(
        "dynamodb", REGION, aws_access_key_id="none", aws_secret_access_key="none"
    )
    asked = {"TableName": TABLE, "Key": {"id": {"S": "topics"}}, "ConsistentRead": True}
    with Stubber(client) as stub:
        stub.add_response("get_item", {}, asked)
        assert Ledger(client, TABLE).topics() is None
        stub.add_client_error("get_item", "AccessDeniedException")
        with pytest.raises(DeniedError, match="read the ledger"):
            Ledger(client, TABLE).topics()


def test_a_refused_count_is_no_first_one() -> None:
    client = boto3.client(
        "dynamodb", REGION, aws_access_key_id="none", aws_secret_access_key="none"
    )
    with Stubber(client) as stub:
        stub.add_client_error("update_item", "AccessDeniedException")
        with pytest.raises(DeniedError) as caught:
            Ledger(client, TABLE).count_failure("r")
    assert not isinstance(caught.value.__cause__, ClientError)
