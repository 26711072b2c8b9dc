from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.clock import Clock
from tests.unit.connect.fake_worker import FakeWorker, status

from wms_connector.connect.errors import FailedError, WaitError
from wms_connector.connect.recover import carry_out, look
from wms_connector.connect.recovery import (
    HISTORY,
    MARK,
    MODE,
    Act,
    NotNeededError,
    Record,
    Repair,
    in_snapshot,
    plan,
)
from wms_connector.connect.wait import Waiting

if TYPE_CHECKING:
    from wms_connector.connect.client import ConnectClient

NAME = "wms-oracle-cdc"
OLD = [{"partition": {"server": "wms"}, "offset": {"scn": "10", "commit_scn": "9:1:aa"}}]
NEW = [{"partition": {"server": "wms"}, "offset": {"scn": "99"}}]
RUNNING = {"scn": "90", "snapshot": "INITIAL", "snapshot_completed": False}


class Interrupted(Exception):  # noqa: N818 - Ctrl-C
    pass


class Memory:
    """Keeps records; the latest counts."""

    def __init__(self) -> None:
        self.record: Record | None = None
        self.done: list[Record] = []

    def keep(self, record: Record) -> None:
        self.record = record

    def finish(self, record: Record) -> None:
        self.done.append(record)
        self.record = None


class Scene:
    """A worker with a connector that has failed, and somebody who repairs it."""

    def __init__(self, *, mode: str | None = "initial", offsets: Any = OLD) -> None:
        self.worker = FakeWorker()
        config = {HISTORY: "wms.schema-changes", "topic.prefix": "wms"}
        self.worker.add(NAME, config | ({MODE: mode} if mode else {}), tasks=("FAILED",))
        self.worker.offsets[NAME] = offsets
        self.worker.on_start = self.start
        self.memory = Memory()
        self.clock = Clock()
        self.told: list[str] = []
        self.stop_at: str | None = None
        self.writes = True

    def start(self, name: str) -> None:
        if self.writes:
            self.worker.offsets[name] = NEW

    def progress(self, text: str) -> None:
        self.told.append(text)
        if self.stop_at is not None and self.stop_at in text:
            raise Interrupted

    @property
    def client(self) -> ConnectClient:
        return self.worker.client(clock=self.clock)

    def plan(self, repair: Repair, *, found: bool = True) -> list[Act]:
        return [step.act for step in self.steps(repair, found=found)]

    def steps(self, repair: Repair, *, found: bool = True) -> Any:
        return plan(repair, look(self.client, NAME), self.memory.record, found=found, file="f")

    def repair(self, repair: Repair, *, seconds: float = 30) -> None:
        steps = self.steps(repair)
        seen = look(self.client, NAME)
        record = self.memory.record or Record(
            repair=repair, connector=NAME, stage="main", finding="gone", started="2026",
            mode=seen.config.get(MODE), offsets=seen.offsets,
        )  # fmt: skip
        waiting = Waiting(seconds, 0, self.progress, self.clock, self.clock.sleep)
        carry_out(steps, self.client, record, self.memory, waiting)

    def after(self) -> tuple[str, list[Any], str | None]:
        state = look(self.client, NAME)
        assert state.status is not None
        return state.status.summary(), self.worker.offsets[NAME], state.config.get(MODE)


def test_the_offset_is_forgotten_once_it_was_written_down() -> None:
    scene = Scene()
    assert scene.plan(Repair.SNAPSHOT) == [
        Act.RECORD, Act.STOP, Act.FORGET, Act.RESUME, Act.AWAIT_SNAPSHOT, Act.FINISH
    ]  # fmt: skip
    scene.repair(Repair.SNAPSHOT)
    assert scene.after() == ("RUNNING, task 0 RUNNING", NEW, "initial")
    assert [entry.model_dump() for entry in scene.memory.done[0].offsets] == OLD


@pytest.mark.parametrize("mode", ["initial", None])
def test_the_history_is_rebuilt_and_the_mode_put_back(mode: str | None) -> None:
    scene = Scene(mode=mode)
    assert scene.plan(Repair.SCHEMA_HISTORY) == [
        Act.RECORD, Act.STOP, Act.MARK, Act.CONFIGURE, Act.RESUME, Act.AWAIT_HISTORY,
        Act.CONFIGURE_BACK, Act.AWAIT_RUNNING, Act.FINISH,
    ]  # fmt: skip
    seen: list[tuple[str | None, bool]] = []

    def start(name: str) -> None:
        offset = scene.worker.offsets[name][0]["offset"]
        seen.append((scene.worker.configs[name].get(MODE), MARK in offset))
        scene.worker.offsets[name] = OLD  # the very same position: nothing was committed since

    scene.worker.on_start = start
    scene.repair(Repair.SCHEMA_HISTORY)
    assert seen == [("recovery", True)]
    assert scene.after() == ("RUNNING, task 0 RUNNING", OLD, mode)
    assert "DELETE /connectors/wms-oracle-cdc/offsets" not in scene.worker.calls


