"""A worker's figures: what the exporter's text says, and what becomes of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from wms_connector.health.exporter import FIGURES, exporter_config
from wms_connector.health.figures import ExporterError, figures
from wms_connector.health.metrics import WORKERS
from wms_connector.health.workers import ask_workers

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLD = Path(__file__).parents[2] / "data" / "exporter"
HEAP = "HeapMaxBytes 1000.0\n"


def told(name: str) -> str:
    return (TOLD / f"{name}.txt").read_text(encoding="utf-8")


def test_a_worker_that_streams_from_postgres() -> None:
    seen = figures("worker-1", told("postgres"))
    assert (seen.tasks, seen.failed_tasks, seen.connected) == (1, 0, True)
    assert (seen.queue_free, seen.behind_ms, seen.events) == (1.0, 2416, 22)
    assert seen.heap_max_bytes == 1_073_741_824
    assert seen.heap_free == pytest.approx(1 - 26_665_600 / 1_073_741_824)
    assert seen.worker().model_dump() == {
        "name": "worker-1",
        "heap_free": seen.heap_free,
        "queue_free": 1.0,
        "failed_tasks": 0,
    }


def test_a_worker_that_streams_from_oracle() -> None:
    seen = figures("worker-1", told("oracle"))
    assert (seen.tasks, seen.connected, seen.behind_ms, seen.events) == (1, True, 1181, 190)
    assert (seen.open_transactions, seen.in_flight) == (0, 1)
    assert seen.queue_free == pytest.approx(32_681 / 32_768)
    # Its old generation was never collected.
    assert seen.heap_free == pytest.approx(1 - (24_421_120 + 6_291_456) / 1_073_741_824)


def test_a_worker_with_a_failed_task_among_two() -> None:
    seen = figures("worker-1", told("failed"))
    assert (seen.tasks, seen.failed_tasks, seen.worker().failed_tasks) == (2, 1, 1)


def test_what_is_not_told_is_not_known() -> None:
    seen = figures("w", HEAP)
    assert seen.model_dump(exclude_defaults=True) == {"name": "w", "heap_max_bytes": 1000}


@pytest.mark.parametrize(
    ("text", "free"),
    [
        # Nothing was collected in the old generation: what the young collection left counts.
        (
            (
                "HeapCollectedBytes 0.0\nHeapAfterCollectionBytes 0.0\n"
                'HeapAfterYoungCollectionBytes{pool="Old Gen"} 300\n'
                'HeapAfterYoungCollectionBytes{pool="Survivor Space"} 100\n'
            ),
            0.6,
        ),
        (
            (
                "HeapCollectedBytes 500\nHeapAfterCollectionBytes 50\n"
                'HeapAfterYoungCollectionBytes{pool="Old Gen"} 300\n'
            ),
            0.95,
        ),
        ("HeapCollectedBytes 1200\nHeapAfterCollectionBytes 1200\n", 0.0),
        ("", None),
    ],
)
def test_free_heap_is_what_a_collection_has_left(text: str, free: float | None) -> None:
    assert figures("w", HEAP + text).heap_free == (free if free is None else pytest.approx(free))


def test_the_fullest_queue_and_the_latest_event_count() -> None:
    text = (
        'QueueCapacity{server="a",source="oracle"} 100\n'
        'QueueRemaining{server="a",source="oracle"} 90\n'
        'QueueCapacity{server="b",source="oracle"} 100\n'
        'QueueRemaining{source="oracle",server="b"} 10\n'
        'QueueRemaining{source="oracle",server="of no capacity"} 0\n'
        'MillisecondsBehindSource{server="a",source="oracle"} -1.0\n'
        'MillisecondsBehindSource{server="b",source="oracle"} 70.0\n'
        'SourceConnected{server="a",source="oracle"} 1.0\n'
        'SourceConnected{server="b",source="oracle"} 0.0\n'
        'FailedTasks{connector="a"} 1.0\nFailedTasks{connector="b"} 2.0\n'
        'Tasks{connector="a"} 1.0\nTasks{connector="b"} 2.0\n'
        'RecordsPerSecond{connector="a",task="0"} NaN\n'
    )
    seen = figures("w", HEAP + text)
    assert (seen.queue_free, seen.behind_ms, seen.connected) == (0.1, 70, False)
    assert (seen.tasks, seen.failed_tasks, seen.records_per_second) == (3, 3, None)


def test_a_snapshot_and_a_schema_history_show() -> None:
    text = (
        'SnapshotRunning{server="a",source="oracle"} 1.0\n'
        'SnapshotTablesRemaining{server="a",source="oracle"} 3.0\n'
        'SchemaHistoryRecovering{server="a",source="oracle"} 1.0\n'
    )
    seen = figures("w", HEAP + text)
    assert (seen.snapshot_tables_left, seen.reads_schema_history) == (3, True)
    done = text.replace('SnapshotRunning{server="a",source="oracle"} 1.0', "")
    assert figures("w", HEAP + done).snapshot_tables_left is None


@pytest.mark.parametrize("text", ["<html>", "a b c d", "HeapMaxBytes much", "", "a 1\n"])
def test_what_is_no_exporter_s_text_is_refused(text: str) -> None:
    with pytest.raises(ExporterError, match="worker-7"):
        figures("worker-7", text)


def test_labels_may_hold_anything() -> None:
    text = 'FailedTasks{connector="a } \\"b\\\\ 1"} 1.0 1700000000000\n'
    assert figures("w", HEAP + text).failed_tasks == 1


# The names of the beans, as `ObjectName` and the exporter write them, with a value.
BEANS: Mapping[str, str] = {
    "Tasks": "kafka.connect<type=connect-worker-metrics, connector=a-b><>"
    "connector-total-task-count: 1",
    "FailedTasks": "kafka.connect<type=connect-worker-metrics, connector=a-b><>"
    "connector-failed-task-count: 1",
    "RecordsPerSecond": "kafka.connect<type=source-task-metrics, connector=a-b, task=0><>"
    "source-record-write-rate: 1.0",
    "RecordsInFlight": "kafka.connect<type=source-task-metrics, connector=a-b, task=0><>"
    "source-record-active-count: 1.0",
    "MillisecondsBehindSource": "debezium.oracle<type=connector-metrics, context=streaming, "
    "server=feature.wms><>MilliSecondsBehindSource: 7",
    "SchemaHistoryRecovering": "debezium.oracle<type=connector-metrics, context=schema-history, "
    "server=wms><>Status: RECOVERING",
    "HeapAfterCollectionBytes": "java.lang<name=G1 Old Gen, type=MemoryPool>"
    "<CollectionUsage>used: 5",
}


@pytest.mark.parametrize(("name", "line"), BEANS.items())
def test_each_rule_matches_its_bean_alone(name: str, line: str) -> None:
    rules = json.loads(exporter_config())["rules"]
    assert [rule["name"] for rule in rules if re.search(rule["pattern"], line)] == [name]


@pytest.mark.parametrize(
    "line",
    [
        BEANS["RecordsInFlight"].replace("active-count", "active-count-max"),
        BEANS["SchemaHistoryRecovering"].replace("RECOVERING", "RUNNING"),
        BEANS["Tasks"].replace(", connector=a-b", ""),
        BEANS["HeapAfterCollectionBytes"].replace("CollectionUsage", "PeakUsage"),
    ],
)
def test_what_lies_beside_it_is_left_alone(line: str) -> None:
    rules = json.loads(exporter_config())["rules"]
    assert not [rule["name"] for rule in rules if re.search(rule["pattern"], line)]


def test_every_metric_of_the_workers_is_one_that_the_exporter_tells() -> None:
    assert {metric.name for metric in WORKERS} <= {figure.name for figure in FIGURES}
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)


def answers(request: httpx.Request) -> httpx.Response:
    assert request.url.path == "/metrics"
    match request.url.host:
        case "up" | "also-up":
            return httpx.Response(200, text=HEAP)
        case "other":
            return httpx.Response(404, text="nothing here")
        case _:
            raise httpx.ConnectError("refused")


def test_workers_are_asked_and_one_that_is_away_is_left_out() -> None:
    transport = httpx.MockTransport(answers)
    places = {"a": "up:1", "b": "down:1", "c": "also-up:1"}
    assert [one.name for one in ask_workers(places, transport=transport)] == ["a", "c"]
    assert ask_workers({}, transport=transport) == ()


def test_silence_of_all_is_told_with_the_first_reason() -> None:
    transport = httpx.MockTransport(answers)
    with pytest.raises(ExporterError, match=r"a does not tell its figures at down:1: refused"):
        ask_workers({"a": "down:1", "b": "other:1"}, transport=transport)
    with pytest.raises(ExporterError, match="status 404"):
        ask_workers({"b": "other:1"}, transport=transport)
