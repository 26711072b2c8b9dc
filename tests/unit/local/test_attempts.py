from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from tests.unit.health.attempts_contract import AttemptsContract

from wms_connector.health.budget import Attempt, Log
from wms_connector.health.history import History, Mark, Stand
from wms_connector.local.attempts import FILE, HealthFile
from wms_connector.local.errors import StateError
from wms_connector.local.purge import purge
from wms_connector.local.state import StateFolder

if TYPE_CHECKING:
    from pathlib import Path

HISTORY = History(
    seen={"no-tasks:x": Mark(count=2, first=1.0, last=2.0)},
    stands={"x": Stand(offset="a", since=1.0, source="7")},
)


class TestAttempts(AttemptsContract):
    unreadable = StateError

    @pytest.fixture
    def stores(self, tmp_path: Path) -> tuple[HealthFile, HealthFile]:
        self.path = tmp_path / FILE
        return HealthFile(tmp_path), HealthFile(tmp_path)

    def spoil(self, store: HealthFile) -> None:
        del store
        with sqlite3.connect(self.path) as database:
            database.execute("UPDATE kept SET body = '{\"a\": 1}'")
        database.close()


def test_a_file_that_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("nonsense " * 200)
    store = HealthFile(tmp_path)
    for call in (store.read, store.history, lambda: store.keep(HISTORY)):
        with pytest.raises(StateError, match=r"health\.sqlite3 cannot be used.*remove it"):
            call()
    with pytest.raises(StateError):
        store.replace(Log(), ())


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    store = HealthFile(tmp_path / "gone")
    assert store.read() == Log()
    assert store.history() == History()
    with pytest.raises(StateError):
        store.replace(Log(), ())


def test_history_is_kept_beside_the_attempts(tmp_path: Path) -> None:
    store = HealthFile(tmp_path)
    assert store.history() == History()
    store.keep(HISTORY)
    assert store.replace(store.read(), (Attempt(1.0, "x"),))
    store.keep(HISTORY)
    assert HealthFile(tmp_path).history() == HISTORY
    assert HealthFile(tmp_path).read().version == 1


def test_a_history_of_another_form_is_as_good_as_none(tmp_path: Path) -> None:
    store = HealthFile(tmp_path)
    store.keep(HISTORY)
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("UPDATE kept SET body = '{\"seen\": 3}'")
    database.close()
    assert store.history() == History()


def test_looking_alone_writes_nothing(tmp_path: Path) -> None:
    HealthFile(tmp_path).read()
    HealthFile(tmp_path).history()
    assert list(tmp_path.iterdir()) == []


def test_purge_takes_it_away(tmp_path: Path) -> None:
    HealthFile(tmp_path).keep(HISTORY)
    purge(StateFolder(tmp_path), None)
    assert not tmp_path.exists()
