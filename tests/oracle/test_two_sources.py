"""The same work on both sources: their events, one by one, and what docs/contract.md says of them.

DIFFERENCES is that document's table. Whatever else differs fails here.
"""

from __future__ import annotations

import json
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from confluent_kafka import Consumer
from tests.audit_bench import Bench
from tests.contract.published import FOLDER, Run, check_current, check_records

from wms_connector.audit.canonical import converter
from wms_connector.audit.cells import Column, Form
from wms_connector.events.reader import consumer_settings, ranges, read
from wms_connector.events.records import Change, Parser, Tombstone
from wms_connector.local.generator import generate
from wms_connector.local.runtime import LocalRuntime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from wms_connector.events.reader import Partition, Range
    from wms_connector.events.records import Record
    from wms_connector.events.schema import Schema
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.table import Table

    Ranges = Mapping[Partition, Range]

SEED: Final = 61
COUNT: Final = 400

DIFFERENCES: Final[Mapping[str, tuple[str, str]]] = {
    "a DATE column": (
        "milliseconds, `io.debezium.time.Timestamp`: it has a time of day",
        "days, `io.debezium.time.Date`",
    ),
    "text longer than 4,000 bytes": ("CLOB", "`text`"),
    "an empty text": ("null, as in the database", "an empty text"),
    "place in the log": ("`source.scn`, `source.commit_scn`, texts", "`source.lsn`, a number"),
    "transaction": ("`source.txId`, a text", "`source.txId`, a number"),
    "`source` also has": (
        (
            "`rs_id`, `ssn`, `redo_thread`, `redo_sql`, `row_id`, `user_name`, `start_scn`, "
            "`commit_ts_ms`, `start_ts_ms`, `txSeq`, `lcr_position`"
        ),
        "`xmin`, `origin`, `origin_lsn`",
    ),
    "`source.db`": ("the pluggable database", "the database"),
    "`source.ts_ms`": ("of the change, whole seconds", "of the commit, microseconds"),
}
"""What of an event differs: with Oracle, with PostgreSQL."""


class Told(NamedTuple):
    """What a consumer reads of a record, apart from time and place."""

    op: str
    key: dict[str, str]
    before: dict[str, str] | None
    after: dict[str, str] | None


def bench_of(runtime: LocalRuntime, pipeline: Pipeline) -> Bench:
    names = pipeline.names(runtime.stage)
    topics = {table: names.debezium_topic(table) for table in pipeline.tables}
    return Bench(runtime.status(), pipeline, names.connector, topics)


@pytest.fixture(scope="module")
def postgres_runtime(session_folder: Path, pipeline: Pipeline) -> Iterator[LocalRuntime]:
    """The other source, for as long as these tests take."""
    runtime = LocalRuntime(session_folder / "postgres", pipeline, pipeline.stage("tests"))
    runtime.up()
    yield runtime
    runtime.down(purge=True)


@pytest.fixture(scope="module")
def benches(
    postgres_runtime: LocalRuntime, oracle_runtime: LocalRuntime, pipeline: Pipeline
) -> dict[str, Bench]:
    """Both runtimes, their tables emptied and then written by the same seed."""
    found = {
        "oracle": bench_of(oracle_runtime, pipeline),
        "postgres": bench_of(postgres_runtime, pipeline),
    }
    for bench in found.values():
        with bench.connect() as session:
            for table in pipeline.tables:
                session.execute(f"DELETE FROM {table.quoted}")
            session.commit()
    return found


@pytest.fixture(scope="module")
def starts(benches: dict[str, Bench]) -> dict[str, Ranges]:
    """Where the topics ended before the work."""
    found = {}
    for name, bench in benches.items():
        report = bench.audit()
        assert report.ok, report.sentences()
        with closing(consumer(bench)) as client:
            found[name] = ranges(client, list(bench.topics.values()))
    return found


@pytest.fixture(scope="module")
def written(
    benches: dict[str, Bench], starts: dict[str, Ranges], pipeline: Pipeline
) -> dict[str, dict[Table, list[Record]]]:
    """What the topics got by the same transactions."""
    told: dict[str, dict[Table, list[Record]]] = {}
    for name, bench in benches.items():
        with bench.connect() as session:
            generate(session, seed=SEED, rate=0, count=COUNT)
        report = bench.audit()
        assert report.ok, report.sentences()
        told[name] = {table: records(bench, table, starts[name]) for table in pipeline.tables}
    return told


def consumer(bench: Bench) -> Consumer:
    return Consumer(consumer_settings({"bootstrap.servers": bench.local.bootstrap_servers}))


def records(bench: Bench, table: Table, starts: Ranges) -> list[Record]:
    """Records since then, by partition and offset."""
    topic, parser = bench.topics[table], Parser()
    with closing(consumer(bench)) as client:
        ends = ranges(client, [topic])
        wanted = {w: span._replace(start=starts[w].end) for w, span in ends.items()}
        found = [parser.message(m) for batch in read(client, wanted) for m in batch]
    return sorted(found, key=lambda r: (r.partition, r.offset))


