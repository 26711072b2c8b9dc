"""The client against a real worker with a real Debezium; the shared connector is left as it was."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import httpx
import pytest
from confluent_kafka import Consumer, TopicPartition

from wms_connector.connect.apply import reconcile
from wms_connector.connect.client import ConnectClient
from wms_connector.connect.errors import (
    AlreadyExistsError,
    NotFoundError,
    RefusedError,
    RejectedConfigError,
    UnreachableError,
    WaitError,
)
from wms_connector.connect.http import Patience
from wms_connector.connect.models import ConnectorState, InitialState
from wms_connector.connect.reconcile import Verb, actual_of, plan
from wms_connector.connect.wait import Waiting, until_gone, until_running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.status import LocalStatus
    from wms_connector.model.names import Names
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

SETTLED = Waiting(settle=2)


@pytest.fixture
def names(pipeline: Pipeline, stage: Stage) -> Names:
    return pipeline.names(stage)


@pytest.fixture
def client(local: LocalStatus) -> Iterator[ConnectClient]:
    with ConnectClient(local.connect_urls) as client:
        yield client


@pytest.fixture
def config(client: ConnectClient, names: Names) -> dict[str, str]:
    found = client.connector(names.connector).config
    return {key: value for key, value in found.items() if value is not None and key != "name"}


@pytest.fixture
def password(runtime: LocalRuntime) -> str:
    return runtime.folder.password().get_secret_value()


def test_the_worker_and_its_plugins(client: ConnectClient) -> None:
    assert client.worker().version.startswith("4.")
    assert client.health().is_healthy
    plugin = "io.debezium.connector.postgresql.PostgresConnector"
    assert plugin in {found.name for found in client.plugins()}
    assert "topic.prefix" in {definition.name for definition in client.definitions(plugin)}


def test_a_worker_that_is_gone_is_passed_over(local: LocalStatus, names: Names) -> None:
    with ConnectClient(["http://127.0.0.1:1", *local.connect_urls]) as client:
        assert client.status(names.connector).is_running
    with (
        pytest.raises(UnreachableError, match="refused"),
        ConnectClient("http://127.0.0.1:1", patience=Patience(unreachable_seconds=0)) as nobody,
    ):
        nobody.worker()


def test_no_secret_is_readable_over_rest_or_in_the_config_topic(
    client: ConnectClient, local: LocalStatus, names: Names, config: dict[str, str], password: str
) -> None:
    assert config["database.password"] == "${env:DB_PASSWORD}"
    whole = httpx.get(f"{local.connect_url}/connectors?expand=info&expand=status", timeout=60).text
    assert password not in whole
    consumer = Consumer(
        {
            "bootstrap.servers": local.bootstrap_servers,
            "group.id": f"it-{secrets.token_hex(4)}",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    try:
        consumer.assign([TopicPartition(names.connect_topics.config, 0, 0)])
        stored = b""
        while (message := consumer.poll(10)) is not None and message.error() is None:
            stored += (message.key() or b"") + (message.value() or b"")
    finally:
        consumer.close()
    assert names.connector.encode() in stored
    assert password.encode() not in stored


def test_what_a_validation_resolves_and_echoes_never_leaves_the_client(
    client: ConnectClient, local: LocalStatus, config: dict[str, str], password: str
) -> None:
    misused = {
        **config,
        "name": "it-misused",
        "tasks.max": "${env:DB_PASSWORD}",
        "transforms": "${env:DB_PASSWORD}",
        "key.converter": "${env:DB_PASSWORD}",
    }
    path = f"/connector-plugins/{config['connector.class']}/config/validate"
    raw = httpx.put(f"{local.connect_url}{path}", json=misused, timeout=60).text
    assert raw.count(password) > 2  # the worker does echo it, in texts and in a field's name
    found = client.validate(misused)
    assert found.errors["tasks.max"]
    assert found.withheld > 0
    assert found.general
    assert password not in repr(found)
    with pytest.raises(RejectedConfigError) as caught:
        client.put("it-misused", misused)
    assert password not in str(caught.value)
    assert "tasks.max" in caught.value.fields
    assert "it-misused" not in client.connectors()


def test_a_clean_configuration_is_valid(client: ConnectClient, config: dict[str, str]) -> None:
    found = client.validate({**config, "name": "it-clean"})
    assert found.errors == {}
    assert found.error_count == 0


@pytest.mark.parametrize(
    ("wrong", "key", "told"),
    [
        ("database.password", "database.hostname", "the database refuses user or password"),
        ("database.dbname", "database.hostname", "there is no database of that name"),
        ("max.batch.size", "max.batch.size", "wrong type"),
        ("key.converter", "key.converter", "no such class"),
    ],
)
def test_a_rejection_names_field_and_reason(
    client: ConnectClient, config: dict[str, str], wrong: str, key: str, told: str
) -> None:
    with pytest.raises(RejectedConfigError) as caught:
        client.put("it-wrong", {**config, "slot.name": "it_wrong", wrong: "not-it"})
    assert told in caught.value.fields[key]
    assert "not-it" not in str(caught.value)
    assert "it-wrong" not in client.connectors()


def test_what_is_not_there_lists_what_there_is(client: ConnectClient, names: Names) -> None:
    with pytest.raises(NotFoundError, match=f"There are: {names.connector}"):
        client.status("it-nobody")
    with pytest.raises(NotFoundError, match="There are: 0"):
        client.restart_task(names.connector, 7)
    with pytest.raises(NotFoundError, match="There are: io"):
        client.validate({"connector.class": "no.Such"})


def test_restart_gives_what_restarts_and_it_runs_again(client: ConnectClient, names: Names) -> None:
    found = client.restart(names.connector, include_tasks=True)
    assert found is not None
    assert found.tasks[0].state is ConnectorState.RESTARTING
    assert until_running(client, [names.connector], SETTLED)[names.connector].is_running
    nothing = client.restart(names.connector, include_tasks=True, only_failed=True)
    assert nothing is not None
    assert nothing.is_running
    client.restart_task(names.connector, 0)
    until_running(client, [names.connector], SETTLED)


def test_pause_stop_offsets_and_resume(client: ConnectClient, names: Names) -> None:
    name = names.connector
    client.pause(name)
    with pytest.raises(WaitError, match="is PAUSED"):
        until_running(client, [name], Waiting(seconds=3, settle=2))
    with pytest.raises(RefusedError, match="Stop it first"):
        client.reset_offsets(name)
    client.stop(name)
    _until(client, name, "STOPPED, no task")
    offsets = client.offsets(name).offsets
    assert offsets
    assert "successfully" in client.set_offsets(name, offsets)
    client.resume(name)
    assert until_running(client, [name], SETTLED)[name].is_running
    assert client.topics(name)


def test_connectors_are_created_changed_and_removed_by_difference(
    client: ConnectClient, names: Names, config: dict[str, str]
) -> None:
    name = names.connector
    try:
        client.create(
            f"{name}-it", {**config, "slot.name": "it"}, initial_state=InitialState.STOPPED
        )
        with pytest.raises(AlreadyExistsError):
            client.create(name, config)
        made = plan({name: config}, actual_of(client.expanded()), owned=names.owns_connector)
        assert [action.verb for action in made.actions] == [Verb.REMOVE, Verb.UNCHANGED]

        changed = {**config, "poll.interval.ms": "50"}
        outcome = reconcile(client, {name: changed}, owned=names.owns_connector)
        assert outcome.running[name].is_running
        assert [action.verb for action in outcome.done.actions] == [Verb.REMOVE, Verb.UPDATE]
        assert client.connectors() == (name,)
        assert client.connector(name).config["poll.interval.ms"] == "50"
        assert client.patch(name, {"poll.interval.ms": None}).config.get("poll.interval.ms") is None
    finally:
        reconcile(client, {name: config}, owned=names.owns_connector)
        until_gone(client, f"{name}-it")
        until_running(client, [name], SETTLED)
    assert reconcile(client, {name: config}, owned=names.owns_connector).done.is_empty


def _until(client: ConnectClient, name: str, summary: str) -> None:
    waiting = Waiting()
    deadline = waiting.clock() + 20
    while client.status(name).summary() != summary:
        assert waiting.clock() < deadline, client.status(name).summary()
        waiting.sleep(0.1)
