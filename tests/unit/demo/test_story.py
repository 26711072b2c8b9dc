"""The story's order and its verdict, with parts that only pretend to run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from wms_connector.audit.report import Report, TableReport
from wms_connector.demo.outcome import Outcome
from wms_connector.demo.story import Script, Tools, tell
from wms_connector.demo.watcher import Watcher
from wms_connector.events.latency import Percentiles
from wms_connector.events.records import Change
from wms_connector.local.generator import Summary
from wms_connector.local.progress import Silent
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

SCRIPT = Script(rows=3, watch_seconds=0.1, load_seconds=0.1, after_seconds=0.1)


def change(op: str = "c", committed_ms: int = 0) -> Change:
    source = {"ts_ms": committed_ms, "snapshot": "false"}
    return Change("t", 0, 0, 0, op, {"ID": 1}, None, {"ID": 1}, source, None, None)


def table(**more: Any) -> TableReport:
    numbers = dict.fromkeys(
        ("rows", "missing", "extra", "different", "duplicates", "duplicates_uncommitted",
         "events", "events_uncommitted", "in_flight", "tombstones", "truncates", "unreadable"),
        0,
    )  # fmt: skip
    return TableReport(table="S.T", topic="t", **{**numbers, **more})


def report(*tables: TableReport) -> Report:
    return Report(
        tables=tables, delivery="exactly-once", passed=True, position=1, transactions=1,
        seconds=1.0, waited=0.0,
    )  # fmt: skip


class Narrator(Silent):
    def __init__(self) -> None:
        self.chapters: list[str] = []
        self.told: list[str] = []

    def chapter(self, title: str) -> None:
        self.chapters.append(title)

    def tell(self, text: str) -> None:
        self.told.append(text)

    def event(self, change: Change, latency_ms: float | None) -> None:
        pass

    def gauge(self, name: str, value: int, of: int | None = None) -> None:
        pass


class Runtime:
    def __init__(self, log: list[str]) -> None:
        self.log = log

    def up(self) -> Any:
        self.log.append("up")
        return SimpleNamespace(database_dsn="dsn")

    def kill(self, part: str) -> int:
        self.log.append(f"kill {part}")
        return 42

    def start(self, part: str) -> Any:
        self.log.append(f"start {part}")


class PretendedWatcher(Watcher):
    """Sees the snapshot at once, and a change after each mark."""

    def __init__(self, listen: Callable[[Change, float | None], None]) -> None:
        super().__init__({}, ["t"], listen)
        self.take(change("r"), 0)
        self.take(change("r"), 0)
        self.take(change("r"), 0)

    def run(self) -> None:
        """Nothing to read."""

    def mark(self, moment: float) -> None:
        super().mark(moment)
        self.take(change(committed_ms=int(moment * 1000) + 1000), moment + 7)


def tools(log: list[str], found: Report, **more: Any) -> Tools:
    def generate(dsn: str, script: Script, stop: threading.Event) -> Summary:
        log.append(f"write {dsn}")
        stop.wait(10)
        log.append("stop writing")
        return Summary(transactions=5, rolled_back=1)

    def audited(status: Any) -> Report:
        log.append("audit")
        return found

    parts = {
        "runtime": Runtime(log),
        "watcher": lambda _, listen: PretendedWatcher(listen),
        "generate": generate,
        "audit": audited,
    }
    return Tools(**{**parts, **more})


def test_the_worker_is_killed_under_load_and_the_audit_comes_last() -> None:
    log: list[str] = []
    narrator = Narrator()
    outcome = tell(SCRIPT, tools(log, report(table(rows=3))), narrator)
    assert log == [
        "up", "write dsn", "kill worker-1", "start worker-1", "stop writing", "audit",
    ]  # fmt: skip
    assert outcome.held
    assert (outcome.snapshot_rows, outcome.events, outcome.recovery_s) == (3, 1, pytest.approx(7))
    assert len(narrator.chapters) == 5
    assert any("process 42" in text for text in narrator.told)


@pytest.mark.parametrize("what", ["missing", "extra", "different", "duplicates", "unreadable"])
def test_any_difference_breaks_the_promises(what: str) -> None:
    outcome = tell(SCRIPT, tools([], report(table(), table(**{what: 1}))), Narrator())
    assert not outcome.held
    assert outcome.as_json()["held"] is False


def test_duplicates_that_delivery_allows_are_still_not_once() -> None:
    found = report(table(duplicates=2, duplicates_allowed=True))
    assert not tell(SCRIPT, tools([], found), Narrator()).held


def test_an_error_of_the_generator_ends_the_story() -> None:
    def generate(*_: Any) -> Summary:
        raise WmsError("the database is gone")

    with pytest.raises(WmsError, match="the database is gone"):
        tell(SCRIPT, tools([], report(table()), generate=generate), Narrator())


def test_an_error_of_the_reader_ends_the_story_and_stops_the_writing() -> None:
    log: list[str] = []

    class Failing(PretendedWatcher):
        def run(self) -> None:
            self.error = WmsError("Kafka is gone")

    with pytest.raises(WmsError, match="Kafka is gone"):
        tell(SCRIPT, tools(log, report(table()), watcher=lambda _, x: Failing(x)), Narrator())
    assert "audit" not in log


def test_a_snapshot_that_does_not_come_is_told_with_its_count() -> None:
    times = iter(range(0, 10_000, 20))
    script = Script(rows=99)
    given = tools([], report(table()), clock=lambda: float(next(times)), sleep=lambda _: None)
    with pytest.raises(WmsError, match="3 of 99 rows"):
        tell(script, given, Narrator())


def test_a_long_snapshot_may_take_longer_than_a_minute_while_rows_come() -> None:
    now = 0.0
    watcher = PretendedWatcher(lambda *_: None)

    def sleep(_: float) -> None:
        nonlocal now
        now += 50
        watcher.take(change("r"), now)

    script = Script(rows=9, watch_seconds=0.1, load_seconds=0.1, after_seconds=0.1)
    given = tools([], report(table()), watcher=lambda *_: watcher, clock=lambda: now, sleep=sleep)
    assert tell(script, given, Narrator()).snapshot_s == 300


def test_the_watcher_measures_only_what_no_kill_holds_back() -> None:
    heard: list[float | None] = []
    watcher = Watcher({}, ["t"], lambda _, took: heard.append(took))
    watcher.take(change(committed_ms=1_000), 1.5)
    watcher.mark(2.0)
    watcher.take(change(committed_ms=1_900), 9.0)
    assert watcher.recovered_at is None
    watcher.take(change(committed_ms=2_000), 9.5)
    watcher.take(change(committed_ms=2_100), 9.6)
    assert watcher.recovered_at == 9.5
    assert heard == [500.0, None, None, None]
    assert watcher.latency() == Percentiles(1, 500.0, 500.0, 500.0)


def test_the_closing_table() -> None:
    outcome = Outcome(
        snapshot_rows=20_000, snapshot_s=1.5, events=1234, transactions=99, rolled_back=9,
        latency=Percentiles(10, 11.4, 38.2, 50.0), recovery_s=8.04, audit=report(table(missing=1)),
    )  # fmt: skip
    rows = dict(outcome.rows())
    assert rows["rows of the snapshot"] == "20,000"
    assert rows["commit to consumer"] == "p50 11 ms, p99 38 ms"
    assert rows["recovery after SIGKILL"] == "8.0 s"
    assert (rows["missing"], rows["twice"]) == ("1", "0")


def test_a_shorter_story_keeps_the_share_of_each_part() -> None:
    script = Script(rate=7)
    short = script.lasting(script.seconds / 2)
    assert short == Script(rate=7, watch_seconds=4, load_seconds=2, after_seconds=3)
    assert script.lasting(script.seconds) == script
