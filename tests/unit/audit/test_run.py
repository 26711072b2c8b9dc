"""Whole audits over a log in memory: what is lost, too much, different or twice is found."""

from __future__ import annotations

import json
import os

import pytest
from rich.console import Console
from tests.unit.audit.fakes import FIELDS, TABLE, TOPIC, Database, FakeSource, layout_of
from tests.unit.events.fakes import FakeLog, encoded, key_of, struct, value_of

from wms_connector.audit import AuditError, Options, audit
from wms_connector.audit.cells import Column, Form
from wms_connector.audit.layout import Layout
from wms_connector.events import UNAVAILABLE

PAST = [{"partition": {}, "offset": {"lsn": 10**9}}]


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def clock(self):
        self.now += 0.01
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def run(database: Database, source: FakeSource | None = None, **how):
    time = Time()
    how.setdefault("offsets", lambda: PAST)
    report = audit(
        source or database.source(),
        {TABLE: TOPIC},
        database.log.consumer,
        clock=time.clock,
        sleep=how.pop("sleep", time.sleep),
        **how,
    )
    return report, report.tables[0]


def filled(**how) -> Database:
    database = Database(**how)
    for ident in range(10):
        database.put(ident, op="r")
    database.put(3, "b\tc\\d\n")
    database.put(4, None)
    database.drop(5)
    return database


def text_of(report) -> str:
    console = Console(width=240, force_terminal=False)
    with console.capture() as captured:
        console.print(report.render())
    return captured.get()


def test_a_clean_run():
    report, table = run(filled(partitions=3))
    assert report.ok
    assert report.passed
    assert (table.rows, table.events, table.events_uncommitted) == (9, 13, 13)
    assert (table.missing, table.extra, table.different, table.duplicates) == (0, 0, 0, 0)
    assert (table.tombstones, table.in_flight, report.transactions) == (1, 0, 1)
    told = json.loads(report.model_dump_json())
    assert {"rows", "missing", "extra", "different", "duplicates"} <= told["tables"][0].keys()
    assert told["ok"] is True
    assert told["totals"]["events"] == 13
    assert "nothing lost, nothing too much, nothing twice" in text_of(report)


def test_a_lost_event_is_a_missing_key_or_another_value():
    database = filled()
    database.rows[77] = {"ID": 77, "NAME": "lost", "NOTE": None}
    database.rows[2] = {"ID": 2, "NAME": "lost update", "NOTE": None}
    report, table = run(database)
    assert not report.ok
    assert (table.missing, table.different, table.extra) == (1, 1, 0)
    assert table.examples.missing[0].key == "ID=77"
    (different,) = table.examples.different
    assert (different.key, different.event) == ("ID=2", f"{TOPIC}[0]@2")
    assert different.columns == {"NAME": ("lost update", "a")}
    assert "source 'lost update', topic 'a'" in text_of(report)


def test_a_forged_event_is_a_key_too_many():
    database = filled()
    database.event("c", None, {"ID": 99, "NAME": "forged", "NOTE": None})
    report, table = run(database)
    assert (table.missing, table.different, table.extra) == (0, 0, 1)
    assert table.examples.extra[0].key == "ID=99"
    assert "extra: ID=99" in text_of(report)


def test_an_event_twice_is_a_duplicate_and_the_last_word():
    database = filled()
    first = database.put(8, "x")
    database.again(first)
    report, table = run(database)
    assert (table.duplicates, table.different) == (1, 0)
    assert not report.ok
    assert table.examples.duplicates[0].key == "ID=8"
    assert "duplicate: ID=8" in text_of(report)
    database.put(8, "y")
    database.again(first)
    _, table = run(database)
    assert (table.duplicates, table.different) == (2, 1)


def test_a_snapshot_that_reads_a_key_twice_is_a_duplicate_but_not_an_incremental_one():
    database = filled()
    database.put(1, op="r")
    assert run(database)[1].duplicates == 1
    database = filled()
    database.put(1, op="r", snapshot="incremental")
    database.put(1, op="r", snapshot="incremental")
    assert run(database)[1].duplicates == 0


