"""The demo as everybody runs it, shortened: what it says of itself, and what it leaves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.command import process
from tests.e2e.support import PATIENCE
from tests.e2e.test_interrupted import of_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_a_short_demo_holds_both_promises(tmp_path: Path) -> None:
    options = ("--plain", "--json", "--rows", "2000", "--seconds", "6")
    with process("demo", *options, TMPDIR=str(tmp_path)) as started:
        out, err = started.communicate(timeout=2 * PATIENCE)
    assert started.returncode == 0, err
    told = json.loads(out)
    assert told["held"] is True
    assert (told["missing"], told["twice"], told["snapshot_rows"]) == (0, 0, 2000)
    assert told["events"] > 0
    assert told["latency_p50_ms"] is not None
    assert told["recovery_s"] > 0
    for chapter in ("Snapshot", "killed", "Counting", "Stopping everything"):
        assert chapter in err
    assert of_folder(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
