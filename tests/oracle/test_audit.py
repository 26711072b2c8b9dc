"""The audit of Oracle's connector on the stand-in: clean, under writes, and tampered with."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
from tests.audit_bench import Bench, Raw, edited

from wms_connector.audit import AuditError, Options
from wms_connector.audit.oracle import OracleSource
from wms_connector.local.generator import Summary, generate, prepare
from wms_connector.model.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.standin.control import Standin
    from wms_connector.model.pipeline import Pipeline

BASE = Table("WMS", "PLAN_BASE_WVR_TBL")
# An offset of an idle database moves once a heartbeat, each minute; until then the audit waits for
# what is missing, which here will never come.
SHORT = Options(deadline=8)


@pytest.fixture(scope="module")
def bench(oracle_runtime: LocalRuntime, pipeline: Pipeline) -> Iterator[Bench]:
    names = pipeline.names(oracle_runtime.stage)
    topics = {table: names.debezium_topic(table) for table in pipeline.tables}
    made = Bench(oracle_runtime.status(), pipeline, names.connector, topics)
    with made.connect() as connection:
        prepare(connection, 300)
        generate(connection, seed=11, rate=0, count=800)
    report = made.audit()
    assert report.ok, report.sentences()
    yield made
    made.close()


def test_a_quiet_pipeline_is_clean(bench: Bench):
    report = bench.audit()
    assert report.ok, report.sentences()
    assert report.transactions > 0
    for table in report.tables:
        found = (table.missing, table.extra, table.different, table.gaps, table.duplicates)
        assert found == (0, 0, 0, 0, 0)
        assert table.chained
        assert table.events >= table.rows > 0
        assert (table.not_compared, table.notes) == ({}, ())


def test_it_is_exact_while_rows_change_and_a_transaction_stays_open(bench: Bench):
    stop = threading.Event()
    summaries: list[Summary] = []

    def write(seed: int) -> None:
        with bench.connect() as connection:
            summaries.append(generate(connection, seed=seed, rate=60, stop=stop.is_set))

    writers = [threading.Thread(target=write, args=(seed,)) for seed in (21, 22)]
    with bench.connect() as held:
        held.execute(
            'UPDATE "WMS"."PLAN_BASE_WVR_TBL" SET "NOTE_TXT" = :text'
            ' WHERE "PLAN_WVR_ID" = (SELECT MIN("PLAN_WVR_ID") FROM "WMS"."PLAN_BASE_WVR_TBL")',
            text="open",
        )
        for writer in writers:
            writer.start()
        try:
            reports = [bench.audit() for _ in range(2)]
        finally:
            stop.set()
            for writer in writers:
                writer.join(60)
            held.rollback()
    for report in reports:
        assert report.ok, report.sentences()
    assert sum(summary.events for summary in summaries) > 0
    assert bench.audit().ok


def test_tampering_is_found_exactly(bench: Bench):
    records = bench.records(bench.topics[BASE])
    places: dict[bytes | None, list[int]] = {}
    for index, (_, key, _) in enumerate(records):
        places.setdefault(key, []).append(index)
    alive = [found for found in places.values() if records[found[-1]][2] is not None]
    single = [found for found in alive if len(found) == 1]
    updated = [found for found in alive if [_op(records[i]) for i in found][1:3] == ["u", "u"]]

    lost, changed, repeated = single[0][0], single[1][0], single[2][0]
    between = updated[0][1]
    tampered = list(records)
    tampered[changed] = edited(records[changed], {"STAT_CD": "FORGED"})
    forged = edited(records[repeated], {"PLAN_WVR_ID": "999999999999"})
    key = json.loads(forged[1] or b"")
    key["payload"]["PLAN_WVR_ID"] = "999999999999"
    tampered += [(forged[0], json.dumps(key, separators=(",", ":")).encode(), forged[2])]
    tampered += [records[repeated]]
    kept = [record for i, record in enumerate(tampered) if i not in {lost, between}]

    (table,) = bench.audit({BASE: bench.topic(kept)}, options=SHORT).tables
    assert (table.missing, table.extra, table.different) == (1, 1, 1), table.examples
    assert (table.gaps, table.duplicates) == (1, 1), table.examples
    assert table.examples.extra[0].key == "PLAN_WVR_ID=999999999999"
    assert "STAT_CD" in table.examples.different[0].columns
    whole = bench.audit({BASE: bench.topic(records)})
    assert whole.ok, whole.sentences()


def _op(record: Raw) -> str:
    return "" if record[2] is None else json.loads(record[2])["payload"]["op"]


def test_a_row_that_was_changed_behind_the_connector_s_back_is_found(
    bench: Bench, standin: Standin
):
    """Without a trace in the redo, as a change of an unlogged table would be."""
    copy = bench.topic(bench.records(bench.topics[BASE]))
    with bench.connect() as connection:
        key = connection.scalar('SELECT MIN("PLAN_WVR_ID") FROM "WMS"."PLAN_BASE_WVR_TBL"')
        connection.execute(
            'UPDATE "WMS"."PLAN_BASE_WVR_TBL" SET "STAT_CD" = :word WHERE "PLAN_WVR_ID" = :key',
            word="BEHIND",
            key=key,
        )
        connection.commit()
    (table,) = bench.audit({BASE: copy}, options=SHORT).tables
    assert (table.missing, table.extra, table.different, table.gaps) == (0, 0, 1, 0)
    assert table.examples.different[0].key == f"PLAN_WVR_ID={key}"
    assert table.examples.different[0].columns["STAT_CD"][0] == "BEHIND"


def test_a_user_who_may_not_read_the_past_is_told_what_to_grant(bench: Bench, standin: Standin):
    standin.sql('CREATE USER AUDIT_IT IDENTIFIED BY "w12345678"')
    try:
        standin.sql("GRANT CREATE SESSION, SELECT ANY TABLE, SELECT_CATALOG_ROLE TO AUDIT_IT")
        from pydantic import SecretStr

        with standin.session("AUDIT_IT", SecretStr("w12345678")) as session:
            source = OracleSource(session)
            (layout,) = source.describe([BASE])
            with source.cut() as cut, pytest.raises(AuditError) as told:
                list(cut.rows(layout))
        assert "ORA-01031" in told.value.what
        assert "FLASHBACK" in (told.value.hint or "")
    finally:
        standin.sql("DROP USER AUDIT_IT CASCADE")
