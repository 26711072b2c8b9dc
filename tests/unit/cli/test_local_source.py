"""`local up`: which database is asked for, before anything is started."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wms_connector.local.state import State, StateFolder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Wms


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--oracle-pdb", "P"), "--oracle-dsn, which is missing"),
        (("--source", "postgres", "--oracle-dsn", "u@h:1521/s"), "exclude each other"),
        (("--oracle-dsn", "u/hush-hush@h:1521/s"), "a password"),
        (("--source", "db2"), "'db2' is not one of"),
    ],
)
def test_options_that_contradict(
    wms: Wms, tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    result = wms("local", "up", "--state", str(tmp_path / "new"), *options)
    assert result.status == 2
    assert told in " ".join(result.err.split())
    assert "hush" not in result.err
    assert not (tmp_path / "new").exists()


def test_a_folder_of_another_database_is_left_alone(wms: Wms, tmp_path: Path) -> None:
    state = State(stage="local", product="wms", cluster_id="c", database="wms", user="wms")
    StateFolder(tmp_path).make()
    StateFolder(tmp_path).write(state)
    result = wms("local", "up", "--state", str(tmp_path), "--source", "oracle")
    assert result.status == 1
    assert "is PostgreSQL, not the Oracle stand-in" in result.err
    assert "--state" in result.err
    assert StateFolder(tmp_path).read() == state
