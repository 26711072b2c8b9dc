"""What happens to a runtime for real: watch and the check in AWS find it, and it heals."""

from __future__ import annotations

import contextlib
import itertools
import signal
from typing import TYPE_CHECKING

import pytest
from tests.e2e.support import Reader, Writer, assert_exact, audited, for_a_while, until, write_one
from tests.health.faults import HEAL, SNAPSHOT, WORKER, Fault
from tests.health.scene import Scene, found, ids_of, suffered

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = "producer.transaction.timeout.ms="
SESSION = "session.timeout.ms="
HASTY = f"{LIMIT}3000"
"""A transaction may be open for so long, so that a broker need not be frozen for longer than a
worker's session lasts: else the worker begins anew by itself, and nothing stays FAILED."""
LESS_HASTY = f"{LIMIT}5000"
FROZEN = 4.5
CHANGES, MANY = 20_000, 100_000
_numbers = itertools.count(1)


@pytest.mark.parametrize("fault", HEAL, ids=lambda fault: fault.name)
def test_it_is_found_and_it_heals(fault: Fault, watched: Scene) -> None:
    found_as_told(fault, watched)


def found_as_told(fault: Fault, scene: Scene) -> None:
    took = suffered(scene, fault)
    assert fault.found <= took.watch
    assert fault.found <= took.function or not fault.by_function


@pytest.fixture
def hasty(watched: Scene) -> Iterator[Scene]:
    """The runtime with a worker that was killed, and came back with less patience."""
    WORKER.arrange(watched)
    with limited(watched, {LIMIT: HASTY}):
        yield watched
    watched.runtime.kill("worker-1")
    watched.runtime.start("worker-1")
    watched.well()


def test_a_worker_is_killed_and_a_broker_hangs_so_that_the_task_fails(hasty: Scene) -> None:
    assert WORKER.found <= found(hasty.noticed(*WORKER.found))
    assert WORKER.found <= ids_of(hasty.function.check())
    WORKER.step(hasty)
    hasty.well()
    with Writer(hasty.runtime.status().database_dsn) as writer:
        until(lambda: fails_when_frozen(hasty, writer, FROZEN), "a task that FAILED")
        assert repaired(hasty, writer) >= 1
    assert_exact(audited(hasty.runtime))


def test_what_a_snapshot_heals(watched: Scene) -> None:
    for fault in SNAPSHOT:
        found_as_told(fault, watched)
    assert_exact(audited(watched.runtime))


@pytest.mark.usefixtures("long")
def test_a_broker_hangs_for_a_minute_under_load(watched: Scene) -> None:
    """Of a cluster whose other brokers keep the worker's session meanwhile."""
    with limited(watched, {LIMIT: LESS_HASTY, SESSION: f"{SESSION}120000"}):
        watched.runtime.replace("worker-1")
        watched.well()
        with Writer(watched.runtime.status().database_dsn) as writer:
            fails_when_frozen(
                watched, writer, 60, within=60, changes=MANY
            )  # perhaps it comes back by itself
            repaired(watched, writer)
        assert_exact(audited(watched.runtime))
    watched.runtime.replace("worker-1")
    watched.well()


@contextlib.contextmanager
def limited(scene: Scene, changes: dict[str, str]) -> Iterator[None]:
    """Have a worker find other lines in its settings when it starts, by what they begin with."""
    settings = scene.runtime.folder.part("worker-1") / "worker.properties"
    whole = settings.read_text()
    lines = whole.splitlines()
    for beginning, changed in changes.items():
        [at] = [number for number, line in enumerate(lines) if line.startswith(beginning)]
        lines[at] = changed
    settings.write_text("\n".join(lines) + "\n")
    try:
        yield
    finally:
        settings.write_text(whole)


def fails_when_frozen(
    scene: Scene, writer: Writer, seconds: float, *, within: float = 8, changes: int = CHANGES
) -> bool:
    """Freeze the broker for so long; tells whether the task has FAILED afterwards.

    It does if it was about to write: so that is waited for, in the midst of many changes.
    """
    writer.until_written(50)
    with Reader.of(scene.runtime) as reader:
        number = burst(scene, changes)
        reader.until(lambda change: number in str(change.after), "the first of many changes")
        scene.runtime.kill("broker", signal.SIGSTOP)
    try:
        for _ in for_a_while(seconds):
            pass
    finally:
        scene.runtime.kill("broker", signal.SIGCONT)
    return any("task-failed" in found(scene.laptop.look()) for _ in for_a_while(within))


def burst(scene: Scene, changes: int) -> str:
    """Change every row of a table again and again, and commit it all; gives what stands in them."""
    number = f"burst {next(_numbers)}"
    with scene.database() as connection, connection.transaction():
        changed = 0
        while changed < changes:
            changed += connection.execute(
                'UPDATE "WMS"."PLAN_BASE_WVR_TBL" SET "PLAN_NBR" = %s', [number]
            ).rowcount
    return number


def repaired(scene: Scene, writer: Writer) -> int:
    """The check restarts what has FAILED until all is well and flows: so many times."""
    attempted: list[str] = []
    with Reader.of(scene.runtime) as reader:
        number = write_one(scene.runtime.status())

        def well() -> bool:
            verdict = scene.function.check()
            attempted.extend(verdict["attempted"])
            reader.to_the_end()
            return not verdict["findings"] and bool(reader.of_key(number))

        until(well, "nothing found, and a new row")
    writer.until_written(20)
    assert len(attempted) <= scene.laptop.policy.restarts
    return len(attempted)
