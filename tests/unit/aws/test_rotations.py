from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.aws.rotations import Refusal, Rotations

if TYPE_CHECKING:
    from wms_connector.aws.ledger_table import LedgerTable


def test_a_refusal_stands_until_a_sign_in_is_taken(table: LedgerTable) -> None:
    rotations = Rotations(table)
    assert rotations.refusal() is None
    refusal = Refusal("v2", 1_700_000_000.5, "ORA-01017: the password is wrong")
    rotations.refused(refusal)
    assert rotations.refusal() == refusal
    rotations.taken()
    assert rotations.refusal() is None


def test_versions_that_are_in_use_are_known_by_secret(table: LedgerTable) -> None:
    rotations = Rotations(table)
    assert rotations.replaced() == {}
    rotations.note_replaced({"a": "1", "b": "1"})
    rotations.note_replaced({"a": "2"})
    assert rotations.replaced() == {"a": "2", "b": "1"}


def test_what_cannot_be_read_is_as_good_as_nothing(table: LedgerTable) -> None:
    for text in ("no JSON", "[]"):
        table.put("rotation", {"versions": {"S": text}})
        assert Rotations(table).replaced() == {}
