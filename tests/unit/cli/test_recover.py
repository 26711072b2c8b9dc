from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.cli.served import served
from tests.unit.connect.fake_worker import FakeWorker, status

from wms_connector.connect.recovery import HISTORY, MODE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.unit.cli.conftest import Result

    Wms = Callable[..., Result]

NAME = "wms-oracle-cdc"
ORACLE = "io.debezium.connector.oracle.OracleConnector"
OLD = [{"partition": {"server": "wms"}, "offset": {"scn": "10"}}]
NEW = [{"partition": {"server": "wms"}, "offset": {"scn": "99"}}]
PURGED = (
    "io.debezium.DebeziumException: The connector is trying to read change stream starting at x, "
    "but this is no longer available on the server.\n\tat io.debezium.X.y(X.java:1)"
)
LOST = "io.debezium.DebeziumException: The db history topic is missing. You may"
CONFIG = {"connector.class": ORACLE, "topic.prefix": "wms", HISTORY: "h", MODE: "initial"}


class Here:
    def __init__(self, wms: Wms, worker: FakeWorker, url: str) -> None:
        self.worker, self._wms, self._url = worker, wms, url

    def __call__(self, *args: str) -> Any:
        return self._wms(*args, "--stage", "main", "--url", self._url)

    def fails(self, trace: str) -> None:
        self.worker.states[NAME] = status(NAME, "RUNNING", ("FAILED",), trace)

    @property
    def changed(self) -> bool:
        return any(not call.startswith("GET") for call in self.worker.calls)


@pytest.fixture
def here(wms: Wms) -> Iterator[Here]:
    worker = FakeWorker()
    worker.add(NAME, CONFIG)
    worker.offsets[NAME] = OLD
    worker.on_start = lambda name: worker.offsets.update({name: NEW})
    with served(worker) as url:
        yield Here(wms, worker, url)


@pytest.mark.parametrize(("what", "trace"), [("snapshot", PURGED), ("schema-history", LOST)])
def test_without_yes_it_shows_what_it_would_do(here: Here, what: str, trace: str) -> None:
    here.fails(trace)
    told = here("recover", what)
    assert told.status == 0
    assert "stop the connector" in told.out
    assert "SCN 10" in told.out
    assert "dry run: nothing was done; --yes does it" in told.out
    assert not here.changed
    assert here("recover", what, "--json").json["done"] is False


def test_snapshot_says_what_consumers_will_see(here: Here) -> None:
    here.fails(PURGED)
    told = " ".join(here("recover", "snapshot").out.split())
    for text in ("RMAN RESTORE ARCHIVELOG", "as op `r`", "no delete event", "as extra"):
        assert text in told


@pytest.mark.parametrize(("what", "trace"), [("snapshot", PURGED), ("schema-history", LOST)])
def test_it_repairs_and_keeps_what_was_before(here: Here, what: str, trace: str) -> None:
    here.fails(trace)
    done = here("recover", what, "--yes", "--json")
    assert done.status == 0, done.err
    assert here.worker.offsets[NAME] == NEW
    assert here.worker.configs[NAME][MODE] == "initial"
    kept = json.loads(Path(done.json["kept"]).read_text())
    assert kept["offsets"] == OLD
    assert Path(done.json["kept"]).stat().st_mode & 0o077 == 0
    assert list(Path("state").glob("recover-*.json")) == [
        Path("state", Path(done.json["kept"]).name)
    ]


@pytest.mark.parametrize("what", ["snapshot", "schema-history"])
def test_what_does_not_fail_of_it_is_refused_unless_somebody_says_why(
    here: Here, what: str
) -> None:
    refused = here("recover", what, "--yes")
    assert refused.status == 2
    assert "--anyway" in refused.err
    assert not here.changed
    done = here("recover", what, "--yes", "--anyway", "the DBA says so", "--json")
    assert done.status == 0, done.err
    assert done.json["finding"] == "the DBA says so"


def test_one_finding_is_not_the_other(here: Here) -> None:
    here.fails(LOST)
    assert here("recover", "snapshot", "--yes").status == 2
    here.fails(PURGED)
    assert here("recover", "schema-history", "--yes").status == 2
    assert not here.changed


