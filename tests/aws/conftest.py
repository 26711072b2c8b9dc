"""The emulated AWS, bootstrapped once, on the broker and the database of the shared runtime."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from tests.aws.emulator import REGION, Emulator
from tests.aws.site import Ground, Site

from wms_connector.local import worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime

LATER_TABLE = "MMDL.PLAN_WVR_RVSN_TBL"
"""Not in the branch's pipeline file at first."""


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Emulator]:
    """The emulator, running; nothing is in it."""
    found = Emulator(tmp_path_factory.mktemp("aws") / "emulator", repository)
    try:
        found.start()
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="session")
def _bootstrap(emulator: Emulator) -> Iterator[Future[str]]:
    """The CDK's own command line prepares the account, while broker and database start."""

    def run() -> str:
        empty = emulator.folder / "empty"
        empty.mkdir()
        account = f"aws://{emulator.account}/{REGION}"
        done = subprocess.run(
            [sys.executable, "-m", "wms_connector.infra.toolkit", "bootstrap",
             "--qualifier", "one", account, "--app", "", "--no-notices"],
            cwd=empty,
            env=emulator.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )  # fmt: skip
        told = f"{done.stdout}\n{done.stderr}"
        assert done.returncode == 0, told
        return told

    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(run)


@pytest.fixture(scope="session")
def ground(
    emulator: Emulator, _bootstrap: Future[str], oracle_runtime: LocalRuntime, repository: Path
) -> Ground:
    """Everything that stages stand on. The runtime's own worker is not among it, and would poll."""
    oracle_runtime.kill(worker.name(1), signal.SIGTERM)
    found = Ground(emulator, oracle_runtime, repository)
    found.keep_secrets()
    assert "bootstrapped" in _bootstrap.result()
    return found


@pytest.fixture(scope="session")
def _deployed(ground: Ground) -> tuple[Site, Site]:
    """A named stage and a branch's, deployed side by side."""
    sites = (Site(ground, "main"), Site(ground, "Wave_7.a", without=LATER_TABLE))
    with ThreadPoolExecutor(len(sites)) as pool:
        for told in pool.map(Site.deploy, sites):
            assert "is deployed" in told
    return sites


@pytest.fixture(scope="session")
def named(_deployed: tuple[Site, Site]) -> Site:
    """Stage main, deployed with all tables."""
    return _deployed[0]


@pytest.fixture(scope="session")
def branch(_deployed: tuple[Site, Site]) -> Site:
    """A branch's stage, whose name neither CloudFormation nor DNS would take."""
    return _deployed[1]
