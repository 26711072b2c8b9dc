"""A transaction of many rows, over several logs: it arrives whole, as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.oracle.recovery.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.standin.control import Standin

BATCH = 2_500


@pytest.fixture
def trial(alone_on_the_worker: LocalRuntime, standin: Standin, tmp_path: Path) -> Iterator[Trial]:
    with Trial(alone_on_the_worker, standin, tmp_path) as made:
        made.begin()
        yield made


def many_rows(trial: Trial, rows: int) -> None:
    insert = f"INSERT INTO {trial.path} (ID, NOTE_TXT) VALUES (:id, 'one of many')"
    first = 1_000_000
    for start in range(first, first + rows, BATCH):
        batch = [{"id": number} for number in range(start, start + BATCH)]
        trial.application.execute_many(insert, batch)
        if start - first in {BATCH, 2 * BATCH}:
            trial.standin.switch_log()
    trial.application.commit()
    arrived = trial.reader.until(
        lambda change: (change.after or {}).get("NOTE_TXT") == "one of many", "all", count=rows
    )
    assert len({change.source["commit_scn"] for change in arrived}) == 1
    trial.exact()


def test_ten_thousand_rows(trial: Trial) -> None:
    many_rows(trial, 10_000)


@pytest.mark.usefixtures("long")
def test_a_hundred_thousand_rows(trial: Trial) -> None:
    many_rows(trial, 100_000)
