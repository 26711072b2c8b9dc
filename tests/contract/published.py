"""The schemas in docs/contract, against the records of a run, whichever its source."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from confluent_kafka import Consumer
from jsonschema import Draft202012Validator

from wms_connector.events.carried import carried
from wms_connector.events.contract import json_schema, renamed
from wms_connector.events.reader import consumer_settings, ranges, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wms_connector.events.reader import Partition, Range
    from wms_connector.model.table import Table

FOLDER = Path(__file__).parents[2] / "docs" / "contract"
WRITE = "WMS_CONNECTOR_WRITE_CONTRACT"
"""Set it to anything, and a test run writes the schemas of its run instead of comparing."""


@dataclass(frozen=True)
class Run:
    """Topics of a run. `prefix` begins its schemas' names; `published` is what stands instead.

    Of what was in the topics before `since` only the rows of a snapshot count as the run's.
    """

    source: str
    brokers: str
    topics: dict[Table, str]
    prefix: str
    published: str = "wms."
    since: Mapping[Partition, Range] = field(default_factory=dict)

    def schemas(self) -> dict[str, dict[str, Any]]:
        """JSON Schemas by file name, as the newest records have them."""
        with self._consumer() as client:
            found = carried(client, list(self.topics.values()))
        told = {}
        for table, topic in self.topics.items():
            for part, schema in zip(("key", "value"), found[topic], strict=True):
                named = renamed(schema, self.prefix, self.published)
                told[f"{table}.{part}.schema.json"] = json_schema(named)
        return told

    def records(self, table: Table) -> Iterator[tuple[Any, Any]]:
        """Payloads of keys and values; nothing for a tombstone's."""
        topic = self.topics[table]
        with self._consumer() as client:
            for batch in read(client, ranges(client, [topic])):
                for message in batch:
                    value = message.value()
                    payload = None if value is None else json.loads(value)["payload"]
                    if self._is_before(message) and (payload or {}).get("op") != "r":
                        continue
                    yield json.loads(message.key())["payload"], payload

    def _is_before(self, message: Any) -> bool:
        begin = self.since.get((message.topic(), message.partition()))
        return begin is not None and message.offset() < begin.end

    def _consumer(self) -> closing[Consumer]:
        return closing(Consumer(consumer_settings({"bootstrap.servers": self.brokers})))


def published(source: str) -> dict[str, dict[str, Any]]:
    """The files of a source, by name."""
    folder = FOLDER / source
    return {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


def check_current(run: Run) -> None:
    """The published schemas are those of the run."""
    schemas = run.schemas()
    if os.environ.get(WRITE):
        folder = FOLDER / run.source
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas.items():
            (folder / name).write_text(json.dumps(schema, indent=2) + "\n")
    for name, schema in schemas.items():
        assert published(run.source).get(name) == schema, (
            f"docs/contract/{run.source}/{name} is not what the events carry: "
            f"run this test with {WRITE}=1 and look at the difference"
        )


def check_records(run: Run) -> dict[str, int]:
    """Every record is valid by the published schemas; gives how many there were, by operation."""
    schemas = published(run.source)
    seen: dict[str, int] = {}
    for table in run.topics:
        key = Draft202012Validator(schemas[f"{table}.key.schema.json"])
        value = Draft202012Validator(schemas[f"{table}.value.schema.json"])
        for key_payload, payload in run.records(table):
            key.validate(key_payload)
            if payload is not None:
                value.validate(payload)
            op = "tombstone" if payload is None else payload["op"]
            seen[op] = seen.get(op, 0) + 1
    return seen