def test_at_least_once_bears_duplicates_and_says_so():
    database = filled()
    database.again(database.put(8, "x"))
    report, table = run(database, delivery="at-least-once")
    assert table.duplicates == 1
    assert report.ok
    assert "at-least-once: duplicates are expected" in text_of(report)


def test_aborted_events_count_only_as_uncommitted():
    database = filled()
    offset = database.put(8, "x", state="aborted")
    database.log.add(TOPIC, None, None, "marker")
    database.again(offset)
    database.log.add(TOPIC, None, None, "marker")
    report, table = run(database)
    assert report.ok
    assert (table.duplicates, table.duplicates_uncommitted) == (0, 1)
    assert table.events_uncommitted == table.events + 1
    report, table = run(database, options=Options(uncommitted=False))
    assert report.ok
    assert table.events_uncommitted is None
    assert report.totals.duplicates_uncommitted is None
    assert "-" in text_of(report)


def test_events_of_later_transactions_are_left_out():
    database = filled()
    source = database.source(visible={7})
    database.put(1, "later", tx=9)
    database.put(50, "later", tx=9)
    database.drop(2, tx=9)
    report, table = run(database, source)
    assert report.ok
    assert table.in_flight == 3
    assert "3 events of later transactions" in text_of(report)


def test_truncates_end_what_was_before():
    database = filled()
    database.truncate()
    database.put(1, "new")
    report, table = run(database)
    assert report.ok
    assert (table.rows, table.truncates) == (1, 1)
    late = database.source(visible={7})
    database.truncate(tx=9)
    assert run(database, late)[0].ok


def test_a_truncate_in_an_aborted_transaction_does_nothing():
    database = filled()
    database.event("t", None, None, state="aborted")
    report, table = run(database)
    assert report.ok
    assert table.events_uncommitted == table.events + 1
    assert table.truncates == 0


def test_retention_makes_it_incomplete_not_wrong():
    database = filled()
    database.log.low[TOPIC, 0] = 6
    report, table = run(database)
    assert report.ok
    assert report.incomplete
    assert table.incomplete
    assert (table.missing, table.examples.missing) == (0, ())
    assert table.unjudged == 3
    assert "removed by retention" in text_of(report)
    assert "3 rows could not be judged" in text_of(report)


def test_a_topic_that_is_not_there_is_a_problem():
    database = filled()
    database.log.partitions.clear()
    report, table = run(database)
    assert not report.ok
    assert "there is no topic" in (table.problem or "")
    assert table.missing == 9
    assert "there is no topic" in text_of(report)


def test_unreadable_records_are_counted_and_named():
    database = filled()
    for _ in range(25):
        database.log.add(TOPIC, b"{", b"not JSON")
    report, table = run(database)
    assert not report.ok
    assert table.unreadable == 25
    assert len(report.unreadable) == 20
    assert report.unreadable[0].offset == 14
    assert f"{TOPIC}[0]@14" in text_of(report)


def test_a_record_without_its_key_is_unreadable():
    database = filled()
    fields = {"OTHER": {"type": "int64"}}
    database.log.add(TOPIC, None, value_of("c", None, {"OTHER": 1}, fields=fields, lsn=99))
    _, table = run(database)
    assert table.unreadable == 1


def test_a_key_of_other_columns_is_not_gone_by():
    database = filled()
    row = {"ID": 60, "NAME": "n", "NOTE": None}
    database.rows[60] = row
    key = key_of({"NAME": "n"}, FIELDS)
    database.log.add(TOPIC, key, value_of("c", None, row, fields=FIELDS, lsn=99))
    assert run(database)[0].ok


def test_unavailable_columns_are_counted_and_the_others_compared():
    database = filled()
    database.put(1, "x", UNAVAILABLE)
    database.put(2, "y", UNAVAILABLE)
    database.rows[1]["NOTE"] = database.rows[2]["NOTE"] = "large"
    report, table = run(database)
    assert report.ok
    assert table.unavailable == {"NOTE": 2}
    assert "not in the last event of 2 rows" in text_of(report)
    database.rows[2]["NAME"] = "z"
    report, table = run(database)
    assert not report.ok
    assert table.different == 1
    assert table.examples.different[0].columns["NAME"] == ("z", "y")
    assert table.examples.different[0].columns["NOTE"] == ("large", "(not in the event)")


