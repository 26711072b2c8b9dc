"""What end-to-end and chaos tests share: a runtime with prepared rows, a reader, a writer."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import pytest
from confluent_kafka import Consumer, KafkaError, TopicPartition

from wms_connector.audit.run import Options
from wms_connector.cli.audit import run_audit
from wms_connector.cli.database import opened
from wms_connector.connect.client import ConnectClient
from wms_connector.events.reader import consumer_settings, ranges
from wms_connector.events.records import Change, Parser, Tombstone
from wms_connector.kafka.clients import Cluster, client_settings
from wms_connector.local.errors import NotRunningError
from wms_connector.local.generator import Summary, generate, prepare
from wms_connector.model.errors import UsageError, WmsError
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.topics import topic_names
from wms_connector.oracle.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from wms_connector.audit.report import Report
    from wms_connector.events.records import Record
    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.sessions import Connection
    from wms_connector.local.status import LocalStatus
    from wms_connector.model.stage import Stage

T = TypeVar("T")

PREPARED: Final = 400
"""Rows that are in the four tables of the shared runtime before its connector starts."""
ORACLE_ROWS: Final = 200
"""The same of that on the Oracle stand-in."""

PATIENCE: Final = 300.0
"""Seconds after which something hangs. No test says how long anything may take, on any machine."""

CONNECTION_LOST: Final = {KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN}

_PAUSE: Final = 0.05
_LOOK: Final = 5.0
"""Seconds between two looks for what has FAILED."""
_numbers = itertools.count(1)


def until(happened: Callable[[], T], what: str, *, seconds: float = PATIENCE) -> T:
    """Ask again and again until the answer is true, and give it."""
    deadline = time.monotonic() + seconds
    while not (answer := happened()):
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:.0f} s not seen: {what}")
        time.sleep(_PAUSE)
    return answer


def for_a_while(seconds: float) -> Iterable[None]:
    """Yield for so long: to look at what must not happen, never to wait for what must."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(_PAUSE)


def prepared(rows: int) -> Callable[[str], None]:
    """What a runtime calls once to fill its new database."""

    def fill(dsn: str) -> None:
        with opened(dsn) as connection:
            prepare(connection, rows)

    return fill


def read_whole(runtime: LocalRuntime, rows: int) -> None:
    """Wait until a snapshot of so many rows is in the topics."""
    with Reader.of(runtime, from_beginning=True) as reader:
        reader.until(lambda change: change.op == "r", "the snapshot", count=rows)


