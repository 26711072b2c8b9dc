"""Starts and stops processes that outlive the command, and never a process of anybody else."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import psutil

from wms_connector.local.errors import StartError, StopError
from wms_connector.local.state import Process

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_TOLERANCE: Final = 2.0  # s; a clock that was set moves when a process seems to have begun
_KEEP_LOG: Final = 16_777_216  # bytes of a log before it is put aside at the next start
_POLL: Final = 0.02  # s

# Children of this very process, kept so that they are reaped when they end before it does.
_children: dict[int, subprocess.Popen[bytes]] = {}


def spawn(
    argv: Iterable[str], *, log: Path, folder: Path, environment: Mapping[str, str]
) -> Process:
    """Start a process in a session of its own, so that Ctrl-C in the terminal spares it.

    Its output is appended to the log. Raises StartError.
    """
    command = list(argv)
    try:
        if log.exists() and log.stat().st_size > _KEEP_LOG:
            log.replace(log.with_name(f"{log.name}.1"))
        with log.open("ab") as output:
            child = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise StartError(
            f"{error.filename or command[0]} could not be started: {error.strerror}",
            hint="Check that it is there and may be executed",
        ) from None
    _children[child.pid] = child
    return Process(pid=child.pid, created=psutil.Process(child.pid).create_time())


def alive(process: Process | None) -> psutil.Process | None:
    """Give the process if it is still the one recorded, and no zombie."""
    if process is None:
        return None
    if (child := _children.get(process.pid)) is not None:
        child.poll()
    try:
        found = psutil.Process(process.pid)
        same = abs(found.create_time() - process.created) < _TOLERANCE
        return found if same and found.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def family(process: Process | None) -> list[psutil.Process]:
    """Give the process and all it started, the process first; nothing if it has ended."""
    found = alive(process)
    if found is None:
        return []
    with contextlib.suppress(psutil.NoSuchProcess):
        return [found, *found.children(recursive=True)]
    return [found]


def strays(folder: Path, known: Iterable[Process]) -> list[psutil.Process]:
    """Find processes that were started for a state folder and that nothing has recorded.

    They are what is left by a command that was killed between starting a part and recording it,
    and by a PostgreSQL that was killed without its children. Java is told by its argument file,
    PostgreSQL by its data folder or its working folder being inside the state folder.
    """
    recorded = {process.pid for process in known} | {os.getpid()}
    inside = f"{folder}{os.sep}"
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if process.pid in recorded:
            continue
        with contextlib.suppress(psutil.Error, OSError):
            argv = process.info["cmdline"] or [""]
            is_backend = argv[0].startswith("postgres:") and process.cwd().startswith(inside)
            if is_backend or _is_part(argv, inside):
                found.append(process)
    return found


def stop(process: Process | None, *, gentle: signal.Signals, patience: float) -> None:
    """Ask a process to end, wait (`patience` in s), then kill it and its children.

    Raises StopError if it does not end even then.
    """
    kin = family(process)
    if not kin:
        return
    _signal(kin[0], gentle)
    _wait(kin, patience)
    kill(kin)


def kill(processes: Iterable[psutil.Process]) -> None:
    """Kill processes and wait until they are gone; raises StopError if one is not."""
    targets = list(processes)
    for process in targets:
        _signal(process, signal.SIGKILL)
    if left := _wait(targets, 10):
        named = ", ".join(str(process.pid) for process in left)
        raise StopError(
            f"process {named} did not end, not even when it was killed",
            hint="It may hang in the system's input or output; look at it with ps",
        )


def send(process: Process | None, number: signal.Signals) -> bool:
    """Send a signal to a recorded process; tell whether it was there to receive it."""
    found = alive(process)
    return found is not None and _signal(found, number)


def wait_gone(process: Process, patience: float) -> bool:
    """Wait until a recorded process has ended (`patience` in s); tell whether it has."""
    deadline = time.monotonic() + patience
    while alive(process) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True


@atexit.register
def _let_go() -> None:
    """Let the parts outlive this process, without a warning about children left behind."""
    for child in _children.values():
        if child.poll() is None:
            child.returncode = 0


def _is_part(argv: list[str], inside: str) -> bool:
    program = argv[0].rpartition("/")[2]
    if program == "java":
        return any(word.startswith(f"@{inside}") for word in argv)
    if program == "postgres":
        return any(flag == "-D" and word.startswith(inside) for flag, word in pairwise(argv))
    return False


def _wait(processes: Iterable[psutil.Process], patience: float) -> list[psutil.Process]:
    """Wait for processes to end; give those that have not."""
    deadline = time.monotonic() + patience
    left = list(processes)
    while left := [process for process in left if _lives(process)]:
        if time.monotonic() > deadline:
            return left
        time.sleep(_POLL)
    return []


def _lives(process: psutil.Process) -> bool:
    if (child := _children.get(process.pid)) is not None:
        child.poll()
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _signal(process: psutil.Process, number: signal.Signals) -> bool:
    try:
        process.send_signal(number)  # psutil checks that the id was not given to another
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        raise StopError(
            f"process {process.pid} belongs to another user",
            hint="Run the command as the user who started the runtime",
        ) from None
    return True
