"""The runner of all tests: order, output, status, interruption; and that no test is left out."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import psutil
from tests.groups import GROUPS, ROOT, Group, Run

if TYPE_CHECKING:
    from pathlib import Path


def program(name: str, text: str, **how: tuple[str, ...]) -> Group:
    return Group(name, command=(sys.executable, "-c", text), **how)


def run(folder: Path, *groups: Group) -> tuple[int, list[str]]:
    said: list[str] = []
    return Run(groups, folder, said.append).all(), said


def test_a_group_begins_when_those_before_it_have_ended_well(tmp_path: Path) -> None:
    wait = "import pathlib, time\nwhile not pathlib.Path('first').exists(): time.sleep(0.01)\n"
    status, said = run(
        tmp_path,
        program("first", "import time; time.sleep(0.3); open('first', 'w').close()"),
        program("beside", wait + "print('saw it')"),
        program("then", "assert open('first'); print('1 passed')", after=("first", "beside")),
    )
    assert status == 0, said
    assert said[:2] == ["first: began", "beside: began"]
    assert said[-2] == "then: began"
    assert said[-1].startswith("then: 1 passed (")
    assert (tmp_path / ".tests-beside.log").read_text() == "saw it\n"


def test_what_a_group_says_that_fails_is_shown_and_the_others_go_on(tmp_path: Path) -> None:
    status, said = run(
        tmp_path,
        program("bad", "print('what went wrong'); raise SystemExit(3)"),
        program("good", "import time; time.sleep(0.5)"),
        program("later", "", after=("bad",)),
    )
    assert status == 3
    [failed] = [line for line in said if "FAILED" in line]
    assert failed.startswith("what went wrong\nbad: FAILED after ")
    assert any(line.startswith("good: ") and "began" not in line for line in said)
    assert said[-1] == "later: not run"


def test_a_group_whose_coverage_does_not_show_what_it_proves_has_failed(tmp_path: Path) -> None:
    status, said = run(tmp_path, program("unit", "", proves=("model",)))
    assert status == 1
    assert "model: not proven by unit alone" in said[-1]


def test_an_interruption_ends_every_group_and_waits_for_them(tmp_path: Path) -> None:
    tidy = (
        "import signal, sys, time, pathlib\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(pathlib.Path('tidied').touch()))\n"
        "pathlib.Path('ready').touch()\ntime.sleep(60)"
    )
    child = (
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    )
    said: list[str] = []
    runs = Run((program("tidy", tidy), program("script", child)), tmp_path, said.append)

    def interrupt() -> None:
        while not (
            (tmp_path / "ready").exists() and len(psutil.Process().children(recursive=True)) >= 3
        ):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    began = threading.Thread(target=interrupt)
    began.start()
    assert runs.all() == 130
    began.join()
    assert (tmp_path / "tidied").exists()
    assert said[-1] == "interrupted: stopping tidy, script"
    assert [p for p in psutil.Process().children(recursive=True) if "60" in str(p.cmdline())] == []


def test_each_file_of_tests_is_in_one_group() -> None:
    def runs(group: Group, file: str) -> bool:
        under = any(file == path or file.startswith(f"{path}/") for path in group.paths)
        return under and f"--ignore={file}" not in group.paths

    for path in (ROOT / "tests").rglob("test_*.py"):
        file = path.relative_to(ROOT).as_posix()
        if "/node_modules/" not in file:
            assert sum(runs(group, file) for group in GROUPS) == 1, file
