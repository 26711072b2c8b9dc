"""What can be done with a runtime that was started: look at it, stop it, kill and start parts."""

from __future__ import annotations

import shutil
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.local import aot, broker, logs, ports, processes, worker
from wms_connector.local.errors import LocalError, NotRunningError, StartError, StateError
from wms_connector.local.java import environment, java
from wms_connector.local.ports import HOST
from wms_connector.local.progress import Progress, Silent
from wms_connector.local.purge import purge as purge_folder
from wms_connector.local.sources import source_of
from wms_connector.local.state import Launch, Part, State, StateFolder
from wms_connector.local.status import LocalStatus, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READY_SECONDS: Final = 180.0
"""How long a part may take to come up. Seconds are usual; a loaded machine takes longer."""
_POLL: Final = 0.05  # s
# A worker's tasks may take 30 s to end; the other parts write what they hold to disk. The first
# stop of what is Java writes its AOT cache.
_PATIENCE: Final = {"worker": 90.0, "broker": 60.0, "postgres": 30.0, "standin": 60.0}
_SOURCES: Final = frozenset({"postgres", "standin"})
"""Kinds of parts that are the database."""


class CancelledError(LocalError):
    """Another part failed, or the user pressed Ctrl-C."""


class LocalControl:
    """A runtime by its state folder. Needs no pipeline file."""

    def __init__(self, state_dir: Path, *, progress: Progress | None = None) -> None:
        self.folder = StateFolder(state_dir)
        self.progress: Progress = progress or Silent()
        self._guard = threading.Lock()
        self.cancelled = threading.Event()

    def status(self) -> LocalStatus:
        """Tell what runs; raises NotRunningError if nothing was ever started here."""
        return status_of(self.folder, self.recorded())

    def down(self, *, purge: bool = False) -> tuple[str, ...]:
        """Stop what runs and give the names of what was stopped; with `purge`, remove all data.

        Workers first, so that they end their transactions. Raises StopError, BusyError.
        """
        if not self.folder.path.is_dir():
            return ()
        stopped: tuple[str, ...] = ()
        with self.folder.locked("wms-connector local down"):
            state = self._recorded_or_none(purge)
            if state is not None:
                stopped = self._stop(tuple(state.parts.values()))
                self._record_stopped()
            processes.kill(processes.strays(self.folder.path, ()))
            if purge:
                purge_folder(self.folder, state)
        return stopped

    def kill(self, part: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to a part and give its process id; after SIGKILL, wait until it is gone.

        Raises NotRunningError if the part does not run.
        """
        recorded = self._part(part)
        process = recorded.process
        if process is None or not processes.send(process, number):
            raise NotRunningError(
                f"{part} does not run", hint=f"Start it with `local up`; state: {self.folder.path}"
            )
        if number is signal.SIGKILL:
            processes.wait_gone(process, 10)
        return process.pid

    def start(self, part: str) -> LocalStatus:
        """Start a part that has ended, as it was, on the port that it had, and wait for it.

        Does nothing if it runs. Raises StartError, NotRunningError.
        """
        with self.folder.locked("wms-connector local start"):
            recorded = self._part(part)
            state = self.recorded()
            if processes.alive(recorded.process):
                return status_of(self.folder, state)
            self._sweep(state)
            self._bring_up(recorded.launch, state)
            return status_of(self.folder, self.recorded(), (part,))

    def replace(self, part: str) -> LocalStatus:
        """Stop a part as `down` does, start it as it was, and wait for it.

        A worker takes its passwords when it starts. Raises StopError, StartError, NotRunningError.
        """
        with self.folder.locked("wms-connector local rotate"):
            recorded = self._part(part)
            self._stop((recorded,))
            self._bring_up(recorded.launch, self.recorded())
            return status_of(self.folder, self.recorded(), (part,))

    def logs(self, parts: tuple[str, ...] = (), *, follow: bool = False) -> Iterator[logs.Entry]:
        """Give the log entries of the parts (default: all), ordered by time."""
        known = self.recorded().parts
        chosen = {name: Path(self._part(name).launch.log) for name in parts or known}
        return logs.follow(chosen) if follow else logs.merged(chosen)

    # Starting one part

    def _bring_up(self, launch: Launch, state: State) -> None:
        """Start a part, record it at once, and wait until it is ready."""
        log = Path(launch.log)
        begins = log.stat().st_size if log.exists() else 0
        shutil.rmtree(Path(launch.folder) / "tmp", ignore_errors=True)
        (Path(launch.folder) / "tmp").mkdir(parents=True)
        if launch.kind in _SOURCES:
            source_of(state).before_start(Path(launch.folder))
        extra = self._environment(launch, state)
        if self.cancelled.is_set():
            raise CancelledError(f"{launch.name} was not started")
        if not ports.becomes_free(launch.port):
            raise PartFailedError(
                f"{launch.name} cannot have port {launch.port}: "
                f"{ports.holder(launch.port)} listens there",
                hint="Stop that, or run `local up`, which takes another port",
                busy_port=True,
            )
        began = time.monotonic()
        self.progress.begin(launch.name)
        process = processes.spawn(
            launch.argv, log=log, folder=Path(launch.folder), environment=environment(extra)
        )
        self._record(Part(launch=launch, process=process))
        ready = self._readiness(launch, state)
        while not ready():
            if self.cancelled.wait(_POLL):
                raise CancelledError(f"{launch.name} was not waited for")
            if processes.alive(process) is None:
                raise self._failure(launch, "ended while it started", begins, ended=True)
            if time.monotonic() - began > READY_SECONDS:
                what = f"is not ready after {READY_SECONDS:.0f} s"
                raise self._failure(launch, what, begins, ended=False)
        took = time.monotonic() - began
        self.progress.end(launch.name, f"ready in {took:.1f} s on port {launch.port}")

    def _readiness(self, launch: Launch, state: State) -> Callable[[], bool]:
        match launch.kind:
            case "postgres" | "standin":
                return lambda: source_of(state).is_ready(self.folder, state, launch)
            case "broker":
                return lambda: broker.is_ready(launch.port)
            case "worker":
                return lambda: worker.is_ready(launch.port)

    def _environment(self, launch: Launch, state: State) -> dict[str, str]:
        """Give what a part is told apart from its command line: the passwords among it."""
        source = source_of(state)
        if launch.kind in _SOURCES:
            return dict(source.process_environment(self.folder))
        if launch.kind == "worker":
            brokers = f"{HOST}:{state.ports['broker']}"
            return worker.environment(brokers, source.worker_environment(self.folder, state))
        return {}

    def _failure(self, launch: Launch, what: str, begins: int, *, ended: bool) -> StartError:
        told = logs.excerpt(
            logs.read_from(Path(launch.log), begins),
            secrets=[word.get_secret_value() for word in self.folder.passwords()],
        )
        lines = "\n  ".join(told) if told else "(it wrote nothing)"
        return PartFailedError(
            f"{launch.name} {what}:\n  {lines}",
            hint=f"The whole log is {launch.log}",
            busy_port=ended
            and (
                any("in use" in line or "could not bind" in line for line in told)
                or not ports.is_free(launch.port)
            ),
        )

    # Stopping

    def _stop(self, parts: tuple[Part, ...]) -> tuple[str, ...]:
        """Stop parts, workers before what they need; those of one kind at the same time."""
        running = [part for part in parts if processes.alive(part.process)]
        workers = [part for part in running if part.launch.kind == "worker"]
        others = [part for part in running if part.launch.kind != "worker"]
        for group in (workers, others):
            if group:
                with ThreadPoolExecutor(len(group), thread_name_prefix="stop") as pool:
                    list(pool.map(self._stop_one, group))
        return tuple(part.launch.name for part in running)

    def _stop_one(self, part: Part) -> None:
        began = time.monotonic()
        kind = part.launch.kind
        # PostgreSQL waits for its clients to leave on SIGTERM, and sends them away on SIGINT.
        gentle = signal.SIGINT if kind == "postgres" else signal.SIGTERM
        self.progress.begin(f"stopping {part.launch.name}")
        processes.stop(part.process, gentle=gentle, patience=_PATIENCE[kind])
        self._adopt(part)
        self._record(part.model_copy(update={"process": None}))
        took = time.monotonic() - began
        self.progress.end(f"stopping {part.launch.name}", f"stopped in {took:.1f} s")

    def _adopt(self, part: Part) -> None:
        """Keep what a first run has recorded, for quicker starts."""
        training = part.launch.training
        if training is None or not Path(training.output).is_file():
            return
        if not aot.adopt(training, java(), Path(part.launch.folder) / "java.args"):
            self.progress.note(f"{part.launch.name} left no usable AOT cache; starts stay slower")

    def _sweep(self, state: State) -> None:
        """End what an earlier crash left and nothing has recorded."""
        recorded = [
            process
            for part in state.parts.values()
            if part.process
            for process in [part.process]
            if processes.alive(process)
        ]
        children = {kin.pid for process in recorded for kin in processes.family(process)}
        left = [
            stray
            for stray in processes.strays(self.folder.path, recorded)
            if stray.pid not in children
        ]
        if left:
            self.progress.note(f"ending {len(left)} processes that a crash left")
            processes.kill(left)

    # State

    def recorded(self) -> State:
        """Give the state as it is written down; raises NotRunningError."""
        state = self.folder.read()
        if state is None:
            raise NotRunningError(
                f"nothing was started in {self.folder.path}",
                hint="Start it with `wms-connector local up`, or name the folder with --state",
            )
        return state

    def _recorded_or_none(self, purge: bool) -> State | None:  # noqa: FBT001 - private
        try:
            return self.folder.read()
        except StateError:
            if purge:  # whatever is written there: all of it goes
                return None
            raise

    def _part(self, name: str) -> Part:
        parts = self.recorded().parts
        if name not in parts:
            raise NotRunningError(
                f"there is no part {name!r}", hint=f"Parts are {', '.join(parts) or 'none'}"
            )
        return parts[name]

    def _record_stopped(self) -> None:
        """Note that nothing is meant to run, of what had died before as well."""
        with self._guard:
            state = self.recorded()
            for part in state.parts.values():
                state = state.with_part(part.model_copy(update={"process": None}))
            self.folder.write(state)

    def _record(self, part: Part) -> None:
        with self._guard:
            self.folder.write(self.recorded().with_part(part))


class PartFailedError(StartError):
    """A part did not come up; `busy_port` tells whether another port may help."""

    def __init__(self, what: str, *, hint: str, busy_port: bool) -> None:
        super().__init__(what, hint=hint)
        self.busy_port = busy_port
