"""Commands as processes: their output goes into a pipe that is closed, or a signal ends them."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest
from tests.e2e.command import process
from tests.e2e.support import PATIENCE

if TYPE_CHECKING:
    from tests.e2e.command import Wms


@pytest.mark.parametrize(
    "args",
    [["names", "--json"], ["local", "logs"], ["local", "logs", "--follow"], ["status", "--json"]],
    ids=" ".join,
)
def test_a_reader_that_goes_away_is_no_fault(command: Wms, args: list[str]) -> None:
    where = command.where[2:] if args[0] == "names" else command.where
    with process(*args, *where) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        assert started.stdout.readline()
        started.stdout.close()
        if "--follow" in args:  # what it has to say next finds nobody
            assert command("pause").status == 0
            assert command("resume").status == 0
        assert started.wait(PATIENCE) == 0
        assert started.stderr.read() == ""


def test_tail_prints_what_write_writes_and_ctrl_c_ends_it(command: Wms) -> None:
    with process("local", "tail", "--json", *command.where) as tail:
        assert tail.stdout is not None
        with process("local", "write", "--rate", "50", "--json", *command.where) as write:
            change = json.loads(tail.stdout.readline())
            write.send_signal(signal.SIGINT)
            out, _ = write.communicate(timeout=PATIENCE)
        assert write.returncode == 0
        assert json.loads(out)["events"] >= 1
        assert change["topic"].startswith("tests.wms.")
        tail.send_signal(signal.SIGINT)
        _, err = tail.communicate(timeout=PATIENCE)
    assert tail.returncode == 130
    assert err.endswith("wms-connector: interrupted\n")


def test_tail_stops_after_so_many(command: Wms) -> None:
    assert command("local", "write", "--count", "3", "--rate", "1000", "--json").status == 0
    with process("local", "tail", "--from-beginning", "--count", "3", *command.where) as tail:
        out, err = tail.communicate(timeout=PATIENCE)
    assert tail.returncode == 0, err
    assert len(out.splitlines()) == 3
