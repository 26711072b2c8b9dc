"""The network and the instance: whatever breaks, the connector tries again, and loses nothing.

Meanwhile its task is RUNNING: that nothing flows shows as lag in `status`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.e2e.support import for_a_while, until
from tests.oracle.recovery.trial import SOON, Trial, keys

from wms_connector.local.standin.schema import CONNECTOR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.standin.control import Standin

MINING = "LOGMNR_CONTENTS"
USER = "C##WMS"
BROKEN = ["ORA-03113", "ORA-03135", "ORA-01089"]
OUTAGE = 3  # s; the long forms take a minute and ten
LONG = [60, 600]


@pytest.fixture(scope="module")
def _shared_trial(
    alone_on_the_worker: LocalRuntime, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Trial]]:
    made: list[Trial] = []
    yield made
    for trial in made:
        trial.__exit__()


@pytest.fixture
def trial(
    _shared_trial: list[Trial],
    alone_on_the_worker: LocalRuntime,
    standin: Standin,
    tmp_path_factory: pytest.TempPathFactory,
) -> Trial:
    """One table for all of these; each test leaves its connector running."""
    if not _shared_trial:
        folder: Path = tmp_path_factory.mktemp("network")
        trial = Trial(alone_on_the_worker, standin, folder, overrides=SOON)
        _shared_trial.append(trial.__enter__())
        trial.begin()
    [trial] = _shared_trial
    trial.standin = standin
    trial.mark()
    return trial


@pytest.mark.parametrize("error", BROKEN)
def test_an_error_that_passes_is_tried_again(trial: Trial, error: str) -> None:
    trial.standin.fault(MINING, error=error, times=2, users=USER)
    meanwhile = trial.insert()
    until(lambda: trial.said(error, "Going to restart connector"), f"{error}, and a new attempt")
    trial.arrives(meanwhile)
    assert trial.runs()
    trial.exact()


def test_the_connection_is_cut_again_and_again(trial: Trial) -> None:
    trial.standin.cut(MINING, times=3, users=USER)
    numbers = [trial.insert() for _ in range(20)]
    trial.arrives(numbers[-1])
    assert trial.said("Going to restart connector")
    trial.exact()


def test_the_connection_freezes_and_status_tells(trial: Trial) -> None:
    trial.standin.freeze(MINING, times=1, users=USER)
    try:
        meanwhile = trial.insert()
        until(lambda: (trial.status()["lag"]["seconds_behind"] or 0) > 3, "lag that grows")
        assert trial.runs()
        assert trial.changes(meanwhile) == []
    finally:
        trial.standin.clear()
    trial.arrives(meanwhile)
    trial.exact()


@pytest.mark.parametrize(
    ("error", "entry"),
    [("ORA-01013", "statement-cancelled"), ("ORA-04036", "pga-limit")],
)
def test_what_the_connector_gives_up_on_is_told_and_healed_by_a_restart(
    trial: Trial, error: str, entry: str
) -> None:
    trial.standin.fault(MINING, error=error, times=1, users=USER)
    meanwhile = trial.insert()
    failed = trial.fails()
    assert entry in keys(failed)
    [told] = [one for one in failed["explained"] if one["key"] == entry]
    assert told["restart_heals"]
    trial.restart()
    trial.arrives(meanwhile)
    trial.exact()


def outage(trial: Trial, seconds: float) -> None:
    """Refuse connections for so long, with the pause between attempts that Fargate has."""
    trial.configure({})
    trial.flows()
    trial.mark()
    trial.standin.refuse("ORA-12541")
    trial.standin.kill_sessions(CONNECTOR)
    try:
        meanwhile = [trial.insert()]
        for _ in for_a_while(seconds):
            pass
        until(lambda: trial.said("ORA-12541", "Going to restart connector"), "attempts")
        meanwhile.append(trial.insert())
        told = trial.command("status")
        assert "ORA-12541" in told.out
        assert trial.runs()
    finally:
        trial.standin.allow()
    for number in meanwhile:
        trial.arrives(number)
    trial.exact()


def test_connections_are_refused_for_a_while(trial: Trial) -> None:
    outage(trial, OUTAGE)


@pytest.mark.skipif(os.environ.get("WMS_CONNECTOR_LONG") != "1", reason="a long form")
@pytest.mark.parametrize("seconds", LONG)
def test_connections_are_refused_for_long(trial: Trial, seconds: int) -> None:
    outage(trial, seconds)