FORMS: Final = {
    "io.debezium.time.Date": lambda days: days * 86_400_000_000,
    "io.debezium.time.Timestamp": lambda ms: ms * 1000,
    "io.debezium.time.MicroTimestamp": lambda us: us,
}


def plain(row: dict[str, Any] | None, schema: Schema | None) -> dict[str, str] | None:
    """A row whose values do not tell their source: moments in microseconds, numbers in digits."""
    if row is None or schema is None:
        return None
    told = {}
    for name, value in row.items():
        field = schema.row[name]
        if value is None or value == "":
            told[name] = "NULL"  # in Oracle an empty text is none
        elif field.name in FORMS:
            told[name] = str(FORMS[field.name](value))
        else:
            assert field.name is None
            assert field.type == "string"
            told[name] = value
    return told


def number(text: str) -> str:
    convert = converter(Column("n", Form.DECIMAL), None)
    assert convert is not None
    try:
        return convert(text)
    except ValueError:
        return text


CLOCKS: Final = frozenset({"SYS_ADD_TS", "SYS_UPD_TS"})
"""Columns that the database sets by its clock."""


def told(record: Record) -> Told | str:
    if isinstance(record, Tombstone):
        return f"tombstone of {record.key}"
    assert isinstance(record, Change)
    rows = [plain(row, record.schema) for row in (record.before, record.after)]
    before, after = (
        None if row is None else {n: number(v) for n, v in row.items() if n not in CLOCKS}
        for row in rows
    )
    return Told(record.op, record.key, before, after)


def by_key(found: list[Record]) -> dict[str, list[Told | str]]:
    """What is told of each key, in order."""
    told_by_key: dict[str, list[Told | str]] = {}
    for record in found:
        assert isinstance(record, Change | Tombstone)
        told_by_key.setdefault(json.dumps(record.key, sort_keys=True), []).append(told(record))
    return told_by_key


def test_every_key_has_the_same_history(written):
    for table, found in written["oracle"].items():
        oracle, postgres = by_key(found), by_key(written["postgres"][table])
        assert oracle.keys() == postgres.keys()
        for key, history in oracle.items():
            assert history == postgres[key], (table, key)


def test_operations_come_in_the_same_numbers(written):
    def counts(source: str) -> dict[str, int]:
        ops: dict[str, int] = {}
        for found in written[source].values():
            for record in found:
                op = "tombstone" if isinstance(record, Tombstone) else record.op
                ops[op] = ops.get(op, 0) + 1
        return ops

    assert counts("oracle") == counts("postgres")
    assert {"c", "u", "d", "tombstone"} <= counts("oracle").keys()


def test_partitions_keep_the_order_of_commits(written):
    for source, place in (
        ("oracle", lambda s: (int(s["commit_scn"]), int(s["scn"]))),
        ("postgres", lambda s: (s["lsn"],)),
    ):
        for found in written[source].values():
            for partition in {record.partition for record in found}:
                places = [
                    place(r.source)
                    for r in found
                    if isinstance(r, Change) and r.partition == partition
                ]
                assert places == sorted(places), source


def test_envelopes_have_the_same_fields_and_sources_differ_as_the_contract_says(written):
    for table, found in written["oracle"].items():
        one = next(r for r in found if isinstance(r, Change))
        other = next(r for r in written["postgres"][table] if isinstance(r, Change))
        assert one.schema is not None
        assert other.schema is not None
        ours, theirs = one.schema.root.fields, other.schema.root.fields
        assert list(ours) == list(theirs)
        assert list(one.schema.row) == list(other.schema.row)
        common = ours["source"].fields.keys() & theirs["source"].fields.keys()
        told_oracle, told_postgres = (
            set(re.findall(r"`(\w+)`", text)) for text in DIFFERENCES["`source` also has"]
        )
        assert ours["source"].fields.keys() - common == told_oracle | {"scn", "commit_scn"}
        assert theirs["source"].fields.keys() - common == told_postgres | {"lsn"}
        assert (ours["source"].fields["txId"].type, theirs["source"].fields["txId"].type) == (
            "string", "int64",
        )  # fmt: skip
        for name, field in one.schema.row.items():
            if field != other.schema.row[name]:
                assert (field.name, other.schema.row[name].name) == (
                    "io.debezium.time.Timestamp", "io.debezium.time.Date",
                ), name  # fmt: skip


def test_the_published_schemas_of_oracle_are_what_the_events_carry(
    written, benches, starts, pipeline, oracle_runtime
):
    bench = benches["oracle"]
    prefix = f"{pipeline.names(oracle_runtime.stage).topic_prefix}."
    servers, since = bench.local.bootstrap_servers, starts["oracle"]
    run = Run("oracle", servers, bench.topics, prefix, since=since)
    check_current(run)
    seen = check_records(run)
    assert {"r", "c", "u", "d", "tombstone"} <= seen.keys()


def test_the_document_has_this_table():
    text = (FOLDER.parent / "contract.md").read_text()
    for what, (oracle, postgres) in DIFFERENCES.items():
        assert f"| {what} | {oracle} | {postgres} |" in text
