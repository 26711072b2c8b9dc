"""The story: a snapshot, live changes, a worker killed under load, an audit."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from wms_connector.demo.outcome import Outcome
from wms_connector.local.progress import Progress
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.audit.report import Report
    from wms_connector.demo.watcher import Watcher
    from wms_connector.events.records import Change
    from wms_connector.local.generator import Summary
    from wms_connector.local.status import LocalStatus

WORKER: Final = "worker-1"
_PATIENCE: Final = 60.0  # seconds for a recovery, and for the next row of a snapshot
_POLL: Final = 0.05
_LOOK: Final = "Run it with --keep, then look at `wms-connector local logs worker-1 --stage demo`"


@dataclass(frozen=True, slots=True)
class Script:
    """How long the story is. Rows of the snapshot in all; row changes a second; seconds."""

    rows: int = 20_000
    rate: float = 300.0
    watch_seconds: float = 8.0
    load_seconds: float = 4.0
    after_seconds: float = 6.0
    seed: int = 1

    @property
    def seconds(self) -> float:
        """How long rows change, besides the recovery."""
        return self.watch_seconds + self.load_seconds + self.after_seconds

    def lasting(self, seconds: float) -> Script:
        """The same story in so many seconds, each part with its share of them."""
        part = seconds / self.seconds
        return replace(
            self,
            watch_seconds=self.watch_seconds * part,
            load_seconds=self.load_seconds * part,
            after_seconds=self.after_seconds * part,
        )


class Narrator(Progress, Protocol):
    """Shows the story: chapters, sentences, events, numbers that move."""

    def chapter(self, title: str) -> None:
        """A new part of the story begins."""

    def tell(self, text: str) -> None:
        """Something happened."""

    def event(self, change: Change, latency_ms: float | None) -> None:
        """A change arrived."""

    def gauge(self, name: str, value: int, of: int | None = None) -> None:
        """A number moved."""


class Runtime(Protocol):
    """What the story needs of the laptop's runtime."""

    def up(self) -> LocalStatus:
        """Start everything."""

    def kill(self, part: str) -> int:
        """SIGKILL a part and give its process id."""

    def start(self, part: str) -> LocalStatus:
        """Start a part again and wait until it is ready."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the story is told with; each is passed in.

    `generate(dsn, script, stop)` writes until `stop` is set. `audit(status)` compares.
    """

    runtime: Runtime
    watcher: Callable[[LocalStatus, Callable[[Change, float | None], None]], Watcher]
    generate: Callable[[str, Script, threading.Event], Summary]
    audit: Callable[[LocalStatus], Report]
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


def tell(
    script: Script, tools: Tools, narrator: Narrator, *, source: str = "PostgreSQL"
) -> Outcome:
    """Tell it and give what came out. Raises what the parts raise; stops its threads.

    `source` is what the database is called.
    """
    narrator.chapter(f"Starting {source}, Kafka and a Kafka Connect worker with Debezium")
    began = tools.clock()
    status = tools.runtime.up()
    narrator.tell(
        f"running after {tools.clock() - began:.1f} s, with {script.rows:,} rows to begin with"
    )
    watcher = tools.watcher(status, narrator.event)
    watcher.start()
    try:
        snapshot_s = _snapshot(script, tools, narrator, watcher)
        written, recovery_s = _changes(script, tools, narrator, watcher, status)
        narrator.chapter("Counting: every row of the database against every event")
        report = tools.audit(status)
        events = watcher.live_events
    finally:
        watcher.finish()
    return Outcome(
        snapshot_rows=watcher.snapshot_rows,
        snapshot_s=snapshot_s,
        events=events,
        transactions=written.transactions,
        rolled_back=written.rolled_back,
        latency=watcher.latency(),
        recovery_s=recovery_s,
        audit=report,
    )


def _snapshot(script: Script, tools: Tools, narrator: Narrator, watcher: Watcher) -> float:
    narrator.chapter("Snapshot: the rows that are there already")
    began = tools.clock()
    seen, moved = 0, began
    while (rows := watcher.snapshot_rows) < script.rows:
        _check(watcher)
        narrator.gauge("rows", rows, script.rows)
        now = tools.clock()
        if rows != seen:
            seen, moved = rows, now
        elif now - moved > _PATIENCE:
            raise WmsError(
                f"the snapshot stopped at {rows} of {script.rows} rows: none came for a minute",
                hint=_LOOK,
            )
        tools.sleep(_POLL)
    took = tools.clock() - began
    narrator.gauge("rows", watcher.snapshot_rows, script.rows)
    narrator.tell(f"{watcher.snapshot_rows:,} rows are in the topics")
    return took


def _changes(
    script: Script, tools: Tools, narrator: Narrator, watcher: Watcher, status: LocalStatus
) -> tuple[Summary, float]:
    narrator.chapter(f"Live: about {script.rate:.0f} row changes a second, some rolled back")
    stop = threading.Event()
    writer = _Writer(lambda: tools.generate(status.database_dsn, script, stop))
    writer.start()
    try:
        _pass(script.watch_seconds, tools, narrator, watcher, writer)
        narrator.chapter("The worker is killed (SIGKILL) while changes keep coming")
        _pass(script.load_seconds, tools, narrator, watcher, writer)
        recovery_s = _kill(tools, narrator, watcher, writer)
        _pass(script.after_seconds, tools, narrator, watcher, writer)
    finally:
        stop.set()
        writer.join(timeout=30)
    return writer.result(), recovery_s


def _kill(tools: Tools, narrator: Narrator, watcher: Watcher, writer: _Writer) -> float:
    killed = tools.clock()
    watcher.mark(killed)
    pid = tools.runtime.kill(WORKER)
    narrator.tell(f"killed {WORKER}, process {pid}; a new one is started, as ECS would")
    tools.runtime.start(WORKER)
    while watcher.recovered_at is None:
        _check(watcher, writer)
        narrator.gauge("events", watcher.live_events)
        if tools.clock() - killed > _PATIENCE:
            raise WmsError(
                "no event for a minute after the worker was killed",
                hint=_LOOK,
            )
        tools.sleep(_POLL)
    took = watcher.recovered_at - killed
    narrator.tell(f"events flow again, {took:.1f} s after the kill")
    return took


def _pass(
    seconds: float, tools: Tools, narrator: Narrator, watcher: Watcher, writer: _Writer
) -> None:
    until = tools.clock() + seconds
    while tools.clock() < until:
        _check(watcher, writer)
        narrator.gauge("events", watcher.live_events)
        tools.sleep(_POLL)


def _check(*threads: Watcher | _Writer) -> None:
    """Raise what went wrong in another thread."""
    for thread in threads:
        if thread.error is not None:
            raise thread.error


class _Writer(threading.Thread):
    """Runs the generator; keeps its result or its error."""

    def __init__(self, write: Callable[[], Summary]) -> None:
        super().__init__(name="writer", daemon=True)
        self._write = write
        self._summary: Summary | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Write until told to stop."""
        try:
            self._summary = self._write()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self.error = error

    def result(self) -> Summary:
        """What was written; raises what went wrong."""
        if self.error is not None:
            raise self.error
        if self._summary is None:
            raise WmsError("the generator did not stop", hint="Run the demo again")
        return self._summary
