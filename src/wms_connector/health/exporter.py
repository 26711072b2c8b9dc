"""What a worker's Java tells by Prometheus' JMX exporter: which beans, under which names.

A figure has one name all the way: in the exporter's text, in CloudWatch, and here. Nothing else is
read of Java, so that being asked costs a worker some milliseconds and being left alone nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

PATH: Final = "/metrics"

_WORD: Final = '"?([^",]+)"?'
_CONNECTOR: Final = ("connector",)
_TASK: Final = ("connector", "task")
_SOURCE: Final = ("source", "server")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name, the bean and attribute that it comes from, and its labels.

    `bean` is a regular expression as the exporter matches it: `domain<key=value, …><path>`; its
    groups are the labels' values. An attribute that is a word is 1 while it is `word`, else absent.
    """

    name: str
    bean: str
    attribute: str
    labels: tuple[str, ...] = ()
    word: str = ""

    def rule(self) -> dict[str, Any]:
        """Give the exporter's rule."""
        rule: dict[str, Any] = {"pattern": f"^{self.bean}{self.attribute}:", "name": self.name}
        if self.word:
            rule["pattern"] += f" {self.word}$"
            rule["value"] = 1
        labels = {label: f"${number}" for number, label in enumerate(self.labels, start=1)}
        return {**rule, "type": "GAUGE", "labels": labels}


def _connect(kind: str, *keys: str) -> str:
    return "".join(["kafka.connect<type=", kind, *(f", {key}={_WORD}" for key in keys), "><>"])


def _debezium(context: str) -> str:
    of = f"context={context}, server={_WORD}"
    return rf"debezium\.(oracle|postgres)<type=connector-metrics, {of}><>"


_OF_CONNECTOR: Final = _connect("connect-worker-metrics", "connector")
_OF_TASK: Final = _connect("source-task-metrics", "connector", "task")
_STREAMING: Final = _debezium("streaming")
_SNAPSHOT: Final = _debezium("snapshot")
_HISTORY: Final = _debezium("schema-history")
_OLD: Final = "java.lang<name=G1 Old Gen, type=MemoryPool>"
_AFTER: Final = "java.lang<name=G1 Young Generation, type=GarbageCollector, key=G1 ([^,]+)>"

FIGURES: Final = (
    # Connect's own: of the tasks that this very worker has.
    Figure("Tasks", _OF_CONNECTOR, "connector-total-task-count", _CONNECTOR),
    Figure("FailedTasks", _OF_CONNECTOR, "connector-failed-task-count", _CONNECTOR),
    Figure("RecordsPerSecond", _OF_TASK, "source-record-write-rate", _TASK),
    Figure("RecordsInFlight", _OF_TASK, "source-record-active-count", _TASK),
    # Debezium's.
    Figure("MillisecondsBehindSource", _STREAMING, "MilliSecondsBehindSource", _SOURCE),
    Figure("SourceConnected", _STREAMING, "Connected", _SOURCE),
    Figure("QueueCapacity", _STREAMING, "QueueTotalCapacity", _SOURCE),
    Figure("QueueRemaining", _STREAMING, "QueueRemainingCapacity", _SOURCE),
    Figure("EventsSeen", _STREAMING, "TotalNumberOfEventsSeen", _SOURCE),
    Figure("ActiveTransactions", _STREAMING, "NumberOfActiveTransactions", _SOURCE),
    Figure("SnapshotRunning", _SNAPSHOT, "SnapshotRunning", _SOURCE),
    Figure("SnapshotTablesRemaining", _SNAPSHOT, "RemainingTableCount", _SOURCE),
    Figure("SchemaHistoryRecovering", _HISTORY, "Status", _SOURCE, word="RECOVERING"),
    # Java's heap. The collector is G1 by `model.java.WORKER_OPTIONS`.
    Figure("HeapMaxBytes", "java.lang<type=Memory><HeapMemoryUsage>", "max"),
    Figure("HeapAfterCollectionBytes", f"{_OLD}<CollectionUsage>", "used"),
    Figure("HeapCollectedBytes", f"{_OLD}<CollectionUsage>", "committed"),
    Figure(
        "HeapAfterYoungCollectionBytes", f"{_AFTER}<LastGcInfo, memoryUsageAfterGc>", "used",
        ("pool",),
    ),
)  # fmt: skip
"""In the order in which the exporter tries them; the first that matches counts."""

_BEANS: Final = (
    "kafka.connect:type=connect-worker-metrics,connector=*",
    "kafka.connect:type=source-task-metrics,*",
    "debezium.oracle:type=connector-metrics,*",
    "debezium.postgres:type=connector-metrics,*",
    "java.lang:type=Memory",
    "java.lang:type=MemoryPool,name=G1 Old Gen",
    "java.lang:type=GarbageCollector,name=G1 Young Generation",
)


def exporter_config() -> str:
    """Give the exporter's configuration: YAML, written as the JSON that it is as well."""
    rules = [figure.rule() for figure in FIGURES]
    return json.dumps({"includeObjectNames": list(_BEANS), "rules": rules}, indent=1) + "\n"
