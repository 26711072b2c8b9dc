from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from wms_connector.local import ports, processes
from wms_connector.local.control import LocalControl
from wms_connector.local.errors import LocalError, NotRunningError, StartError
from wms_connector.local.state import Process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def spawned(tmp_path: Path) -> Iterator[list[Process]]:
    started: list[Process] = []
    yield started
    for process in started:
        processes.kill(processes.family(process))


def works(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def start(code: str, tmp_path: Path, started: list[Process]) -> Process:
    log = tmp_path / "log"
    process = processes.spawn(
        [sys.executable, "-c", code], log=log, folder=tmp_path, environment={}
    )
    started.append(process)
    while "ready" not in log.read_text() and processes.alive(process):
        pass
    return process


def test_a_process_has_a_session_of_its_own(tmp_path: Path, spawned: list[Process]) -> None:
    code = "import os; print('ready', os.getsid(0) == os.getpid(), flush=True)"
    process = start(code, tmp_path, spawned)
    assert processes.wait_gone(process, 10)
    assert (tmp_path / "log").read_text() == "ready True\n"


def test_one_that_ignores_sigterm_is_killed(tmp_path: Path, spawned: list[Process]) -> None:
    process = start(STUBBORN, tmp_path, spawned)
    processes.stop(process, gentle=signal.SIGTERM, patience=0.1)
    assert processes.alive(process) is None


def test_children_end_with_their_parent(tmp_path: Path, spawned: list[Process]) -> None:
    process = start(PARENT, tmp_path, spawned)
    kin = processes.family(process)
    assert len(kin) == 2
    processes.stop(process, gentle=signal.SIGTERM, patience=0.2)
    assert not any(works(member) for member in kin)


def test_a_reused_id_is_nobody_of_ours(tmp_path: Path, spawned: list[Process]) -> None:
    process = start(STUBBORN, tmp_path, spawned)
    other = Process(pid=process.pid, created=process.created - 60)
    assert processes.alive(other) is None
    assert not processes.send(other, signal.SIGKILL)
    processes.stop(other, gentle=signal.SIGKILL, patience=0)
    assert processes.alive(process) is not None


def test_what_cannot_be_started_says_why(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="nothing could not be started: No such file"):
        processes.spawn(
            [str(tmp_path / "nothing")], log=tmp_path / "l", folder=tmp_path, environment={}
        )


def test_strays_are_told_by_the_state_folder(tmp_path: Path, spawned: list[Process]) -> None:
    """A program called java whose argument file is in the folder; the same elsewhere is not."""
    java = tmp_path / "java"
    java.symlink_to("/bin/sh")
    mine, theirs = tmp_path / "mine", tmp_path / "mine-too"
    for folder in (mine, theirs):
        script = folder / "args"
        folder.mkdir()
        script.write_text("")
        spawned.append(
            processes.spawn(
                [str(java), "-c", "sleep 60; :", f"@{script}"],
                log=tmp_path / "log",
                folder=tmp_path,
                environment={"PATH": "/usr/bin:/bin"},
            )
        )
    found = {process.pid for process in processes.strays(mine, ())}
    assert found == {spawned[0].pid}
    assert processes.strays(mine, [spawned[0]]) == []


def test_a_large_log_is_put_aside(tmp_path: Path, spawned: list[Process]) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file:
        file.truncate(17_000_000)
    start("print('ready', flush=True)", tmp_path, spawned)
    assert (tmp_path / "log.1").stat().st_size == 17_000_000


def test_a_taken_port_is_not_chosen() -> None:
    picked = iter([1, 2, 3])
    assert ports.choose({1}, free=lambda port: port != 2, pick=lambda _a, _b: next(picked)) == 3


def test_no_free_port_is_an_error() -> None:
    with pytest.raises(LocalError, match="no free port"):
        ports.choose(free=lambda _: False)


def test_a_listening_port_is_busy_and_answers() -> None:
    import socket

    with socket.create_server((ports.HOST, 0)) as server:
        port = server.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.answers(port)
    assert not ports.answers(port)


def test_a_folder_without_a_runtime_says_so(tmp_path: Path) -> None:
    control = LocalControl(tmp_path / "none")
    assert control.down(purge=True) == ()
    with pytest.raises(NotRunningError, match="local up"):
        control.status()
    with pytest.raises(NotRunningError):
        control.kill("worker-1")


def test_purging_keeps_what_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("damaged")
    (tmp_path / "letter.txt").write_text("mine")
    (tmp_path / "logs").mkdir()
    LocalControl(tmp_path).down(purge=True)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_port_may_become_free_a_moment_later() -> None:
    looks = iter([False, False, True])
    slept: list[float] = []
    assert ports.becomes_free(1, free=lambda _: next(looks), sleep=slept.append)
    assert len(slept) == 2
    assert not ports.becomes_free(1, free=lambda _: False, sleep=slept.append)


def test_who_holds_a_port_is_named() -> None:
    import os
    import socket

    with socket.create_server((ports.HOST, 0)) as server:
        assert f"process {os.getpid()} " in ports.holder(server.getsockname()[1])
    assert ports.holder(1) == "another program"
