"""What the audit's tests need of a running runtime, whatever its source."""

from __future__ import annotations

import contextlib
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from wms_connector.audit import Options, Report, audit
from wms_connector.cli.database import opened
from wms_connector.cli.source import audited
from wms_connector.events.reader import consumer_settings, ranges, read

if TYPE_CHECKING:
    from wms_connector.local.status import LocalStatus
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.table import Table

Raw = tuple[int, bytes | None, bytes | None]
"""A record: partition, key, value."""


@dataclass
class Bench:
    """The runtime with what it takes to audit it and to tamper with copies of its topics."""

    local: LocalStatus
    pipeline: Pipeline
    connector: str
    topics: dict[Table, str]
    scratch: list[str] = field(default_factory=list)

    def connect(self) -> Any:
        """A session of whoever writes: psycopg's connection, or an Oracle Database."""
        return opened(self.local.database_dsn)

    def consumer(self, committed: bool = True) -> Consumer:
        client = {"bootstrap.servers": self.local.bootstrap_servers}
        return Consumer(consumer_settings(client, committed=committed))

    def offsets(self, connector: str | None = None) -> list[dict[str, Any]]:
        url = f"{self.local.connect_url}/connectors/{connector or self.connector}/offsets"
        return httpx.get(url, timeout=60).raise_for_status().json()["offsets"]

    def audit(self, topics: dict[Table, str] | None = None, **how: Any) -> Report:
        connector = how.pop("connector", None)
        how.setdefault("options", Options(deadline=60))
        with audited(self.local.database_dsn, self.pipeline) as source:
            return audit(
                source,
                topics or self.topics,
                self.consumer,
                offsets=lambda: self.offsets(connector),
                **how,
            )

    def records(self, topic: str) -> list[Raw]:
        """All committed records: partition, key, value."""
        with contextlib.closing(self.consumer()) as client:
            batches = list(read(client, ranges(client, [topic])))
        return [(m.partition(), m.key(), m.value()) for batch in batches for m in batch]

    def topic(self, records: list[Raw], name: str = "") -> str:
        """Make a topic of these records; it is removed after the test."""
        name = name or f"audit-scratch-{secrets.token_hex(4)}"
        servers = {"bootstrap.servers": self.local.bootstrap_servers}
        admin = AdminClient(servers)  # a name of its own: without one it ends before its answer
        admin.create_topics([NewTopic(name, 3, 1)])[name].result(30)
        self.scratch.append(name)
        producer = Producer(servers | {"enable.idempotence": True})  # keeps their order
        for index, (partition, key, value) in enumerate(records):
            producer.produce(name, value, key, partition)
            if index % 10_000 == 0:
                producer.flush(30)
        assert producer.flush(30) == 0
        return name

    def close(self) -> None:
        if self.scratch:
            admin = AdminClient({"bootstrap.servers": self.local.bootstrap_servers})
            for future in admin.delete_topics(self.scratch).values():
                future.result(30)


def edited(record: Raw, change: dict[str, str]) -> Raw:
    """The record with other values in its row after the change."""
    value = json.loads(record[2] or b"")
    value["payload"]["after"].update(change)
    return record[0], record[1], json.dumps(value, separators=(",", ":")).encode()
