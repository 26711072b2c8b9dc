"""Starts a runtime's parts: on which port, with which Java arguments, and again if one hangs."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from wms_connector.local import aot, broker, ports, processes, worker
from wms_connector.local.aot import Training
from wms_connector.local.control import CancelledError, LocalControl, PartFailedError
from wms_connector.local.java import Program, argument_file, java
from wms_connector.local.standin import part as standin
from wms_connector.local.state import Kind, Launch, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wms_connector.local.fetch import Cache
    from wms_connector.local.progress import Progress

_TRIES: Final = 4  # of a part whose port was taken by somebody else meanwhile
_SILENCE: Final = 20.0  # s that a part may not answer before it is taken for hanging
_PAUSE: Final = 0.1  # s
_SECOND_PORTS: Final = {broker.NAME: broker.CONTROLLER, standin.NAME: standin.DOOR}
"""Of parts that are not workers: each of those has its exporter's."""


class Starter(LocalControl):
    """A runtime whose parts can be made. `cache` is shared by all runtimes of a user."""

    def __init__(self, state_dir: Path, cache: Cache, *, progress: Progress | None = None) -> None:
        super().__init__(state_dir, progress=progress)
        self.cache = cache
        self._started: list[str] = []

    def ensure(self, name: str, launch: Callable[[int], Launch]) -> None:
        """Start a part unless it runs; with another port if its own is taken by somebody else."""
        recorded = self.recorded().parts.get(name)
        if recorded is not None and self._is_sound(recorded):
            return
        for attempt in range(1, _TRIES + 1):
            port = self.port(name)
            try:
                self._started.append(name)
                self._bring_up(launch(port), self.recorded())
            except PartFailedError as error:
                self._stop(
                    tuple(
                        part for part in self.recorded().parts.values() if part.launch.name == name
                    )
                )
                self._started.remove(name)
                if not error.busy_port or attempt == _TRIES:
                    raise
                self.progress.note(f"port {port} is taken; {name} tries another")
                self._forget_port(name)
            else:
                return

    def _is_sound(self, part: Part) -> bool:
        """Tell whether a part runs and answers; one that runs and does not is stopped."""
        deadline = time.monotonic() + _SILENCE
        ready = self._readiness(part.launch, self.recorded())
        while processes.alive(part.process):
            if ready():
                return True
            if time.monotonic() > deadline:
                self.progress.note(f"{part.launch.name} does not answer; it is started anew")
                self._stop((part,))
            self._wait(_PAUSE)
        return False

    def port(self, name: str, avoid: set[int] | None = None) -> int:
        """Give the port that a part had, if it is still free, or else a new one."""
        with self._guard:
            state = self.recorded()
            port = state.ports.get(name)
            if port is None or not ports.becomes_free(port):
                taken = set(state.ports.values()) | (avoid or set())
                port = ports.choose(taken)
                self.folder.write(state.model_copy(update={"ports": {**state.ports, name: port}}))
            return port

    def _forget_port(self, name: str) -> None:
        related = {name, _SECOND_PORTS.get(name, worker.exporter(name))}
        with self._guard:
            state = self.recorded()
            rest = {key: port for key, port in state.ports.items() if key not in related}
            self.folder.write(state.model_copy(update={"ports": rest}))

    def launch(
        self,
        name: str,
        kind: Kind,
        argv: Sequence[str],
        port: int,
        training: Training | None = None,
    ) -> Launch:
        """Say how a part is started."""
        return Launch(
            name=name,
            kind=kind,
            argv=tuple(argv),
            folder=str(self.folder.part(name)),
            log=str(self.folder.logs / f"{name}.log"),
            port=port,
            training=training,
        )

    def java_command(
        self, program: Program, part: str, *, trains: bool = True, extra: Sequence[str] = ()
    ) -> tuple[tuple[str, ...], Training | None]:
        """Write a part's Java arguments and give its command line.

        While there is no AOT cache, its run is the training for one; of several parts that run the
        same program one `trains`. `extra` are options that are this part's own.
        """
        runtime = java()
        cached = aot.place(self.cache.folder, runtime, program)
        training = None
        if trains and not cached.is_file():
            output = self.folder.part(part) / "training.aot"
            training = Training(output=str(output), target=str(cached))
        text = argument_file(
            program, folder=self.folder.part(part), extra=(*extra, *aot.options(cached, training))
        )
        arguments = self.folder.write_private(f"{part}/java.args", text)
        return (str(runtime.launcher), f"@{arguments}"), training

    def _tool(self, program: Program, main: str) -> tuple[str, ...]:
        """Give the command of another main class of a program, with the program's AOT cache."""
        runtime = java()
        cached = aot.place(self.cache.folder, runtime, program)
        folder = self.folder.part(broker.NAME)
        text = argument_file(
            replace(program, main=main), folder=folder, extra=aot.options(cached, None)
        )
        (folder / "tmp").mkdir(exist_ok=True)
        arguments = self.folder.write_private(f"{broker.NAME}/tool.args", text)
        return (str(runtime.launcher), f"@{arguments}")

    def update(self, **changes: Any) -> None:
        """Write changes of the state down."""
        with self._guard:
            self.folder.write(self.recorded().model_copy(update=changes))

    def _wait(self, seconds: float) -> None:
        if self.cancelled.wait(seconds):
            raise CancelledError("it was not waited for")
