"""Reading ranges and following topics, with a log in memory."""

from __future__ import annotations

import pytest
from confluent_kafka import KafkaError, KafkaException
from tests.unit.events.fakes import FakeLog, FakeMessage

from wms_connector.events import EventsError
from wms_connector.events.reader import Range, consumer_settings, follow, partitions, ranges, read


def log_of(*states: str, topic: str = "t") -> FakeLog:
    log = FakeLog()
    for index, state in enumerate(states):
        log.add(topic, b"k", b"%d" % index, state)
    return log


def offsets(batches) -> list[int]:
    return [message.offset() for batch in batches for message in batch]


def test_settings_assign_and_never_commit():
    settings = consumer_settings({"bootstrap.servers": "b:9092", "group.id": "mine"})
    assert settings["isolation.level"] == "read_committed"
    assert settings["group.id"] == "mine"
    assert settings["enable.auto.commit"] is False
    assert consumer_settings({}, committed=False)["isolation.level"] == "read_uncommitted"


def test_a_range_is_read_to_its_end_also_when_control_records_are_last():
    log = log_of("committed", "aborted", "marker", "committed", "marker")
    client = log.consumer()
    found = ranges(client, ["t"])
    assert found == {("t", 0): Range(0, 5)}
    assert offsets(read(client, found)) == [0, 3]
    assert client.at == {}
    assert offsets(read(log.consumer(committed=False), found)) == [0, 1, 3]


def test_what_comes_after_the_end_is_left_out():
    log = log_of(*["committed"] * 10)
    log.add("t", b"k", b"v", partition=1)
    wanted = {("t", 0): Range(2, 5), ("t", 1): Range(0, 1)}
    assert sorted(offsets(read(log.consumer(), wanted, batch=2))) == [0, 2, 3, 4]
    assert offsets(read(log.consumer(), {("t", 0): Range(4, 4)})) == []


def test_reading_stops_when_asked():
    log = log_of(*["committed"] * 10)
    stops = iter([False, True])
    found = read(log.consumer(), {("t", 0): Range(0, 10)}, batch=2, stop=lambda: next(stops))
    assert offsets(found) == [0, 1]


def test_silence_is_not_borne_for_ever():
    client = log_of("committed").consumer()
    client.silent = True
    with pytest.raises(EventsError, match="offset 1, is not reached"):
        list(read(client, {("t", 0): Range(0, 1)}, patience=3))


def test_passing_faults_are_borne_and_others_told():
    client = log_of("committed").consumer()
    client.errors = [FakeMessage("t", 0, -1, error_=KafkaError(KafkaError._TRANSPORT))]
    assert offsets(read(client, {("t", 0): Range(0, 1)})) == [0]
    for code, hint in (
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, "right to read"),
        (KafkaError._AUTO_OFFSET_RESET, "read again"),
        (KafkaError.CORRUPT_MESSAGE if False else KafkaError._FAIL, "Kafka is up"),
    ):
        client.errors = [FakeMessage("t", 0, -1, error_=KafkaError(code))]
        with pytest.raises(EventsError, match=hint):
            list(read(client, {("t", 0): Range(0, 1)}))


def test_a_missing_topic_has_no_partitions():
    assert partitions(FakeLog().consumer(), "t") == []


def test_faults_of_the_cluster_are_sentences():
    client = log_of("committed").consumer()

    def fail(*_, **__):
        raise KafkaException(KafkaError(KafkaError._TRANSPORT))

    client.list_topics = fail
    with pytest.raises(EventsError, match="partitions of t could not be read"):
        partitions(client, "t")
    client = log_of("committed").consumer()
    client.get_watermark_offsets = fail
    with pytest.raises(EventsError, match=r"offsets of t\[0\]"):
        ranges(client, ["t"])
    client.get_watermark_offsets = lambda *_, **__: None
    with pytest.raises(EventsError, match="did not tell"):
        ranges(client, ["t"])


def test_a_topic_that_may_not_be_described_is_told():
    from types import SimpleNamespace

    client = FakeLog().consumer()
    error = KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    client.list_topics = lambda *_, **__: SimpleNamespace(
        topics={"t": SimpleNamespace(error=error, partitions={})}
    )
    with pytest.raises(EventsError, match="right to read"):
        partitions(client, "t")
    client.list_topics = lambda *_, **__: SimpleNamespace(topics={})
    assert partitions(client, "t") == []


def test_following_begins_now_or_at_the_beginning():
    log = log_of("committed", "committed")
    client = log.consumer()
    found = follow(client, ["t"])
    assert next(found) == []
    log.add("t", b"k", b"new")
    assert offsets([next(found)]) == [2]
    found.close()
    assert client.at == {}
    stops = iter([False, False, True])
    again = follow(log.consumer(), ["t"], from_beginning=True, stop=lambda: next(stops))
    assert offsets(again) == [0, 1, 2]


def test_following_can_end_at_offsets():
    log = log_of("committed", "committed", "committed")
    assert offsets(follow(log.consumer(), ["t"], until={("t", 0): Range(0, 2)})) == [0, 1]


def test_following_a_topic_that_is_not_there_is_an_error():
    with pytest.raises(EventsError, match="there is no topic u"):
        next(follow(log_of("committed").consumer(), ["t", "u"]))
