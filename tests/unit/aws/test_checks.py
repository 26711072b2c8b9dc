from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from wms_connector.aws.checks import FINDINGS, Check, Checks, Restarts
from wms_connector.aws.errors import AwsError, MissingError
from wms_connector.aws.ledger_table import LedgerTable
from wms_connector.health.budget import Budget
from wms_connector.health.findings import BY_ID
from wms_connector.health.history import History, Mark
from wms_connector.health.verdict import Finding, Verdict

if TYPE_CHECKING:
    from wms_connector.health.findings import Kind

HISTORY = History(seen={"no-tasks:a": Mark(count=2, first=1.0, last=601.5)})


def finding(about: str, kind: Kind = BY_ID["task-failed"], evidence: str = "seen") -> Finding:
    return Finding(kind, about, evidence, 5.5)


def verdict(*findings: Finding, at: float = 1_700_000_000.25) -> Verdict:
    return Verdict(at=at, findings=findings, waits={"a": "back-off"}, history=HISTORY)


def test_a_check_comes_back_as_it_was_written(table: LedgerTable) -> None:
    checks = Checks(table)
    assert checks.history() == History()
    assert checks.last() is None
    found = verdict(finding("a"), finding("b", BY_ID["lag-high"]))
    check = Check.of(found, 600.0, Restarts.of(Budget(3, 1, 1_700_000_060.5, found.at)))
    assert checks.write(check, HISTORY)
    assert checks.history() == HISTORY
    assert checks.last() == check
    kept = checks.last()
    assert kept is not None
    assert not kept.healthy
    assert kept.severity == "critical"
    assert [one["about"] for one in kept.of_kind("lag-high")] == ["b"]
    assert kept.of_kind("lag-high")[0] == finding("b", BY_ID["lag-high"]).as_json()
    assert kept.restarts == Restarts(limit=3, left=1, allowed_at=1_700_000_060.5)


def test_a_check_that_found_nothing_is_healthy(table: LedgerTable) -> None:
    Checks(table).write(Check.of(verdict(), 600.0), History())
    kept = Checks(table).last()
    assert kept is not None
    assert kept.healthy
    assert kept.restarts is None


def test_a_slower_check_does_not_take_the_place_of_a_later_one(table: LedgerTable) -> None:
    checks = Checks(table)
    later = Check.of(verdict(at=200.0), 600.0)
    assert checks.write(later, HISTORY)
    assert not checks.write(Check.of(verdict(finding("a"), at=199.0), 600.0), History())
    assert (checks.last(), checks.history()) == (later, HISTORY)
    assert checks.write(Check.of(verdict(at=200.0), 600.0), History())


def test_what_is_kept_fits_into_an_item(table: LedgerTable) -> None:
    many = [finding(f"c{number}", evidence="é" * 50_000) for number in range(FINDINGS + 50)]
    check = Check.of(verdict(*many), 600.0)
    assert len(check.findings) == FINDINGS
    assert Checks(table).write(check, HISTORY)  # the table refuses what is over 400 KB
    assert Checks(table).last() == check


def test_a_history_of_another_form_is_none_and_the_check_is_told_all_the_same(
    client: Any, table: LedgerTable
) -> None:
    checks = Checks(table)
    check = Check.of(verdict(finding("a")), 600.0)
    checks.write(check, HISTORY)
    for text in ('{"seen": {"a": 5}}', "no JSON"):
        client.update_item(
            TableName="wms-connector-feature-a-ledger",
            Key={"id": {"S": "health"}},
            UpdateExpression="SET history = :text",
            ExpressionAttributeValues={":text": {"S": text}},
        )
        assert (checks.last(), checks.history()) == (check, History())


@pytest.mark.parametrize(
    "item", [{"at": {"N": "1"}}, {"at": {"N": "1"}, "interval": {"N": "1"}, "severity": {"N": "1"}}]
)
def test_an_item_that_cannot_be_read_is_an_error(table: LedgerTable, item: dict[str, Any]) -> None:
    table.put("health", item)
    checks = Checks(table)
    with pytest.raises(AwsError, match="`health` of the ledger cannot be read"):
        checks.last()
    # It is in nobody's way: the next check begins anew and writes over it.
    assert checks.history() == History()
    assert checks.write(Check.of(verdict(), 600.0), HISTORY)
    assert checks.last() is not None


def test_a_missing_table_is_told(client: Any) -> None:
    with pytest.raises(MissingError):
        Checks(LedgerTable(client, "elsewhere")).write(Check.of(verdict(), 600.0), HISTORY)
