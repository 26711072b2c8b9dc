"""A log of topics in memory, its consumer, and records as Debezium writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from confluent_kafka import KafkaError, TopicPartition

END = KafkaError(KafkaError._PARTITION_EOF)
INT = {"type": "int64"}
TEXT = {"type": "string"}


@dataclass
class FakeMessage:
    topic_: str
    partition_: int
    offset_: int
    key_: bytes | None = None
    value_: bytes | None = None
    timestamp_: int = 1000
    error_: KafkaError | None = None

    def topic(self):
        return self.topic_

    def partition(self):
        return self.partition_

    def offset(self):
        return self.offset_

    def key(self):
        return self.key_

    def value(self):
        return self.value_

    def timestamp(self):
        return (1, self.timestamp_)

    def error(self):
        return self.error_


@dataclass
class FakeLog:
    """Partitions as lists of (key, value, state); state: committed, aborted, marker, removed."""

    partitions: dict[tuple[str, int], list[tuple[bytes | None, bytes | None, str]]] = field(
        default_factory=dict
    )
    low: dict[tuple[str, int], int] = field(default_factory=dict)
    stable: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, topic, key, value, state="committed", partition=0) -> int:
        log = self.partitions.setdefault((topic, partition), [])
        log.append((key, value, state))
        return len(log) - 1

    def consumer(self, committed=True) -> FakeConsumer:
        return FakeConsumer(self, committed)


@dataclass
class FakeConsumer:
    log: FakeLog
    committed: bool = True
    at: dict[tuple[str, int], int] = field(default_factory=dict)
    ended: set[tuple[str, int]] = field(default_factory=set)
    closed: bool = False
    errors: list[FakeMessage] = field(default_factory=list)
    silent: bool = False

    def list_topics(self, topic, timeout=0.0):
        found = {p for t, p in self.log.partitions if t == topic}
        error = None if found else KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART)
        return SimpleNamespace(topics={topic: SimpleNamespace(partitions=found, error=error)})

    def get_watermark_offsets(self, partition, timeout=0.0, cached=False):
        where = (partition.topic, partition.partition)
        end = len(self.log.partitions[where])
        if self.committed:
            end = self.log.stable.get(where, end)
        return self.log.low.get(where, 0), end

    def assign(self, partitions: list[TopicPartition]):
        self.at = {(p.topic, p.partition): p.offset for p in partitions}
        self.ended = set()

    def unassign(self):
        self.at = {}

    def consume(self, num_messages=1, timeout=0.0):
        if self.errors:
            return [self.errors.pop(0)]
        if self.silent:
            return []
        found: list[Any] = []
        for where, start in self.at.items():
            offset = start
            log = self.log.partitions[where]
            while offset < len(log) and len(found) < num_messages:
                key, value, state = log[offset]
                if state == "committed" or (state == "aborted" and not self.committed):
                    found.append(FakeMessage(*where, offset, key, value))
                offset += 1
            self.at[where] = offset
            if offset == len(log) and where not in self.ended and len(found) < num_messages:
                self.ended.add(where)
                found.append(FakeMessage(*where, offset, error_=END))
        return found

    def close(self):
        self.closed = True


def struct(fields: dict[str, dict], name: str | None = None, **more) -> dict:
    return {
        "type": "struct",
        "fields": [{"optional": True, "field": f, **s} for f, s in fields.items()],
        "optional": False,
        **({"name": name} if name else {}),
        **more,
    }


def encoded(schema: dict | None, payload: Any) -> bytes:
    """Spell a record as Kafka Connect's JsonConverter does."""
    return json.dumps({"schema": schema, "payload": payload}, separators=(",", ":")).encode()


def key_of(values: dict[str, Any] | None, fields: dict[str, dict]) -> bytes | None:
    if values is None:
        return None
    return encoded(struct({n: fields[n] for n in values}, "t.Key"), values)


def envelope_schema(fields: dict[str, dict]) -> dict:
    return struct(
        {
            "before": struct(fields, "t.Value"),
            "after": struct(fields, "t.Value"),
            "source": struct({"lsn": INT, "table": TEXT}, "io.debezium.connector.Source"),
            "op": TEXT,
            "ts_ms": INT,
        },
        "t.Envelope",
    )


def source_of(lsn: int, tx: int | None = 7, snapshot: str = "false", ts_ms: int = 500) -> dict:
    return {
        "schema": "S", "table": "T", "lsn": lsn, "txId": tx, "snapshot": snapshot, "ts_ms": ts_ms,
        "ts_us": ts_ms * 1000,
    }  # fmt: skip


def value_of(
    op: str,
    before: dict | None,
    after: dict | None,
    *,
    fields: dict[str, dict],
    lsn: int = 10,
    schema: bool = True,
    **source: Any,
) -> bytes:
    payload = {
        "before": before, "after": after, "source": source_of(lsn, **source), "op": op, "ts_ms": 9,
    }  # fmt: skip
    if not schema:
        return json.dumps(payload).encode()
    return encoded(envelope_schema(fields), payload)
