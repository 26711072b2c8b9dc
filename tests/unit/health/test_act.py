"""Restarts: for any sequence of looks, steps of the clock and answers, within the budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.health.looks import (
    AT,
    BOOM,
    LOGIN,
    NAME,
    POLICY,
    RIGHTS,
    Store,
    connector,
    judged,
    look,
    task,
)

from wms_connector.connect import errors
from wms_connector.health.act import act
from wms_connector.health.assess import assess
from wms_connector.health.budget import KEPT, Attempt, budget
from wms_connector.health.history import History
from wms_connector.health.look import look as take
from wms_connector.health.observation import Connector, Observation, Reach, Service
from wms_connector.health.observe import Probes
from wms_connector.health.policy import Policy
from wms_connector.health.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("a", "b", "c", "d", "e")
STATES = ("RUNNING", "FAILED", "PAUSED", "STOPPED", "UNASSIGNED", "RESTARTING")
REACH = st.sampled_from([None, Reach(ok=True), Reach(ok=False, reason="x")])

tasks = st.lists(
    st.builds(
        task, st.sampled_from(STATES), st.sampled_from(["", BOOM, LOGIN, RIGHTS]),
        st.integers(0, 3),
    ),
    max_size=3,
).map(tuple)  # fmt: skip
connectors = st.lists(
    st.builds(
        connector, st.sampled_from(NAMES), state=st.sampled_from(STATES), tasks=tasks,
        trace=st.sampled_from(["", BOOM, LOGIN]),
    ),
    max_size=5,
    unique_by=lambda one: one.name,
).map(tuple)  # fmt: skip
looks = st.builds(
    Observation,
    at=st.just(AT),
    desired=st.just(NAMES[:4]),
    connect=REACH,
    database=st.sampled_from([Reach(ok=True), Reach(ok=False, reason="away")]),
    connectors=st.one_of(st.none(), connectors, connectors, connectors),
    service=st.sampled_from([
        None, Service(desired=1, running=1), Service(desired=1, running=1, rolling=True),
    ]),
)  # fmt: skip
ANSWERS: tuple[Exception | None, ...] = (
    None,
    None,
    None,
    errors.RebalanceError("409"),
    errors.UnreachableError("x"),
    errors.StartingError("503"),
    errors.NotFoundError("a", ()),
    errors.RefusedError("x"),
    errors.UncertainError("lost"),
    errors.ServerError("500"),
    errors.UnsupportedError("old, and nothing was done"),
    errors.HalfDoneError("old, and the connector alone was restarted"),
)
CHARGED = (errors.UncertainError, errors.ServerError, errors.HalfDoneError)


def has_failed(one: Connector) -> bool:
    return "FAILED" in {one.state, *(t.state for t in one.tasks)}


@dataclass
class World:
    """A clock that can be set, true time that cannot, and the restarts that were made."""

    policy: Policy
    true: float = 0.0
    shown: float = AT
    store: Store = field(default_factory=Store)
    made: list[tuple[float, float, str]] = field(default_factory=list)
    history: History = field(default_factory=History)

    def pass_time(self, seconds: float, step: float) -> None:
        self.true += seconds
        self.shown += seconds + step

    def check(self, seen: Observation, answer: Exception | None) -> None:
        now = seen.model_copy(update={"at": self.shown})
        verdict = assess(now, self.history, self.policy, self.store.read().attempts)
        self.history = verdict.history
        by_name = {one.name: one for one in seen.connectors or ()}

        def restart(name: str) -> None:
            # None on a state that is not FAILED, nor on what somebody holds or nobody desires.
            assert has_failed(by_name[name])
            assert by_name[name].state not in {"PAUSED", "STOPPED"}
            assert name in seen.desired
            if answer is None or isinstance(answer, CHARGED):
                self.made.append((self.true, self.shown, name))
            if answer is not None:
                raise answer

        before = len(self.made)
        acted = act(
            verdict, store=self.store, restart=restart, policy=self.policy, now=lambda: self.shown
        )
        assert list(acted.attempted) == [name for *_, name in self.made[before:]]
        assert set(acted.attempted) | set(acted.not_made) == set(verdict.restart)
        assert set(acted.doubts) <= set(acted.attempted)

    def most(self, time: Callable[[tuple[float, float, str]], float]) -> int:
        """The most restarts in any window."""
        times = [time(one) for one in self.made]
        window = self.policy.window
        return max((sum(first <= t < first + window for t in times) for first in times), default=0)


seconds = st.one_of(st.floats(0, 900), st.sampled_from([60.0, 120.0, 600.0, 3_600.0]))
back = st.one_of(st.just(0.0), st.just(0.0), st.floats(-20_000, 0))
steps = st.lists(st.tuples(looks, seconds, back, st.sampled_from(ANSWERS)), max_size=12)


@settings(max_examples=60)
@given(steps, st.integers(0, 4))
def test_never_more_restarts_than_allowed_in_any_window(
    sequence: list[tuple[Observation, float, float, Exception | None]], restarts: int
) -> None:
    """Whichever way one measures: by the clock as it was read, or in truth."""
    world = World(Policy(restarts=restarts))
    for seen, passed, step, answer in sequence:
        world.pass_time(passed, step)
        world.check(seen, answer)
    assert world.most(lambda one: one[1]) <= restarts
    assert world.most(lambda one: one[0]) <= restarts


FAILED_ALL = look(
    *(connector(name, tasks=(task("FAILED", BOOM),)) for name in NAMES[:4]), desired=NAMES[:4]
)


@settings(max_examples=60)
@given(st.lists(st.tuples(seconds, back), max_size=25))
def test_nor_in_truth_when_the_clock_is_set_back(sequence: list[tuple[float, float]]) -> None:
    world = World(POLICY)
    for passed, step in sequence:
        world.pass_time(passed, step)
        world.check(FAILED_ALL, None)
    assert world.most(lambda one: one[0]) <= POLICY.restarts


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 1_200), st.floats(-9_000, 9_000)), max_size=25))
def test_nor_by_the_clock_when_it_is_set_forward_and_back(
    sequence: list[tuple[float, float]],
) -> None:
    world = World(POLICY)
    for passed, step in sequence:
        world.pass_time(passed, step)
        world.check(FAILED_ALL, None)
    assert world.most(lambda one: one[1]) <= POLICY.restarts


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(NAMES)), min_size=1, max_size=4),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True),
)
def test_checks_at_once_never_spend_twice(others: list[tuple[int, str]], names: list[str]) -> None:
    """Other checks run wholly between any read and the write after it."""
    store, made = Store(), list[str]()

    def check(*which: str) -> None:
        verdict = Verdict(at=AT, restart=which)
        act(verdict, store=store, restart=made.append, policy=POLICY, now=lambda: AT)

    for quiet, name in others:
        store.between += [lambda: None] * quiet
        store.between.append(lambda name=name: check(name))
    check(*names)
    assert len(made) <= POLICY.restarts
    assert len(made) == len(set(made))
    assert sorted(attempt.connector for attempt in store.log.attempts) == sorted(made)


def test_who_is_always_overtaken_restarts_nothing() -> None:
    store, made = Store(), list[str]()

    def elsewhere() -> None:
        store.log = type(store.log)((), store.log.version + 1)

    store.between = [elsewhere] * 50
    verdict = Verdict(at=AT, restart=(NAME,))
    acted = act(verdict, store=store, restart=made.append, policy=POLICY, now=lambda: AT)
    assert made == []
    assert "at the same time" in acted.not_made[NAME]


def test_an_attempt_that_cannot_be_given_back_stays_charged() -> None:
    store = Store()

    def restart(name: str) -> None:
        def elsewhere() -> None:
            store.log = type(store.log)(store.log.attempts, store.log.version + 1)

        store.between = [elsewhere] * 50
        raise errors.RebalanceError("409")

    verdict = Verdict(at=AT, restart=(NAME,))
    acted = act(verdict, store=store, restart=restart, policy=POLICY, now=lambda: AT)
    assert acted.not_made == {NAME: "409"}
    assert acted.budget.left == 2


def test_an_attempt_that_somebody_else_took_out_needs_no_giving_back() -> None:
    store = Store()

    def restart(name: str) -> None:
        store.log = type(store.log)((), store.log.version + 1)
        raise errors.RebalanceError("409")

    verdict = Verdict(at=AT, restart=(NAME,))
    act(verdict, store=store, restart=restart, policy=POLICY, now=lambda: AT)
    assert store.log.version == 2


def test_an_answer_that_was_lost_is_charged_and_told() -> None:
    def restart(name: str) -> None:
        raise errors.UncertainError("the answer was lost")

    verdict = Verdict(at=AT, restart=(NAME,))
    acted = act(verdict, store=Store(), restart=restart, policy=POLICY, now=lambda: AT)
    assert acted.attempted == (NAME,)
    assert acted.doubts == {NAME: "the answer was lost"}
    values = {one.metric.name: one.value for one in acted.measurements}
    assert values == {"AutoRestartAttempted": 1.0, "AutoRestartsLeft": 2.0}


def test_what_is_no_answer_of_kafka_connect_is_passed_on_and_stays_charged() -> None:
    store = Store()

    def restart(name: str) -> None:
        raise KeyboardInterrupt

    verdict = Verdict(at=AT, restart=(NAME,))
    with pytest.raises(KeyboardInterrupt):
        act(verdict, store=store, restart=restart, policy=POLICY, now=lambda: AT)
    assert len(store.log.attempts) == 1


def test_only_so_many_attempts_are_kept() -> None:
    old = tuple(Attempt(AT - 9e6 + n, "x") for n in range(KEPT))
    store = Store(*old)
    verdict = Verdict(at=AT, restart=(NAME,))
    act(verdict, store=store, restart=lambda name: None, policy=POLICY, now=lambda: AT)
    assert store.log.attempts == (*old[1:], Attempt(AT, NAME))


def test_a_budget_says_when_it_refills() -> None:
    fresh = budget((), AT, POLICY)
    assert (fresh.left, fresh.allows, fresh.reason) == (3, True, "")
    spent = [Attempt(AT - by, "a") for by in (900.0, 2_000.0, 100.0)]
    empty = budget(spent, AT, POLICY, "b")
    assert empty.exhausted
    assert empty.allowed_at == AT - 2_000 + 3_600
    assert budget(spent, empty.allowed_at, POLICY).allows
    assert not budget(spent, empty.allowed_at - 1, POLICY).allows
    off = budget((), AT, Policy(restarts=0))
    assert (off.allows, off.allowed_at) == (False, None)


def test_an_attempt_that_lies_in_the_future_counts_however_far() -> None:
    future = [Attempt(AT + by, "a") for by in (1.0, 4_000.0, 9e8)]
    assert budget(future, AT, POLICY).left == 0
    assert budget(future[:2], AT, POLICY).left == 1


def test_connectors_that_fail_together_need_not_wait_for_each_other() -> None:
    made: list[str] = []
    verdict = judged(FAILED_ALL)
    acted = act(verdict, store=Store(), restart=made.append, policy=POLICY, now=lambda: AT)
    assert made == ["a", "b", "c"]
    assert "no restart is left" in acted.not_made["d"]


def test_a_look_that_restarts_nothing_still_tells_its_measurements() -> None:
    class Memory(Store):
        def history(self) -> History:
            return History()

        def keep(self, history: History) -> None:
            pass

    taken = take(Probes(), (), POLICY, Memory(), restart=list[str]().append, clock=lambda: AT)
    assert taken.acted is not None
    values = {one.metric.name: one.value for one in taken.acted.measurements}
    assert values == {"AutoRestartAttempted": 0.0, "AutoRestartsLeft": 3.0}
