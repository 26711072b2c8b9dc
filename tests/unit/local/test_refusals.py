"""A refused sign-in is not repeated at every look: that would lock the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from tests.unit.clock import Clock

from wms_connector.health.observation import UNASKED
from wms_connector.health.traces import refuses_sign_in
from wms_connector.local.health import oracle_flows
from wms_connector.local.refusals import PAUSE, Refusals, RefusedBeforeError
from wms_connector.local.sign_in import SignIn
from wms_connector.oracle.address import OracleAddress
from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from wms_connector.oracle.database import Database

REFUSED = "ORA-01017: invalid username/password; logon denied"
ORACLE = {"connector.class": "x.OracleConnector"}


class Door:
    """Signs nobody in, and counts."""

    def __init__(self, answer: str = REFUSED) -> None:
        self.answer, self.tries = answer, 0

    def __call__(self) -> str:
        self.tries += 1
        if self.answer:
            raise OracleFailure(self.answer)
        return "in"


def test_the_same_password_is_tried_again_after_a_pause_only() -> None:
    clock, door = Clock(), Door()
    refusals = Refusals(clock)
    with pytest.raises(OracleFailure):
        refusals.attempt("a", door)
    for _ in range(12):
        clock.sleep(5)
        with pytest.raises(RefusedBeforeError) as caught:
            refusals.attempt("a", door)
        assert "ORA-01017" in caught.value.what
        assert "tried at 1970-01-01 00:00 UTC" in caught.value.what
        assert "before 1970-01-01 00:10 UTC" in caught.value.what
        assert refuses_sign_in(caught.value.what)
    assert door.tries == 1
    clock.now = PAUSE
    with pytest.raises(OracleFailure):
        refusals.attempt("a", door)
    assert door.tries == 2


def test_a_changed_password_is_tried_at_once_and_ends_it() -> None:
    door = Door()
    refusals = Refusals(Clock())
    with pytest.raises(OracleFailure):
        refusals.attempt("a", door)
    assert refusals.told
    door.answer = ""
    assert refusals.attempt("b", door) == "in"
    assert not refusals.told
    assert refusals.attempt("a", door) == "in"


def test_what_is_no_refusal_is_tried_at_every_look() -> None:
    door = Door("ORA-12541: TNS:no listener")
    refusals = Refusals(Clock())
    for _ in range(3):
        with pytest.raises(OracleFailure):
            refusals.attempt("a", door)
    assert door.tries == 3
    assert not refusals.told


class Way(SignIn):
    """A way to a database that refuses it; `tries` are the passwords it was tried with."""

    tries: list[str] = []  # noqa: RUF012 - of the class, as the way is made anew for each look

    def inside(self, *, seconds: float) -> Database:
        self.tries.append(self.password.get_secret_value())
        raise OracleFailure(f"{REFUSED} within {seconds}")


def test_looks_go_on_saying_what_the_database_has_said() -> None:
    word = "one"
    Way.tries.clear()
    flows = oracle_flows(
        lambda: Way(OracleAddress("u", "h:1/s"), SecretStr(word)), clock=Clock()
    )  # fmt: skip
    for word in ("one", "one", "one", "two", "two"):  # noqa: B007 - the way reads it
        flow = flows("c", ORACLE, [])
        assert flow is not None
        assert refuses_sign_in(flow.unknown[UNASKED])
        assert "is not tried again" in flows.refused()
    assert Way.tries == ["one", "two"]
