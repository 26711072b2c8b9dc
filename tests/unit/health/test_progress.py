"""RUNNING, and nothing moves: when offsets that stand are a finding."""

from __future__ import annotations

import pytest
from tests.unit.health.looks import (
    AT,
    NAME,
    POLICY,
    TICK,
    again,
    connector,
    failed,
    flowing,
    ids,
    look,
)

from wms_connector.health.observation import Connector, Observation, Reach, Service


def at(minutes: float, *connectors: Connector, **more: object) -> Observation:
    return look(*connectors, at=AT + 60 * minutes, **more)


def stands(source: str, **more: object) -> Connector:
    return flowing(offset="o1", source=source, **more)


def test_offsets_that_stand_while_the_source_moves() -> None:
    verdict = again(at(0, stands("s1")), at(10, stands("s2")), at(20, stands("s3")))
    assert ids(verdict) == ["no-progress"]
    assert verdict.findings[0].evidence == (
        f"{NAME}: its offsets stand for 20 min, and the source has moved on for 10 min"
    )
    assert verdict.restart == ()


def test_a_source_that_has_moved_only_just_now_is_given_time() -> None:
    """A table that nobody wrote to for a night, and then somebody did."""
    looks = [at(0, stands("s1")), at(600, stands("s1")), at(610, stands("s2"))]
    assert ids(again(*looks)) == []
    assert ids(again(*looks, at(612, stands("s2")))) == []
    assert ids(again(*looks, at(614, stands("s2")))) == ["no-progress"]
    assert ids(again(*looks, at(614, flowing(offset="o2", source="s2")))) == []


def test_a_quiet_source_is_no_standstill() -> None:
    assert ids(again(*(at(10 * n, stands("s1")) for n in range(9)))) == []


def test_a_source_that_went_back_to_where_it_was_has_not_moved() -> None:
    """A row that waited was deleted before a JDBC connector came to read it."""
    looks = [at(0, stands("s1")), at(10, stands("s2")), at(20, stands("s1"))]
    assert ids(again(*looks, *(at(10 * n, stands("s1")) for n in range(3, 9)))) == []
    assert ids(again(*looks, at(30, stands("s3")))) == []
    assert ids(again(*looks, at(30, stands("s3")), at(40, stands("s3")))) == ["no-progress"]


def test_offsets_that_move_are_none() -> None:
    looks = [at(10 * n, flowing(offset=f"o{n}", source=f"s{n}")) for n in range(9)]
    assert ids(again(*looks)) == []


@pytest.mark.parametrize(
    "between",
    [
        connector(state="PAUSED"),
        failed(),
        connector(tasks=()),
        flowing(offset="o1", source="s2", in_snapshot=True),
    ],
    ids=["paused", "failed", "no task", "snapshot"],
)
def test_what_did_not_run_between_begins_anew(between: Connector) -> None:
    looks = [at(0, stands("s1")), at(10, between), at(20, stands("s3")), at(22, stands("s4"))]
    assert ids(again(*looks)) == []
    assert ids(again(*looks, at(32, stands("s5")))) == ["no-progress"]


def test_a_rolling_deployment_begins_anew() -> None:
    rolling = Service(desired=1, running=1, rolling=True)
    looks = [at(0, stands("s1")), at(10, stands("s2"), service=rolling), at(20, stands("s3"))]
    assert ids(again(*looks)) == []


def test_what_could_not_be_asked_between_changes_nothing() -> None:
    down = {"connect": Reach(ok=False, reason="x"), "connectors": None}
    for blind in (
        at(15, **down),
        at(15, connector(flow=None)),
        at(15, flowing(offset=None, source="s9")),
    ):
        looks = [at(0, stands("s1")), at(10, stands("s2")), blind, at(20, stands("s3"))]
        assert ids(again(*looks)) == ["no-progress"]


def test_a_source_that_is_not_known_proves_nothing() -> None:
    looks = [at(10 * n, flowing(offset="o1", source=None)) for n in range(5)]
    assert ids(again(*looks)) == []
    later = [at(50, stands("s1")), at(60, stands("s1"))]
    assert ids(again(*looks, *later)) == []
    assert ids(again(*looks, *later, at(70, stands("s2")), at(80, stands("s2")))) == ["no-progress"]


def test_a_snapshot_is_no_standstill_however_long() -> None:
    looks = [at(10 * n, stands(f"s{n}", in_snapshot=True)) for n in range(30)]
    assert ids(again(*looks)) == []


def test_a_clock_that_goes_back_begins_the_wait_anew() -> None:
    looks = [at(0, stands("s1")), at(10, stands("s2")), at(-100, stands("s3"))]
    assert ids(again(*looks)) == []
    assert ids(again(*looks, at(-98, stands("s3")))) == []
    last = again(*looks, at(-90, stands("s3")))
    assert ids(last) == ["no-progress"]
    assert last.findings[0].since <= AT


def test_who_is_gone_stands_nowhere() -> None:
    gone = again(at(0, stands("s1")), at(10, connector("other")))
    assert gone.history.stands == {}


def test_long_positions_are_kept_as_digests() -> None:
    long = [
        at(10 * n, flowing(offset="o" * 500, source=f"{'s' * 500}{min(n, 1)}")) for n in range(4)
    ]
    verdict = again(*long)
    assert ids(verdict) == ["no-progress"]
    assert len(verdict.history.stands[NAME].offset) == 64


def test_the_stand_that_is_allowed_is_the_policy_s() -> None:
    assert POLICY.stand < TICK