class Reader:
    """Committed records of a stage's data topics, as they arrive.

    From now on, or from the topics' beginning.
    """

    def __init__(
        self, status: LocalStatus, topics: Iterable[str], *, from_beginning: bool = False
    ) -> None:
        cluster = Cluster(status.bootstrap_servers, KafkaSecurity.PLAINTEXT)
        self._consumer = Consumer(consumer_settings(client_settings(cluster)))
        self._topics = tuple(topics)
        self._parser = Parser()
        self.records: list[Record] = []
        spans = ranges(self._consumer, self._topics)
        self._at = {
            where: span.start if from_beginning else span.end for where, span in spans.items()
        }
        self._consumer.assign([TopicPartition(*where, at) for where, at in self._at.items()])

    @classmethod
    def of(cls, runtime: LocalRuntime, *, from_beginning: bool = False) -> Self:
        """A reader of all tables of a runtime's stage."""
        topics = topic_names(runtime.pipeline, runtime.stage).data.values()
        return cls(runtime.status(), topics, from_beginning=from_beginning)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    @property
    def changes(self) -> list[Change]:
        """All changes read so far."""
        return [record for record in self.records if isinstance(record, Change)]

    def more(self) -> None:
        """Read what has come meanwhile."""
        for message in self._consumer.consume(2000, timeout=0.1):
            error = message.error()
            if error is None:
                self.records.append(self._parser.message(message))
                self._at[message.topic(), message.partition()] = message.offset() + 1
            elif error.code() == KafkaError._PARTITION_EOF:
                self._at[message.topic(), message.partition()] = message.offset()
            else:  # of a broker that is down; the consumer goes on by itself
                assert error.retriable() or error.code() in CONNECTION_LOST, error

    def to_the_end(self) -> None:
        """Read all that is committed at this moment."""
        ends = ranges(self._consumer, self._topics)

        def reached() -> bool:
            self.more()
            return all(self._at[where] >= span.end for where, span in ends.items())

        until(reached, "the end of the topics")

    def until(
        self,
        wanted: Callable[[Change], bool],
        what: str,
        *,
        count: int = 1,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> list[Change]:
        """Read on until so many changes are as wanted, those read before too; gives them."""
        seen, hits = 0, []

        def found() -> bool:
            nonlocal seen
            fresh, seen = self.records[seen:], len(self.records)
            hits.extend(one for one in fresh if isinstance(one, Change) and wanted(one))
            if len(hits) < count:
                self.more()
                meanwhile()
            return len(hits) >= count

        until(found, what)
        return hits

    def until_key(
        self,
        number: int,
        what: str,
        *,
        count: int = 1,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> list[Change]:
        """Read on until there are so many changes of a waiver number; gives them."""
        return self.until(
            lambda change: _number(change) == number, what, count=count, meanwhile=meanwhile
        )

    def of_key(self, number: int) -> list[Change]:
        """Changes of one waiver number, in the order in which they were committed."""
        return [change for change in self.changes if _number(change) == number]

    def tombstones(self, number: int) -> list[Tombstone]:
        """Tombstones of one waiver number."""
        return [
            record
            for record in self.records
            if isinstance(record, Tombstone) and record.key["PLAN_WVR_ID"] == str(number)
        ]


def _number(change: Change) -> int | None:
    return None if change.key is None else int(change.key.get("PLAN_WVR_ID", 0))


def new_number() -> int:
    """A waiver number that no generator gives: they count from 1, this counts down from -1."""
    return -next(_numbers)


def insert_waiver(connection: Connection, number: int, **values: Any) -> None:
    """Insert a row of WMS.PLAN_BASE_WVR_TBL, in either database."""
    row = {
        "PLAN_WVR_ID": number,
        "WHSE_ID": "ATL01",
        "PLAN_NBR": f"E2E{number}",
        "WVR_TYP_CD": "QTY",
        "STAT_CD": "PLANNED",
        "PLAN_STRT_DT": date(2026, 2, 3),
        "ADD_USER_ID": "e2e",
        **values,
    }
    columns = ", ".join(f'"{name}"' for name in row)
    into = f'INSERT INTO "WMS"."PLAN_BASE_WVR_TBL" ({columns})'
    if isinstance(connection, Database):
        marks = ", ".join(f":{name}" for name in row)
        connection.execute(f"{into} VALUES ({marks})", **row)
        return
    marks = ", ".join("%s" for _ in row)
    connection.execute(f"{into} VALUES ({marks})".encode(), list(row.values()))


def write_one(status: LocalStatus, **values: Any) -> int:
    """Insert and commit one row; gives its number."""
    number = new_number()
    with opened(status.database_dsn) as connection:
        insert_waiver(connection, number, **values)
        connection.commit()
    return number


def flows(reader: Reader, status: LocalStatus) -> int:
    """Write a row and wait until it has arrived: the pipeline is alive. Gives its number."""
    number = write_one(status)
    reader.until_key(number, f"the insert of {number}")
    return number


def flows_again(reader: Reader, runtime: LocalRuntime) -> int:
    """The same after a failure of a part: a task that has given up is restarted, as `health` would.

    It does so when a transaction times out, while nothing answers or all are busy coming back.
    """
    looked = time.monotonic()

    def look() -> None:
        nonlocal looked
        if time.monotonic() - looked > _LOOK:
            _restart_failed(runtime.status())
            looked = time.monotonic()

    number = write_one(runtime.status())
    reader.until_key(number, f"the insert of {number}", meanwhile=look)
    return number


def _restart_failed(status: LocalStatus) -> None:
    with contextlib.suppress(WmsError), ConnectClient(status.connect_urls) as client:
        for name in client.connectors():
            if client.status(name).has_failed:
                client.restart_failed(name)


def snapshot_rows(reader: Reader) -> int:
    """How many rows a snapshot has read so far."""
    reader.to_the_end()
    return sum(change.op == "r" for change in reader.changes)


def audited(
    runtime: LocalRuntime, *, stage: Stage | None = None, urls: Sequence[str] = ()
) -> Report:
    """Audit a runtime's stage, or that of other workers on its broker and database."""
    status = runtime.status()
    return run_audit(
        runtime.pipeline,
        stage or runtime.stage,
        dsn=status.database_dsn,
        brokers=status.bootstrap_servers,
        urls=urls or status.connect_urls,
        options=Options(deadline=PATIENCE),
        progress=lambda _: None,
    )


def assert_exact(report: Report) -> None:
    """Nothing lost, nothing too much, nothing twice."""
    assert report.ok, report.sentences()
    assert report.totals.duplicates == 0
    assert report.totals.missing == report.totals.extra == report.totals.different == 0


class Writer:
    """Writes waiver changes in a thread; goes on with a new connection if the database dies."""

    def __init__(self, dsn: str, *, rate: float = 100, seed: int = 1) -> None:
        self._dsn = dsn
        self._rate = rate
        self._seed = seed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._error: BaseException | None = None
        self._before = 0
        self._now = 0
        self.lost_connections = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self.until_written(1)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the writer did not stop"
        if self._error is not None:
            raise self._error

    @property
    def written(self) -> int:
        """Events that the changes written so far should give."""
        return self._before + self._now

    def until_written(self, more: int) -> None:
        """Wait until so many more changes were written."""
        goal = self.written + more
        until(lambda: self._error or self.written >= goal, f"{more} more changes written")
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                try:
                    self._write()
                except UsageError:
                    raise
                except WmsError:
                    self.lost_connections += 1
                    self._before, self._now = self.written, 0
                    self._seed += 1
                    self._stop.wait(0.2)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._error = error

    def _write(self) -> None:
        with opened(self._dsn) as connection:
            generate(
                connection,
                seed=self._seed,
                rate=self._rate,
                stop=self._stop.is_set,
                on_commit=self._count,
            )

    def _count(self, summary: Summary) -> None:
        self._now = summary.events


def kill_under_load(
    runtime: LocalRuntime,
    reader: Reader,
    writer: Writer,
    part: str,
    *,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Kill a part, start it again where it was, and see changes flow that were made afterwards."""
    before = runtime.status()
    killed = runtime.kill(part)
    with pytest.raises(NotRunningError, match=f"{part} does not run"):
        runtime.kill(part)
    meanwhile()
    after = runtime.start(part)
    assert after.running
    assert [one.port for one in after.parts] == [one.port for one in before.parts]
    assert killed not in {one.pid for one in after.parts}
    flows_again(reader, runtime)
    writer.until_written(20)
