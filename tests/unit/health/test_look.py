from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.clock import Clock
from tests.unit.connect.fake_worker import FakeWorker

from wms_connector.connect.errors import RebalanceError
from wms_connector.health.budget import Attempt, Log
from wms_connector.health.history import History
from wms_connector.health.look import Look, look
from wms_connector.health.observe import connect_probes
from wms_connector.health.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.connect.client import ConnectClient
    from wms_connector.health.observe import Probes

NAME = "wms-oracle-cdc"
POLICY = Policy()


class Memory:
    def __init__(self, *attempts: Attempt) -> None:
        self.log, self.kept = Log(attempts, len(attempts)), History()

    def read(self) -> Log:
        return self.log

    def replace(self, log: Log, attempts: tuple[Attempt, ...]) -> bool:
        assert log == self.log
        self.log = Log(attempts, log.version + 1)
        return True

    def history(self) -> History:
        return self.kept

    def keep(self, history: History) -> None:
        self.kept = history


@pytest.fixture
def worker() -> FakeWorker:
    worker = FakeWorker()
    worker.add(NAME, {}, tasks=("FAILED",))
    return worker


@pytest.fixture
def client(worker: FakeWorker) -> Iterator[ConnectClient]:
    with worker.client() as client:
        yield client


@pytest.fixture
def probes(client: ConnectClient) -> Probes:
    return connect_probes(client, lambda name: name == NAME)


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = 10_000.0
    return clock


def kinds(taken: Look) -> list[str]:
    return [finding.kind.id for finding in taken.verdict.findings]


def test_who_only_looks_restarts_nothing(probes: Probes, clock: Clock, worker: FakeWorker) -> None:
    memory = Memory()
    taken = look(probes, [NAME], POLICY, memory, clock=clock)
    assert kinds(taken) == ["task-failed"]
    assert taken.verdict.restart == (NAME,)
    assert taken.acted is None
    assert taken.restarts_json() == {"left": 3, "limit": 3, "allowed_at": 10_000.0}
    assert not any(call.startswith("POST") for call in worker.calls)


def test_what_may_be_restarted_is_counted(probes: Probes, clock: Clock) -> None:
    memory, restarted = Memory(), []
    taken = look(probes, [NAME], POLICY, memory, restart=restarted.append, clock=clock)
    assert restarted == [NAME]
    assert taken.acted is not None
    assert taken.acted.attempted == (NAME,)
    assert memory.log.attempts == (Attempt(10_000.0, NAME),)
    assert taken.restarts_json() == {"left": 2, "limit": 3, "allowed_at": 10_000.0}
    again = look(probes, [NAME], POLICY, memory, restart=restarted.append, clock=clock)
    assert restarted == [NAME]  # its back-off runs
    assert NAME in again.verdict.waits


def test_what_is_refused_costs_nothing(probes: Probes, clock: Clock) -> None:
    def restart(name: str) -> None:
        raise RebalanceError(f"{name}: the workers are rebalancing")

    memory = Memory()
    taken = look(probes, [NAME], POLICY, memory, restart=restart, clock=clock)
    assert taken.acted is not None
    assert list(taken.acted.not_made) == [NAME]
    assert memory.log.attempts == ()


def test_a_look_knows_those_before_it(worker: FakeWorker, probes: Probes, clock: Clock) -> None:
    worker.add(NAME, {}, tasks=())
    memory, found = Memory(), []
    for _ in range(POLICY.soft):
        found.append(kinds(look(probes, [NAME], POLICY, memory, clock=clock)))
        clock.sleep(POLICY.spacing)
    assert found == [[], [], ["no-tasks"]]


def test_without_a_memory_it_is_the_first_look_and_acts_on_nothing(
    probes: Probes, clock: Clock
) -> None:
    restarted: list[str] = []
    taken = look(probes, [NAME], POLICY, None, restart=restarted.append, clock=clock)
    assert kinds(taken) == ["task-failed"]
    assert (taken.budget, taken.restarts_json(), restarted) == (None, None, [])


def test_a_spent_budget_is_told(probes: Probes, clock: Clock) -> None:
    spent = [Attempt(clock.now - minutes * 60, NAME) for minutes in (50, 30, 10)]
    taken = look(probes, [NAME], POLICY, Memory(*spent), clock=clock)
    assert "restart-budget-exceeded" in kinds(taken)
    assert taken.restarts_json() == {"left": 0, "limit": 3, "allowed_at": clock.now + 600}
