"""Records of the data topics as values: changes, tombstones, heartbeats, and what is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from wms_connector.events.schema import Decoder, Schema

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATIONS: Final[Mapping[str, str]] = {
    "c": "insert",
    "u": "update",
    "d": "delete",
    "r": "read",
    "t": "truncate",
    "w": "row",
}
"""Debezium's operations, and `w`: a row as a polling (JDBC) connector read it."""

_HEARTBEAT_SCHEMA: Final = "io.debezium.connector.common.Heartbeat"
_HEARTBEAT_TOPIC: Final = "__debezium-heartbeat."


class Change(NamedTuple):
    """One change of one row, or one row read by a snapshot or a poll.

    `key` is what the record's key decodes to: a dictionary, a plain value or nothing. `before` and
    `after` are the rows as the payload has them. `source` is Debezium's block of that name, empty
    for a polling connector. `timestamp` is the record's, in milliseconds since 1970.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int
    op: str
    key: Any
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    source: dict[str, Any]
    key_schema: Schema | None
    schema: Schema | None

    @property
    def table(self) -> str:
        """`SCHEMA.TABLE`; of a polling connector, the topic's last label."""
        source = self.source
        if "table" in source:
            schema = source.get("schema")
            return f"{schema}.{source['table']}" if schema else str(source["table"])
        return self.topic.rpartition(".")[2]

    @property
    def row(self) -> dict[str, Any] | None:
        """The row after the change, or before it where it was deleted."""
        return self.before if self.after is None else self.after

    @property
    def position(self) -> int:
        """Where the change stands in the source's log: PostgreSQL's LSN or Oracle's SCN, else 0."""
        source = self.source
        lsn = source.get("lsn")
        if lsn is not None:
            return int(lsn)
        return int(source.get("scn") or source.get("commit_scn") or 0)

    @property
    def committed_at(self) -> int:
        """Where its transaction was committed, as far as that is told, else `position`.

        Oracle's events know it, but for rows that a snapshot read.
        """
        commit = None if self.op == "r" else self.source.get("commit_scn")
        return int(commit) if commit else self.position

    @property
    def detail(self) -> str:
        """What tells apart changes of one position: Oracle's redo address, else nothing."""
        source = self.source
        if source.get("scn") is None:
            return ""
        return f"{source.get('txId')}:{source.get('rs_id')}:{source.get('ssn')}"

    @property
    def transaction(self) -> str | int | None:
        """The source's transaction id."""
        return self.source.get("txId")

    @property
    def snapshot(self) -> str:
        """Debezium's marker: `false` for a live change; `true`, `first`, `incremental`, …."""
        marker = self.source.get("snapshot")
        if isinstance(marker, bool):
            return "true" if marker else "false"
        return marker or "false"

    @property
    def committed_ms(self) -> int | None:
        """When the source committed, in milliseconds since 1970; nothing for a polling connector.

        For a snapshot it is when the snapshot began. Oracle's `ts_ms` is when the change was made,
        perhaps long before its transaction's end, which is `commit_ts_ms`.
        """
        commit: int | None = self.source.get("commit_ts_ms")
        return self.source.get("ts_ms") if commit is None else commit


class Tombstone(NamedTuple):
    """A record without a value, after a delete: compaction may drop the key. Not a change."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: Any


class Heartbeat(NamedTuple):
    """A sign of life of the connector; `ts_ms` is its clock, in milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    ts_ms: int | None


class Unreadable(NamedTuple):
    """A record that is none of these; the reason is a sentence without its full stop."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    reason: str


Record = Change | Tombstone | Heartbeat | Unreadable


class Message(Protocol):
    """What is needed of confluent_kafka's message."""

    def topic(self) -> str | None:
        """Name of the topic."""
        ...

    def partition(self) -> int | None:
        """Number of the partition."""
        ...

    def offset(self) -> int | None:
        """Offset in the partition."""
        ...

    def key(self) -> Any:
        """Bytes of the key."""
        ...

    def value(self) -> Any:
        """Bytes of the value."""
        ...

    def timestamp(self) -> tuple[int, int]:
        """Kind of the time, and milliseconds since 1970."""
        ...


class Parser:
    """Turns records into values; keeps the schemas that it has seen."""

    def __init__(self) -> None:
        self._keys = Decoder()
        self._values = Decoder()

    def message(self, message: Message) -> Record:
        """Read a record of confluent_kafka's consumer."""
        return self.parse(
            message.key(),
            message.value(),
            message.topic() or "",
            message.partition() or 0,
            message.offset() or 0,
            message.timestamp()[1],
        )

    def parse(  # noqa: PLR0911  (one return a kind of record)
        self,
        key: bytes | None,
        value: bytes | None,
        topic: str,
        partition: int,
        offset: int,
        timestamp: int,
    ) -> Record:
        """Read one record. Never raises for what a record holds: that gives `Unreadable`."""
        try:
            read_key, key_schema = (None, None) if key is None else self._keys.decode(key, topic)
            if value is None:
                return Tombstone(topic, partition, offset, timestamp, read_key)
            payload, schema = self._values.decode(value, topic)
        except (ValueError, RecursionError) as error:
            what = "value" if value is not None else "key"
            reason = f"its key or {what} is no JSON of Kafka Connect ({error})"
            return Unreadable(topic, partition, offset, timestamp, reason)
        if not isinstance(payload, dict):
            kind = type(payload).__name__
            reason = f"its payload is no row and no change event, but {kind}"
            return Unreadable(topic, partition, offset, timestamp, reason)
        if topic.startswith(_HEARTBEAT_TOPIC) or (
            schema is not None and schema.name == _HEARTBEAT_SCHEMA
        ):
            return Heartbeat(topic, partition, offset, timestamp, payload.get("ts_ms"))
        source = payload.get("source")
        if "op" not in payload or not isinstance(source, dict):
            return Change(
                topic, partition, offset, timestamp, "w", read_key, None, payload, {},
                key_schema, schema,
            )  # fmt: skip
        op, before, after = payload["op"], payload.get("before"), payload.get("after")
        fault = _fault(op, before, after, source)
        if fault:
            return Unreadable(topic, partition, offset, timestamp, fault)
        return Change(
            topic, partition, offset, timestamp, op, read_key, before, after, source,
            key_schema, schema,
        )  # fmt: skip


def parse(
    key: bytes | None, value: bytes | None, topic: str, partition: int, offset: int, timestamp: int
) -> Record:
    """Read one record on its own; for many, keep a `Parser`, which remembers their schemas."""
    return Parser().parse(key, value, topic, partition, offset, timestamp)


def _fault(op: Any, before: Any, after: Any, source: dict[str, Any]) -> str | None:
    """Say what is wrong with an envelope, or nothing."""
    if not isinstance(op, str) or op not in OPERATIONS or op == "w":
        return f"its operation {op!r} is not known; known are c, u, d, r, t"
    for name, row in (("before", before), ("after", after)):
        if row is not None and not isinstance(row, dict):
            return f"its {name} is no row, but {type(row).__name__}"
    if after is None and op in "cur":
        return f"its operation is {op} and it has no row after it"
    for name in ("lsn", "scn", "commit_scn"):
        value = source.get(name)
        if not (value is None or isinstance(value, int) or str(value).isdigit()):
            return f"its source position {name} is no number: {value!r}"
    return None
