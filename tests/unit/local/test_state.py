from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from wms_connector.local.errors import BusyError, StateError
from wms_connector.local.state import Launch, Part, Process, State, StateFolder

if TYPE_CHECKING:
    from pathlib import Path

STATE = State(stage="s", product="wms", cluster_id="c", database="wms", user="wms")


def part(name: str, pid: int = 1) -> Part:
    launch = Launch(name=name, kind="worker", argv=("x",), folder="/f", log="/l", port=1)
    return Part(launch=launch, process=Process(pid=pid, created=2.5))


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    made = StateFolder(tmp_path / "a" / "state")
    made.make()
    return made


def test_state_reads_what_it_writes(folder: StateFolder) -> None:
    state = STATE.with_part(part("worker-1")).with_part(part("worker-2"))
    folder.write(state)
    assert folder.read() == state
    assert list(state.without_part("worker-1").parts) == ["worker-2"]


def test_a_part_is_replaced_by_its_name() -> None:
    state = STATE.with_part(part("w", 1)).with_part(part("w", 2))
    assert [found.process.pid for found in state.parts.values() if found.process] == [2]


def test_nothing_recorded_is_no_state(tmp_path: Path) -> None:
    assert StateFolder(tmp_path / "none").read() is None
    (tmp_path / "file").write_text("")
    assert StateFolder(tmp_path / "file").read() is None


@pytest.mark.parametrize("text", ["", "{}", '{"version": 2}', "[]"])
def test_a_damaged_state_is_an_error_with_the_way_out(folder: StateFolder, text: str) -> None:
    (folder.path / "state.json").write_text(text)
    with pytest.raises(StateError, match="--purge"):
        folder.read()


def test_only_the_owner_may_read(folder: StateFolder) -> None:
    folder.write(STATE)
    folder.password()
    for name in ("state.json", "secrets.json"):
        assert stat.S_IMODE((folder.path / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_the_password_is_made_once_and_is_each_folders_own(tmp_path: Path) -> None:
    one, two = StateFolder(tmp_path / "1"), StateFolder(tmp_path / "2")
    one.make()
    two.make()
    assert one.password() == one.password()
    assert one.password() != two.password()
    assert "**" in str(one.password())


def test_each_name_has_its_password_and_one_that_was_given_is_kept(folder: StateFolder) -> None:
    made = folder.secret("SYS")
    assert made == folder.secret("SYS")
    assert made != folder.password()
    folder.keep_secret("oracle", SecretStr("theirs"))
    folder.keep_secret("oracle", SecretStr("theirs"))
    assert set(folder.passwords()) == {made, folder.password(), SecretStr("theirs")}


def test_a_damaged_password_file_is_an_error(folder: StateFolder) -> None:
    (folder.path / "secrets.json").write_text("{}")
    with pytest.raises(StateError, match="KeyError"):
        folder.password()


def test_two_commands_do_not_share_a_folder(folder: StateFolder) -> None:
    with (
        folder.locked("local up"),
        pytest.raises(BusyError, match=r"`local up` \(process \d+\) is working"),
        folder.locked("local down"),
    ):
        pass
    with folder.locked("local down"):
        pass


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="--state"):
        StateFolder(tmp_path / "file" / "state").make()


def test_a_failed_write_leaves_what_was_there(folder: StateFolder) -> None:
    folder.write(STATE)
    (folder.path / "plain").write_text("")
    with pytest.raises(StateError, match="cannot be written"):
        folder.write_private("plain/x", "text")
    assert folder.read() == STATE
    assert sorted(path.name for path in folder.path.iterdir()) == ["logs", "plain", "state.json"]


def test_a_password_that_is_forgotten_is_made_anew(folder: StateFolder) -> None:
    word = folder.secret("next")
    folder.forget_secret("next")
    folder.forget_secret("next")
    assert folder.secret("next") != word
    assert folder.password() in folder.passwords()