def test_an_interrupted_repair_is_gone_on_with_and_not_mixed(here: Here) -> None:
    here.fails(PURGED)
    here.worker.on_start = None
    late = here("recover", "snapshot", "--yes", "--timeout", "1")
    assert late.status == 1
    assert "the same command again waits for its end" in late.err
    assert here.worker.offsets[NAME] == []
    mixed = here("recover", "schema-history", "--yes")
    assert "`recover snapshot` was begun here" in mixed.err
    again = here("recover", "snapshot", "--json")
    assert again.json["continues"]
    assert again.json["offsets"] == OLD
    here.worker.offsets[NAME] = NEW
    done = here("recover", "snapshot", "--yes")
    assert done.status == 0, done.err
    assert here.worker.calls.count(f"DELETE /connectors/{NAME}/offsets") == 1


def test_a_snapshot_takes_the_place_of_a_rebuilding_that_led_nowhere(here: Here) -> None:
    here.fails(LOST)
    told = status(NAME, "RUNNING", ("FAILED",), "x: Oracle LogMiner is unable to re-construct the "
                  "SQL for 'INSERT' event")  # fmt: skip
    here.worker.on_start = None
    here.worker.starts_as[NAME] = told
    assert here("recover", "schema-history", "--yes").status == 1
    assert here.worker.configs[NAME][MODE] == "recovery"
    del here.worker.starts_as[NAME]
    here.worker.on_start = lambda name: here.worker.offsets.update({name: NEW})
    done = here("recover", "snapshot", "--yes", "--json")
    assert done.status == 0, done.err
    assert here.worker.configs[NAME][MODE] == "initial"
    assert here.worker.offsets[NAME] == NEW


def test_a_record_that_cannot_be_read_stops_it(here: Here) -> None:
    here.fails(PURGED)
    Path("state").mkdir()
    Path("state", f"recover-main-{NAME}.json").write_text("{")
    told = here("recover", "snapshot", "--yes")
    assert told.status == 1
    assert "move it away" in told.err
    assert not here.changed


def test_another_stage_s_connector_is_refused(here: Here) -> None:
    here.fails(PURGED)
    here.worker.configs[NAME]["topic.prefix"] = "other.wms"
    told = here("recover", "snapshot", "--yes", "--anyway", "x")
    assert told.status == 2
    assert "not that of stage main" in told.err
    assert not here.changed


def test_a_connector_that_is_not_ours_or_not_there(here: Here) -> None:
    here.worker.add("somebody-s", {"connector.class": "x"})
    assert "is no connector of this pipeline" in here("recover", "snapshot", "somebody-s").err
    here.worker.configs.clear()
    here.worker.states.clear()
    assert "no connectors of wms" in here("recover", "snapshot").err


def test_a_mode_that_somebody_has_set_by_hand_is_not_put_back(here: Here) -> None:
    here.fails(LOST)
    here.worker.configs[NAME][MODE] = "recovery"
    assert here("recover", "schema-history", "--yes").status == 0
    assert here.worker.configs[NAME][MODE] == "initial"


def test_structures_that_were_not_checked_are_said_to_be_so(here: Here) -> None:
    here.fails(LOST)
    assert "That was not checked" in here("recover", "schema-history").out
    asked = here("recover", "schema-history", "--oracle-dsn", "u@127.0.0.1:1/X")
    assert asked.status == 0
    assert "could not be checked" in asked.out
    two = here("recover", "snapshot", "--oracle-dsn", "u@h:1/X", "--secrets", "x.json")
    assert two.status == 2


def test_status_tells_what_a_trace_means_before_what_it_says(here: Here) -> None:
    here.fails(PURGED)
    told = here("status")
    assert told.status == 1
    meaning = told.out.index("-> restart-point-purged: ")
    assert meaning < told.out.index("The connector is trying to read")
    assert "wms-connector recover snapshot" in told.out
    (connector,) = here("status", "--json").json["connectors"]
    (entry,) = connector["tasks"][0]["explained"]
    assert entry["recover"] == ["snapshot"]
    assert entry["who"] == "DBA"
    assert connector["explained"] == []
    assert connector["lag"] is None


def test_a_command_that_meets_a_failed_connector_tells_the_entry_first(here: Here) -> None:
    here.fails("java.sql.SQLException: ORA-01031: insufficient privileges")
    told = here("wait")
    assert told.status == 1
    assert told.err.splitlines()[-1].startswith("wms-connector: ORA-01031: the connector's user")
    assert "It says: wms-oracle-cdc: task 0 is FAILED" in told.err


def test_a_database_that_cannot_be_asked_is_told_with_the_rest(here: Here) -> None:
    told = here("status", "--oracle-dsn", "u@127.0.0.1:1/X")
    assert told.status == 0
    assert "lag unknown: there is no password" in told.out
