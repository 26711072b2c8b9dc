"""Running laptop runtimes, one of each database, shared by the tests of a session."""

from __future__ import annotations

import fcntl
import os
import random
import secrets
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import HealthCheck, settings
from tests import oracle_dsn

from wms_connector.local.control import LocalControl
from wms_connector.local.java import MORE_OPTIONS
from wms_connector.local.lock import Purpose
from wms_connector.local.runtime import LocalRuntime
from wms_connector.local.sources.standin import standin as at_standin
from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from tests.e2e.support import Reader

    from wms_connector.local.standin.control import Standin
    from wms_connector.local.status import LocalStatus
    from wms_connector.model.stage import Stage

# No test asserts a time, on whatever machine, however busy.
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=1000 if os.environ.get("WMS_CONNECTOR_LONG") == "1" else 50,
)
settings.load_profile("any machine")

# Every Java part of the tests lives a minute or two: compiled quickly, they take a third less of
# the processor than compiled well.
os.environ.setdefault(MORE_OPTIONS, "-XX:TieredStopAtLevel=1")

# Oracle's plugin too: it answers validation requests without an Oracle.
_PURPOSES = frozenset({Purpose.ORACLE})
OFTEN = "tests/data/often.toml"
"""The pipeline file of WMS with a heartbeat each second: an audit of a quiet Oracle, whose offset
moves with the heartbeats, then waits for a second instead of a minute."""
_SHARED = {"runtime", "oracle_runtime"}
_BROKEN = {"scene"}

_FOLDER: pytest.StashKey[Path] = pytest.StashKey()
_SESSIONS = Path(tempfile.gettempdir()) / f"wms-connector-tests-{os.getuid()}"


def pytest_configure() -> None:
    """End like Ctrl-C when asked to: what runs is stopped by the fixtures that started it.

    Ctrl-C itself is ignored by what a shell runs in the background, and by all that this starts.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Have a failure say how the runtimes are: connectors, traces, ends of logs."""
    report = yield
    if report.failed and (folder := item.config.stash.get(_FOLDER, None)):
        from tests.e2e.told import told

        report.sections.append(("Runtimes at this moment", told(folder)))
    return report


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the tests of Oracle run on a real one; see tests/oracle_dsn.py."""
    parser.addoption(oracle_dsn.OPTION, metavar="DSN", help="USER@HOST:PORT/SERVICE")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have those that bring what they need go first, those that break the shared runtime last.

    A runtime that waits takes a quarter of a processor from what runs.
    """

    def turn(item: pytest.Item) -> int:
        used = set(getattr(item, "fixturenames", ()))
        return 2 if used & _BROKEN else int(bool(used & _SHARED))

    items.sort(key=turn)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The clone's folder."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def session_folder(pytestconfig: pytest.Config) -> Iterator[Path]:
    """A folder for this session's runtimes; what a killed session left is stopped and removed."""
    _SESSIONS.mkdir(mode=0o700, exist_ok=True)
    with (_SESSIONS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two sessions may begin at the same time
        for left in _SESSIONS.glob("*-*"):
            pid = left.name.partition("-")[0]
            if not (pid.isdecimal() and psutil.pid_exists(int(pid))):
                _remove(left)
    folder = _SESSIONS / f"{os.getpid()}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    pytestconfig.stash[_FOLDER] = folder
    yield folder
    del pytestconfig.stash[_FOLDER]
    _remove(folder)


@pytest.fixture(scope="session")
def pipeline(repository: Path) -> Pipeline:
    """The pipeline file of WMS."""
    return Pipeline.load(repository / "pipeline.toml")


@pytest.fixture(scope="session")
def stage(pipeline: Pipeline) -> Stage:
    """The shared runtime's stage."""
    return pipeline.stage("tests")


@pytest.fixture(scope="session")
def runtime(session_folder: Path, pipeline: Pipeline, stage: Stage) -> LocalRuntime:
    """The shared runtime, running, its connector registered, its prepared rows read.

    A test leaves it as it found it: every part alive, the connector running with the file's
    tables. Rows and topics may have changed; its topics hold nothing but what the connector wrote.
    """
    from tests.e2e.support import PREPARED, prepared, read_whole

    shared = LocalRuntime(
        session_folder / "shared",
        pipeline,
        stage,
        workers=1,  # a test that adds one takes it away by another `up`
        purposes=_PURPOSES,
        prepare=prepared(PREPARED),
    )
    shared.up()
    read_whole(shared, PREPARED)
    return shared


@pytest.fixture
def local(runtime: LocalRuntime) -> LocalStatus:
    """Addresses and parts of the shared runtime as they are now."""
    return runtime.status()


@pytest.fixture(scope="session")
def oracle_runtime(
    session_folder: Path, repository: Path, request: pytest.FixtureRequest
) -> LocalRuntime:
    """The same on the Oracle stand-in; with --oracle-dsn on that Oracle."""
    from tests.e2e.support import ORACLE_ROWS, prepared, read_whole

    real = oracle_dsn.asked(request.config)
    pipeline = Pipeline.load(repository / OFTEN)
    shared = LocalRuntime(
        session_folder / "oracle",
        pipeline,
        pipeline.stage("oracle-tests"),
        database="oracle",
        external=real.external if real else None,
        passwords=real.passwords if real else None,
        prepare=prepared(ORACLE_ROWS),
    )
    shared.up()
    read_whole(shared, ORACLE_ROWS)
    return shared


@pytest.fixture
def oracle(oracle_runtime: LocalRuntime) -> LocalStatus:
    """Addresses and parts of the shared runtime on the stand-in as they are now."""
    return oracle_runtime.status()


@pytest.fixture
def reader(request: pytest.FixtureRequest) -> Iterator[Reader]:
    """Reads from now on, of the shared runtime that the test uses."""
    from tests.e2e.support import Reader

    [name] = _SHARED & set(request.fixturenames)
    with Reader.of(request.getfixturevalue(name)) as reader:
        yield reader


@pytest.fixture
def standin(request: pytest.FixtureRequest) -> Iterator[Standin]:
    """Its database, to be brought into trouble; what was arranged is cleared afterwards."""
    if oracle_dsn.asked(request.config):
        pytest.skip(oracle_dsn.NEEDS_STANDIN)
    oracle_runtime: LocalRuntime = request.getfixturevalue("oracle_runtime")
    with at_standin(oracle_runtime.folder, oracle_runtime.recorded()) as control:
        yield control
        control.reconnect()  # a test may have killed the stand-in, and with it the session
        control.clear()


@pytest.fixture
def draw(record_property: pytest.RecordProperty) -> random.Random:
    """Chooses moments and victims; the seed is in the report."""
    seed = int(os.environ.get("WMS_CONNECTOR_SEED", "1"))
    record_property("seed", seed)
    return random.Random(seed)


@pytest.fixture
def long() -> None:
    """Skip unless the long forms were asked for."""
    if os.environ.get("WMS_CONNECTOR_LONG") != "1":
        pytest.skip("a long form: WMS_CONNECTOR_LONG=1 runs it")


def _remove(folder: Path) -> None:
    for state in folder.iterdir():
        LocalControl(state).down(purge=True)
    folder.rmdir()