@pytest.mark.parametrize("repair", list(Repair))
def test_whoever_interrupts_it_anywhere_can_go_on(repair: Repair) -> None:
    for step in Scene().steps(repair):
        scene = Scene()
        scene.stop_at = step.told
        with pytest.raises(Interrupted):
            scene.repair(repair)
        scene.stop_at = None
        scene.repair(repair)
        assert scene.after() == ("RUNNING, task 0 RUNNING", NEW, "initial")
        (record,) = scene.memory.done
        assert [entry.model_dump() for entry in record.offsets] == OLD
        # The offset is forgotten at most once, and never a new one.
        forgotten = scene.worker.calls.count(f"DELETE /connectors/{NAME}/offsets")
        assert forgotten == (1 if repair is Repair.SNAPSHOT else 0)


@pytest.mark.parametrize("repair", list(Repair))
def test_interrupted_while_it_waits(repair: Repair) -> None:
    scene = Scene()
    scene.writes = False
    with pytest.raises(WaitError, match="goes on without you"):
        scene.repair(repair)
    acts = scene.plan(repair, found=False)
    assert acts[0] in {Act.AWAIT_SNAPSHOT, Act.AWAIT_HISTORY}
    scene.writes = True
    scene.start(NAME)
    scene.repair(repair)
    assert scene.after()[2] == "initial"
    assert scene.memory.done


def test_a_snapshot_is_waited_for_to_its_end() -> None:
    scene = Scene()
    looks: list[int] = []

    def sleep(seconds: float) -> None:
        scene.clock.sleep(seconds)
        looks.append(1)
        if len(looks) == 3:
            done = RUNNING | {"snapshot_completed": True}
            scene.worker.offsets[NAME] = [{"partition": {}, "offset": done}]

    scene.start = lambda name: scene.worker.offsets.update(  # type: ignore[method-assign]
        {name: [{"partition": {}, "offset": RUNNING}]}
    )
    scene.worker.on_start = scene.start
    steps = scene.steps(Repair.SNAPSHOT)
    seen = look(scene.client, NAME)
    record = Record(
        repair=Repair.SNAPSHOT, connector=NAME, stage="main", finding="x", started="x",
        mode=None, offsets=seen.offsets,
    )  # fmt: skip
    waiting = Waiting(30, 0, str, scene.clock, sleep)
    carry_out(steps, scene.client, record, scene.memory, waiting)
    assert len(looks) == 3


@pytest.mark.parametrize("repair", list(Repair))
def test_a_connector_that_fails_meanwhile_is_told_and_can_be_gone_on_with(repair: Repair) -> None:
    scene = Scene()
    scene.writes = False
    failed = status(NAME, "RUNNING", ("FAILED",), trace="java.lang.Error: ORA-01031: no")
    scene.worker.starts_as[NAME] = failed
    with pytest.raises(FailedError, match="ORA-01031") as caught:
        scene.repair(repair)
    assert "ORA-01031" in (caught.value.evidence or "")
    del scene.worker.starts_as[NAME]
    scene.writes = True
    scene.repair(repair)
    assert scene.after() == ("RUNNING, task 0 RUNNING", NEW, "initial")


def test_what_is_stopped_is_not_stopped_again() -> None:
    scene = Scene()
    scene.client.stop(NAME)
    assert Act.STOP not in scene.plan(Repair.SNAPSHOT)
    assert Act.STOP not in scene.plan(Repair.SCHEMA_HISTORY)


@pytest.mark.parametrize(
    ("repair", "offsets", "found", "told"),
    [
        (Repair.SNAPSHOT, OLD, False, "does not fail of what `recover snapshot` repairs"),
        (Repair.SCHEMA_HISTORY, OLD, False, "--anyway"),
        (Repair.SNAPSHOT, [], True, "has no offset"),
        (Repair.SCHEMA_HISTORY, [{"partition": {}, "offset": None}], True, "has no offset"),
        (Repair.SCHEMA_HISTORY, [{"partition": {}, "offset": RUNNING}], True, "in its snapshot"),
    ],
)
def test_what_needs_no_repair_is_refused(
    repair: Repair, offsets: Any, found: bool, told: str
) -> None:
    scene = Scene(offsets=offsets)
    with pytest.raises(NotNeededError, match=told):
        scene.steps(repair, found=found)
    assert all(call.startswith("GET") for call in scene.worker.calls)


def test_a_connector_without_a_schema_history_has_none_to_lose() -> None:
    scene = Scene()
    del scene.worker.configs[NAME][HISTORY]
    with pytest.raises(NotNeededError, match="keeps no schema history"):
        scene.steps(Repair.SCHEMA_HISTORY)


@pytest.mark.parametrize(
    ("offset", "running"),
    [
        ({"scn": "1"}, False),
        ({"snapshot": "INITIAL", "snapshot_completed": False}, True),
        ({"snapshot": True}, True),
        ({"snapshot": "INITIAL", "snapshot_completed": True}, False),
        ({"snapshot": "false"}, False),
        (None, False),
    ],
)
def test_a_snapshot_under_way(offset: dict[str, Any] | None, running: bool) -> None:
    scene = Scene(offsets=[{"partition": {}, "offset": offset}])
    assert in_snapshot(look(scene.client, NAME).offsets) is running