def test_more_masked_rows_than_examples():
    database = Database()
    for ident in range(1500):
        database.put(ident, "x", UNAVAILABLE)
        database.rows[ident].update(NOTE="large", NAME="other" if ident % 100 == 0 else "x")
    _, table = run(database, options=Options(examples=2))
    assert (table.different, len(table.examples.different)) == (15, 2)


def test_a_column_that_was_added_later_is_missing_in_old_events():
    database = Database()
    row = {"ID": 1, "NAME": "a"}
    old = {name: FIELDS[name] for name in row}
    key = key_of({"ID": 1}, FIELDS)
    database.log.add(TOPIC, key, value_of("c", None, row, fields=old, lsn=3))
    database.rows[1] = {**row, "NOTE": None}
    report, table = run(database)
    assert report.ok
    assert table.unavailable == {"NOTE": 1}


def test_long_keys_are_shown_too():
    layout = Layout(TABLE, (Column("NAME", Form.TEXT), Column("ID", Form.INTEGER)), 1)
    database = Database(keyed=False)
    names = ["a very long key that is hashed", "another very long key to be hashed"]
    rows = [{"NAME": name, "ID": 1, "NOTE": None} for name in names]

    class Source(FakeSource):
        pass

    source = FakeSource(layout=layout)
    source.rows = []
    database.event("c", None, rows[0])
    _, table = run(database, source)
    assert table.examples.extra[0].key == f"NAME={names[0]}"


def test_a_table_without_a_key_is_compared_as_rows():
    database = Database(keyed=False)
    database.put(1, "x")
    database.put(2, "y")
    database.put(2, "z")
    database.put(3, "w")
    database.drop(3)
    source = database.source(layout=layout_of(0))
    source.rows.append(dict(source.rows[0]))
    database.event("c", None, source.rows[0], lsn=11)
    report, table = run(database, source)
    assert report.ok
    assert (table.rows, table.events, table.duplicates) == (3, 6, 0)
    assert "a duplicate cannot be told from a second row" in text_of(report)
    source.rows.append({"ID": 8, "NAME": "lost", "NOTE": None})
    database.event("c", None, {"ID": 9, "NAME": "forged and long", "NOTE": None})
    report, table = run(database, source)
    assert (table.missing, table.extra, table.different) == (1, 1, 0)
    assert table.examples.missing[0].key == "ID=8,NAME=lost,NOTE=NULL"
    assert table.examples.extra[0].key == "ID=9,NAME=forged and long,NOTE=NULL"
    database.log.low[TOPIC, 0] = 1
    report, table = run(database, source)
    assert report.ok
    assert (table.unjudged, table.extra) == (4, 0)


def test_a_table_without_a_key_and_whole_rows_cannot_be_followed():
    database = Database(keyed=False, full=False)
    database.put(1, "x")
    database.put(1, "y")
    report, table = run(database, database.source(layout=layout_of(0)))
    assert not report.ok
    assert "REPLICA IDENTITY FULL" in (table.problem or "")
    database = Database(keyed=False)
    database.put(1, "x", UNAVAILABLE)
    assert run(database, database.source(layout=layout_of(0)))[1].problem is not None


def test_keys_in_two_partitions_are_noted():
    database = Database(partitions=2)
    database.put(2, "old")
    database.put(2, "new", partition=1)
    report, table = run(database)
    assert report.ok
    assert any("more than one partition" in note for note in table.notes)


def test_polled_rows_have_no_deletes_and_duplicates_by_value():
    database = Database()
    schema = struct(FIELDS, "T")
    for name in ("a", "b", "b"):
        database.log.add(
            TOPIC, key_of({"ID": 1}, FIELDS), encoded(schema, {"ID": 1, "NAME": name, "NOTE": None})
        )
    database.rows[1] = {"ID": 1, "NAME": "b", "NOTE": None}
    report, table = run(database, delivery="at-least-once")
    assert report.ok
    assert (table.events, table.duplicates, report.transactions) == (3, 1, 0)


