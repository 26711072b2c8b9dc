from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.connect.redact import Redactor
from wms_connector.functions.readable import LIMIT, cut, places, readable
from wms_connector.model.errors import WmsError


class EvidenceError(WmsError):
    def __init__(self, what: str, evidence: str) -> None:
        self.evidence = evidence
        super().__init__(what, hint="Mend it")


def test_the_catalogue_speaks_first_then_the_error() -> None:
    told = readable(EvidenceError("c: task 0 is FAILED", "ORA-12541: No listener"))
    assert told.startswith("ORA-12541: nothing listens at the database's host and port. DBA: ")
    assert told.endswith("| c: task 0 is FAILED. Mend it")


def test_an_error_without_evidence_speaks_for_itself_in_one_line() -> None:
    assert readable(WmsError("a\nb", hint="c")) == "a b. c"


def test_of_an_unforeseen_error_only_kind_and_place_are_told() -> None:
    with pytest.raises(KeyError) as caught:
        raise KeyError("c4nary")
    told = readable(caught.value)
    assert "an unforeseen KeyError at test_readable.py:" in told
    assert "c4nary" not in told + repr(places(caught.value))
    assert places(ValueError()) == ["no place"]


def test_a_long_one_keeps_what_was_first_and_the_root_cause() -> None:
    told = readable(EvidenceError("first " + "ä" * 2000 + " root cause", "ORA-12541 ORA-01017"))
    assert len(told.encode()) <= LIMIT
    assert "| first" in told
    assert told.endswith("root cause. Mend it")
    tiny = readable(EvidenceError("what", "ORA-12541: x"), limit=60)
    assert len(tiny.encode()) <= 60


@given(st.integers(0, 60))
def test_a_secret_that_a_cut_goes_through_is_masked_before(limit: int) -> None:
    redact = Redactor(["c4nary-s3cret"]).text
    told = readable(WmsError("first c4nary-s3cret, then c4nary-s3cret"), limit=limit, redact=redact)
    assert not any(part in told for part in ("c4n", "ary", "-s3", "cret"))


@given(st.text(), st.integers(0, 80))
def test_a_cut_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert len(cut(text, limit).encode()) <= limit
