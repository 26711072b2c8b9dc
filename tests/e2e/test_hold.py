"""A connector that is held holds changes back, and loses none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.e2e.command import Wms
from tests.e2e.support import flows, for_a_while, write_one

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.support import Reader

    from wms_connector.local.runtime import LocalRuntime

NAME = "wms-oracle-cdc"


@pytest.fixture
def command(runtime: LocalRuntime) -> Wms:
    return Wms(runtime, runtime.stage.name)


def arrives_after_resume(command: Wms, runtime: LocalRuntime, reader: Reader, *, held: str) -> None:
    assert [c["state"] for c in command("status", "--json").json["connectors"]] == [held]
    number = write_one(runtime.status())
    for _ in for_a_while(1.5):
        reader.more()
        assert reader.of_key(number) == []
    assert command("resume").out == f"{NAME}: RUNNING, task 0 RUNNING\n"
    reader.until_key(number, "what was held")
    assert len(reader.of_key(number)) == 1


def test_pause_holds_changes_until_resume(
    command: Wms, runtime: LocalRuntime, reader: Reader
) -> None:
    flows(reader, runtime.status())
    assert command("pause").out == f"{NAME}: PAUSED, task 0 PAUSED\n"
    assert command("status").status == 1
    arrives_after_resume(command, runtime, reader, held="PAUSED")
    assert command("status").status == 0


def test_stop_keeps_the_offsets_which_can_be_set_and_go_on(
    command: Wms, runtime: LocalRuntime, reader: Reader, tmp_path: Path
) -> None:
    flows(reader, runtime.status())
    assert command("stop", "--json").by_connector == {NAME: "STOPPED, no task"}
    printed = command("offsets", NAME, "--json")
    [entry] = printed.json[NAME]
    assert entry["offset"]["lsn"] > 0
    file = tmp_path / "offsets.json"
    file.write_text(printed.out)
    done = command("offsets", NAME, "--set", file, "--yes", "--json")
    assert done.status == 0
    assert "successfully" in done.err
    assert done.json == json.loads(printed.out)
    arrives_after_resume(command, runtime, reader, held="STOPPED")
