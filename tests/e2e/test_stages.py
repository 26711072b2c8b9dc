"""Two stages on one broker and one database: what is done to one does not touch the other."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from confluent_kafka.admin import AdminClient
from tests.e2e.command import Wms
from tests.e2e.guest import WORKER, Guest, topics_of
from tests.e2e.support import Reader, assert_exact, audited, flows, for_a_while, until

from wms_connector.connect.client import ConnectClient
from wms_connector.kafka.clients import Cluster, client_settings
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.status import LocalStatus


@pytest.fixture
def guest(runtime: LocalRuntime, session_folder: Path) -> Iterator[Guest]:
    stage = runtime.pipeline.stage("side")
    second = Guest(runtime, runtime.pipeline, stage, session_folder / "side")
    second.up()
    yield second
    second.control.down()
    Wms(second.control, "side")("topics", "destroy", "--yes")
    second.leave()


def _offset(status: LocalStatus) -> int:
    with ConnectClient(status.connect_urls) as client:
        [entry] = client.offsets("wms-oracle-cdc").offsets
    return int((entry.offset or {})["lsn"])


def test_one_stage_is_destroyed_and_the_other_does_not_notice(
    runtime: LocalRuntime, guest: Guest, reader: Reader
) -> None:
    status = runtime.status()
    ours = set(topic_names(runtime.pipeline, runtime.stage).all)
    theirs = set(topic_names(guest.pipeline, guest.stage).all)
    data = topic_names(guest.pipeline, guest.stage).data.values()
    assert not ours & theirs
    assert topics_of(status, ours | theirs) == ours | theirs

    with Reader(status, data, from_beginning=True) as side:
        number = flows(side, status)
        reader.until_key(number, "the same row in both stages")
    report = audited(runtime, stage=guest.stage, urls=guest.status().connect_urls)
    assert_exact(report)
    before = _offset(status)

    command = Wms(guest.control, "side")
    dry = command("topics", "destroy", "--json")
    assert set(dry.json["delete"]) == theirs
    assert topics_of(status, theirs) == theirs
    assert command("local", "down", "--json").json == {"stopped": [WORKER], "purged": False}
    done = command("topics", "destroy", "--yes", "--json")
    assert done.status == 0
    assert set(done.json["deleted"]) == theirs
    assert topics_of(status, ours | theirs) == ours

    flows(reader, status)
    assert not any(change.op == "r" for change in reader.changes)
    until(lambda: _offset(status) > before, "the other stage's offset moves on")
    assert_exact(audited(runtime))
    again = command("topics", "destroy", "--yes", "--json")
    assert (again.status, again.json["deleted"]) == (0, [])


def test_a_dying_worker_brings_no_deleted_topic_back(
    runtime: LocalRuntime, guest: Guest, reader: Reader
) -> None:
    status = runtime.status()
    theirs = set(topic_names(guest.pipeline, guest.stage).all)
    assert Wms(guest.control, "side")("topics", "destroy", "--yes").status == 0
    flows(reader, status)  # a change that the worker wants to write as well
    for _ in for_a_while(2):
        assert topics_of(status, theirs) == set()
    guest.control.kill(WORKER, signal.SIGTERM)
    for _ in for_a_while(3):
        assert topics_of(status, theirs) == set()
    if guest.status().running:  # it waits for half a minute for what it cannot write any more
        guest.control.kill(WORKER)
    assert topics_of(status, theirs) == set()
    flows(reader, status)


def test_a_named_stage_refuses_a_cluster_that_another_named_stage_lives_on(
    runtime: LocalRuntime, reader: Reader
) -> None:
    status = runtime.status()
    main = topic_names(runtime.pipeline, runtime.pipeline.stage("main")).all
    val = topic_names(runtime.pipeline, runtime.pipeline.stage("val")).connect
    cluster = Cluster(status.bootstrap_servers, KafkaSecurity.PLAINTEXT)
    admin = AdminClient(client_settings(cluster))
    try:
        assert Wms(runtime, "main")("topics", "apply").status == 0
        assert topics_of(status, main) == set(main)
        refused = Wms(runtime, "val")("topics", "apply")
        assert refused.status == 1
        assert "would write the topics of main" in refused.err
        assert topics_of(status, val) == set()
        kept = Wms(runtime, "main")("topics", "destroy", "--yes")
        assert kept.status == 2
        assert "never deleted" in kept.err
        assert topics_of(status, main) == set(main)
        assert Wms(runtime, runtime.stage.name)("topics", "apply").status == 0  # beside a named one
        flows(reader, status)
    finally:
        for future in admin.delete_topics(list(main)).values():
            future.result(30)
        until(lambda: not topics_of(status, main), "the named stage's topics gone")
