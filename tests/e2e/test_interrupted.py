"""Commands that are interrupted leave no process and no folder behind."""

from __future__ import annotations

import contextlib
import json
import signal
from typing import TYPE_CHECKING

import psutil
import pytest
from tests.e2e.command import process
from tests.e2e.support import PATIENCE, until

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def of_folder(folder: Path) -> list[str]:
    """Command lines of the processes that were started for a folder."""
    found = []
    for running in psutil.process_iter(["cmdline"]):
        line = " ".join(running.info["cmdline"] or [])
        with contextlib.suppress(psutil.Error, OSError):
            is_java_or_postgres = "java" in line or "postgres" in line
            if is_java_or_postgres and (
                str(folder) in line or running.cwd().startswith(str(folder))
            ):
                found.append(line)
    return found


def ended(started: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the end; exit status and what was said on standard error."""
    _, err = started.communicate(timeout=PATIENCE)
    return started.returncode, err


def test_local_up_stops_what_it_has_started(tmp_path: Path) -> None:
    up_is_interrupted(tmp_path, signal.SIGTERM)


@pytest.mark.usefixtures("long")
def test_local_up_stops_what_it_has_started_at_ctrl_c_too(tmp_path: Path) -> None:
    up_is_interrupted(tmp_path, signal.SIGINT)


def up_is_interrupted(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "state"
    with process("local", "up", "--state", folder, "--stage", "cut") as started:
        until((folder / "worker-1" / "worker.properties").exists, "the worker's start")
        assert of_folder(folder)
        started.send_signal(number)
        status, err = ended(started)
    assert status == 130
    assert err.endswith("wms-connector: interrupted\n")
    assert of_folder(folder) == []
    with process("local", "down", "--purge", "--json", "--state", folder) as down:
        out, _ = down.communicate(timeout=PATIENCE)
    assert json.loads(out) == {"stopped": [], "purged": True}
    assert not folder.exists()


def test_demo_stops_everything_and_removes_its_folder(tmp_path: Path) -> None:
    command = ("demo", "--plain", "--rows", "40")
    with process(*command, TMPDIR=str(tmp_path)) as started:
        until(lambda: any(tmp_path.glob("*/worker-1/worker.properties")), "the worker's start")
        [folder] = [path for path in tmp_path.iterdir() if path.is_dir()]
        assert of_folder(folder)
        started.send_signal(signal.SIGINT)
        status, err = ended(started)
    assert status == 130
    assert "interrupted" in err
    assert of_folder(folder) == []
    assert list(tmp_path.iterdir()) == []
