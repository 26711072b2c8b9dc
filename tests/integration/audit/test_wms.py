"""The audit against the real pipeline: clean, under writes, and with topics tampered with."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
from tests.audit_bench import edited

from wms_connector.audit import AuditError, Options
from wms_connector.events import UNAVAILABLE
from wms_connector.local.generator import Summary, generate, prepare
from wms_connector.model.table import Table

if TYPE_CHECKING:
    from tests.integration.audit.conftest import Bench

BASE = Table("WMS", "PLAN_BASE_WVR_TBL")


@pytest.fixture(scope="module")
def written(bench: Bench) -> Bench:
    """The runtime after some changes, all of them delivered; a test takes none of them back."""
    with bench.connect() as connection:
        prepare(connection, 400)
        generate(connection, seed=11, rate=0, count=1500)
    assert bench.audit().ok
    return bench


def test_a_quiet_pipeline_is_clean(written: Bench):
    report = written.audit()
    assert report.ok, report.sentences()
    assert report.passed
    assert report.transactions > 0
    for table in report.tables:
        assert (table.missing, table.extra, table.different, table.duplicates) == (0, 0, 0, 0)
        assert table.events >= table.rows > 0
        assert table.not_compared == {}
        assert table.in_flight == 0


def test_it_is_exact_while_rows_change(written: Bench):
    stop = threading.Event()
    summaries: list[Summary] = []

    def write(seed: int) -> None:
        with written.connect() as connection:
            summaries.append(generate(connection, seed=seed, rate=300, stop=stop.is_set))

    writers = [threading.Thread(target=write, args=(seed,)) for seed in (21, 22)]
    for writer in writers:
        writer.start()
    try:
        reports = [written.audit() for _ in range(4)]
    finally:
        stop.set()
        for writer in writers:
            writer.join(30)
    for report in reports:
        assert report.ok, report.sentences()
        assert report.passed
    # There were writes during the audits, and some had reached the topics: they were left out.
    assert sum(report.totals.in_flight for report in reports) > 0
    assert sum(summary.events for summary in summaries) > 0
    assert written.audit().ok


def test_a_transaction_that_is_open_is_no_difference(written: Bench):
    with written.connect() as one, one.transaction(force_rollback=True):
        one.execute('UPDATE "WMS"."PLAN_BASE_WVR_TBL" SET "NOTE_TXT" = \'open\'')
        with written.connect() as other:
            generate(other, seed=31, rate=0, count=50, tables=(Table("MMDL", "PLAN_BASE_WVR_TBL"),))
        assert written.audit().ok


def test_tampering_is_found_exactly(written: Bench):
    records = written.records(written.topics[BASE])
    last = {key: index for index, (_, key, _) in enumerate(records)}
    alive = [i for i in sorted(last.values()) if records[i][2] is not None]
    with_after = [i for i in alive if json.loads(records[i][2] or b"")["payload"]["after"]]
    omitted, changed, repeated, masked = with_after[:4]
    snapshot_or_insert = [
        i for i in with_after[4:]
        if sum(key == records[i][1] for _, key, _ in records) == 1
    ]  # fmt: skip
    lost = snapshot_or_insert[0]

    tampered = list(records)
    tampered[changed] = edited(records[changed], {"STAT_CD": "FORGED"})
    tampered[masked] = edited(records[masked], {"NOTE_TXT": UNAVAILABLE})
    forged = edited(records[repeated], {"PLAN_WVR_ID": "999999999999"})
    key = json.loads(forged[1] or b"")
    key["payload"]["PLAN_WVR_ID"] = "999999999999"
    tampered.append((forged[0], json.dumps(key, separators=(",", ":")).encode(), forged[2]))
    tampered.append(records[repeated])
    tampered.append((0, b"{}", b"\x00"))
    kept = [r for i, r in enumerate(tampered) if i not in {omitted, lost}]

    report = written.audit({BASE: written.topic(kept)})
    (table,) = report.tables
    earlier = [i for i, (_, k, _) in enumerate(records) if k == records[omitted][1] and i < omitted]
    alive_before = bool(earlier) and records[earlier[-1]][2] is not None
    # Without its last event a key has its value before that, or is not there at all.
    assert table.missing == 1 + (not alive_before)
    assert table.different == 1 + alive_before, table.examples
    assert table.extra == 1
    assert table.duplicates == 1
    assert table.unreadable == 1
    assert table.unavailable == {"NOTE_TXT": 1}
    assert not report.ok
    assert table.examples.extra[0].key == "PLAN_WVR_ID=999999999999"
    assert any("FORGED" in str(one.columns) for one in table.examples.different)
    # The true topic is as good as before.
    assert written.audit({BASE: written.topics[BASE]}).ok


def test_a_copy_that_is_whole_is_clean_and_one_whose_beginning_is_gone_incomplete(written: Bench):
    from confluent_kafka import TopicPartition
    from confluent_kafka.admin import AdminClient

    copy = written.topic(written.records(written.topics[BASE]))
    assert written.audit({BASE: copy}).ok
    admin = AdminClient({"bootstrap.servers": written.local.bootstrap_servers})
    records = written.records(copy)
    alive = {key: index for index, (_, key, _) in enumerate(records)}
    # Up to behind a record that is its key's last word, so that something is lost.
    lost = next(i for i in sorted(alive.values()) if records[i][2] is not None)
    partition = records[lost][0]
    offset = sum(one[0] == partition for one in records[: lost + 1])
    for future in admin.delete_records([TopicPartition(copy, partition, offset)]).values():
        future.result(30)
    report = written.audit({BASE: copy})
    (table,) = report.tables
    assert report.ok, report.sentences()
    assert report.incomplete
    assert table.unjudged >= 1


def test_missing_things_are_told(bench: Bench):
    report = bench.audit({BASE: "no-such-topic"}, options=Options(deadline=5))
    assert not report.ok
    assert report.tables[0].problem == "there is no topic no-such-topic"
    with pytest.raises(AuditError, match=r"no table WMS\.NOTHING"):
        bench.audit({Table("WMS", "NOTHING"): "t"})