def test_it_waits_until_the_connector_has_passed_and_reads_on():
    database = filled()
    source = database.source()
    source.rows.append({"ID": 70, "NAME": "late", "NOTE": None})
    offsets = [{"offset": {"lsn": 0}}]
    rounds = []

    def sleep(_):
        rounds.append(1)
        if len(rounds) == 3:
            database.put(70, "late")
            offsets[0] = {"offset": {"lsn": 10**9}}

    report, _ = run(database, source, offsets=lambda: offsets, sleep=sleep)
    assert report.ok
    assert report.passed
    assert len(rounds) == 3


def test_it_waits_until_what_was_written_is_stable():
    """The connector's offset is seen before the end of the same transaction in a data topic."""
    database = filled()
    database.put(70, "late")
    database.log.stable[TOPIC, 0] = len(database.log.partitions[TOPIC, 0]) - 1
    rounds = []

    def sleep(_):
        rounds.append(1)
        if len(rounds) == 2:
            database.log.stable.clear()

    report, _ = run(database, sleep=sleep)
    assert report.ok
    assert report.passed
    assert len(rounds) == 2


def test_quiet_topics_without_a_difference_are_an_answer():
    report, _ = run(filled(), offsets=lambda: [{"offset": {"lsn": 0}}])
    assert report.ok
    assert not report.passed
    assert 4 < report.waited < 10
    assert "was not seen to pass" in text_of(report)


def test_a_difference_waits_for_the_deadline():
    database = filled()
    database.rows[70] = {"ID": 70, "NAME": "lost", "NOTE": None}
    report, table = run(
        database, offsets=lambda: [{"offset": {"lsn": 0}}], options=Options(deadline=30)
    )
    assert not report.ok
    assert table.missing == 1
    assert report.waited > 25
    assert "may still be on its way" in text_of(report)


def test_without_offsets_a_later_event_tells_that_all_are_there():
    database = filled()
    database.put(1, "later", lsn=10**6 + 5)
    source = database.source()
    source.rows = [r | {"NAME": "a"} if r["ID"] == 1 else r for r in source.rows]
    report, _ = run(database, source, offsets=None)
    assert report.ok
    assert report.passed


def test_it_waits_for_the_connector_s_own_snapshot():
    database = filled()
    replies = [[], [{"offset": {"snapshot": "INITIAL", "lsn": 1}}], PAST]
    report, _ = run(database, offsets=lambda: replies.pop(0) if len(replies) > 1 else replies[0])
    assert report.ok
    with pytest.raises(AuditError, match="not finished its snapshot"):
        run(filled(), offsets=list, options=Options(deadline=2))


def test_progress_is_told():
    steps = []
    run(filled(), progress=steps.append)
    assert {"rows", "events", "aborted", "comparing"} <= {step.phase for step in steps}
    steps.clear()
    database = Database()
    for ident in range(20_001):
        database.rows[ident] = {"ID": ident, "NAME": "", "NOTE": None}
    run(database, progress=steps.append, options=Options(uncommitted=False))
    assert ("rows", 20_000) in {(step.phase, step.done) for step in steps}


def test_it_cleans_up(tmp_path):
    consumers = []

    def consumer(committed):
        consumers.append(filled().log.consumer(committed))
        return consumers[-1]

    database = filled()
    audit(
        database.source(), {TABLE: TOPIC}, consumer, offsets=lambda: PAST,
        options=Options(folder=tmp_path),
    )  # fmt: skip
    assert all(one.closed for one in consumers)
    assert list(tmp_path.iterdir()) == []
    assert "SQLITE_TMPDIR" not in os.environ


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(AuditError, match="temporary folder"):
        run(filled(), options=Options(folder=tmp_path / "none"))


def test_a_disk_that_is_too_small_is_told_before(tmp_path):
    source = filled().source(layout=layout_of(estimate=10**15))
    with pytest.raises(AuditError, match="are free"):
        run(filled(), source, options=Options(folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_log_without_a_table_is_an_error():
    with pytest.raises(AuditError):
        audit(FakeSource(), {layout_of().table.__class__("X", "Y"): "t"}, FakeLog().consumer,
              offsets=None)  # fmt: skip
