"""The verbs of connectors on a running worker: their JSON, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from tests.e2e.command import wms
from tests.e2e.support import Reader, flows, until

from wms_connector.connect.client import ConnectClient
from wms_connector.connect.wait import until_gone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.command import Wms

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.status import LocalStatus

NAME = "wms-oracle-cdc"
RUNNING = {NAME: "RUNNING, task 0 RUNNING"}


def test_status_says_state_worker_tasks_and_delivery(command: Wms, local: LocalStatus) -> None:
    told = command("status", "--json")
    assert told.status == 0
    [connector] = told.json["connectors"]
    [task] = connector["tasks"]
    assert (told.json["stage"], told.json["delivery"]) == ("tests", "exactly-once")
    assert (connector["name"], connector["state"], connector["ours"]) == (NAME, "RUNNING", True)
    assert (task["id"], task["state"], task["trace"]) == (0, "RUNNING", None)
    assert f"http://{task['worker']}" in local.connect_urls
    assert "exactly-once" in command("status").out


def test_status_says_how_far_behind_the_database_it_is(
    command: Wms, local: LocalStatus, reader: Reader
) -> None:
    flows(reader, local)
    [connector] = command("status", "--json").json["connectors"]
    lag = connector["lag"]
    assert lag["bytes_behind"] >= 0
    assert lag["slot_bytes"] >= 0
    assert lag["last_change_seconds"] >= 0
    assert "behind PostgreSQL: " in command("status").out


def test_the_same_through_url(local: LocalStatus) -> None:
    told = wms("status", "--stage", "tests", "--url", local.connect_url, "--json")
    assert told.status == 0
    assert told.json["healthy"] is True


@pytest.fixture
def reader(runtime: LocalRuntime) -> Iterator[Reader]:
    with Reader.of(runtime) as reader:
        yield reader


def test_wait_plan_apply_and_restart(command: Wms, local: LocalStatus, reader: Reader) -> None:
    """A restart is seen through before the next: Connect waits half a minute for a task that it
    stops while it starts."""
    assert command("wait", "--json").by_connector == RUNNING
    assert command("plan", "--json").json["changes"] is False
    assert command("apply", "--json").json["running"] == RUNNING
    assert command("restart", "--json").by_connector == {
        NAME: "nothing is FAILED, nothing was restarted"
    }
    assert command("restart", "--task", "0", "--json").by_connector == {NAME: "task 0 restarts"}
    flows(reader, local)
    assert command("restart", "--all", "--json").by_connector == {NAME: "restarts"}
    flows(reader, local)
    assert command("wait", "--json").by_connector == RUNNING


def test_pause_stop_resume_and_offsets(command: Wms) -> None:
    assert command("pause", NAME, "--json").by_connector == {NAME: "PAUSED, task 0 PAUSED"}
    paused = command("status", "--json")
    assert (paused.status, paused.json["healthy"]) == (1, False)
    assert command("stop", "--json").by_connector == {NAME: "STOPPED, no task"}
    stopped = command("status", "--json")
    assert (stopped.status, stopped.json["healthy"]) == (1, False)
    assert command("resume", "--json").by_connector == RUNNING
    [entry] = command("offsets", "--json").json[NAME]
    assert entry["partition"] == {"server": "tests.wms"}


@pytest.mark.parametrize("verb", ["pause", "resume", "stop", "restart", "offsets"])
def test_an_unknown_connector_is_answered_with_what_there_is(command: Wms, verb: str) -> None:
    told = command(verb, "nobody")
    assert told.status == 1
    assert told.out == ""
    assert "nobody" in told.err
    assert f"There are: {NAME}" in told.err


def test_an_unknown_task(command: Wms) -> None:
    told = command("restart", "--task", "7")
    assert told.status == 1
    assert "task 7" in told.err
    assert "There are: 0" in told.err


@pytest.mark.parametrize("change", [["--reset"], ["--set", "FILE"]], ids=["reset", "set"])
def test_offsets_of_a_running_connector_stay(
    command: Wms, tmp_path: Path, change: list[str]
) -> None:
    printed = command("offsets", NAME, "--json")
    file = tmp_path / "offsets.json"
    file.write_text(printed.out)
    options = [str(file) if option == "FILE" else option for option in change]
    told = command("offsets", NAME, *options, "--yes")
    assert told.status == 1
    assert "Stop it first" in told.err
    assert command("wait", "--json").by_connector == RUNNING


@pytest.mark.parametrize(
    "content",
    ["", "nonsense", "[1, 2]", '{"partition": 1}', '[{"offset": {}}]', '{"x": [{"partition": 5}]}'],
)
def test_offsets_that_are_none_are_refused(command: Wms, tmp_path: Path, content: str) -> None:
    file = tmp_path / "offsets.json"
    file.write_text(content)
    told = command("offsets", NAME, "--set", file, "--yes")
    assert told.status == 2
    assert str(file) in told.err
    assert len(told.err.splitlines()) == 1


def test_a_change_of_offsets_wants_to_be_meant(command: Wms) -> None:
    told = command("offsets", NAME, "--reset")
    assert told.status == 2
    assert "--yes" in told.err


@pytest.fixture
def failing(local: LocalStatus) -> Iterator[str]:
    """A second connector of ours whose task fails, with the database's password in its trace."""
    name = f"{NAME}-failing"
    with ConnectClient(local.connect_urls) as client:
        config = {
            key: value for key, value in client.connector(NAME).config.items() if value is not None
        }
        config |= {
            "name": name,
            "topic.prefix": "tests.failing",
            "slot.name": "failing",
            "publication.name": "failing",
            "transforms": "key",
            "transforms.key.type": "org.apache.kafka.connect.transforms.ValueToKey",
            "transforms.key.fields": "${env:DB_PASSWORD}",
        }
        client.put(name, config)
        try:
            yield name
        finally:
            client.delete(name)
            until_gone(client, name)
    with psycopg.connect(local.database_dsn, autocommit=True) as connection:
        connection.execute("DROP PUBLICATION IF EXISTS failing")
        query = "SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots"
        until(lambda: _dropped(connection, query), "the slot given up")


def test_a_failed_task_says_its_causes_and_no_secret(
    command: Wms, runtime: LocalRuntime, failing: str
) -> None:
    def failed() -> bool:
        states = {c["name"]: c["tasks"] for c in command("status", "--json").json["connectors"]}
        return any(task["state"] == "FAILED" for task in states.get(failing, []))

    until(failed, "the task has failed")
    password = runtime.folder.password().get_secret_value()
    for options in ([], ["--json"]):
        told = command("status", *options)
        assert told.status == 1
        assert "Field does not exist" in told.out
        assert password not in told.out + told.err
    refused = command("restart", failing)  # it writes topics that are not this stage's
    assert refused.status == 2
    assert "topic.prefix=tests.failing" in refused.err


def _dropped(connection: psycopg.Connection[Any], query: str) -> bool:
    where = " WHERE slot_name = 'failing'"
    active = connection.execute(
        f"SELECT count(*) FROM pg_replication_slots{where} AND active".encode()
    ).fetchone()
    if active != (0,):
        return False
    connection.execute(f"{query}{where}".encode())
    return True
