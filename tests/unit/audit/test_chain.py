"""Changes that are missing between others are seen although the state at the end is right."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from tests.unit.audit.fakes import TABLE, TOPIC, Database, layout_of
from tests.unit.audit.test_run import filled, run

from wms_connector.audit import Options
from wms_connector.events import UNAVAILABLE

STEPS = st.lists(st.sampled_from(["a", "b", "c", "d", None]), min_size=1, max_size=12)


def written(steps, *, read=False) -> Database:
    """One key, put to each name in turn; None deletes it."""
    database = Database()
    if read:
        database.put(1, "read", op="r")
    for name in steps:
        if name is not None:
            database.put(1, name)
        elif 1 in database.rows:
            database.drop(1)
    return database


@given(STEPS, st.booleans(), st.randoms(use_true_random=False))
def test_a_whole_history_has_no_gap_in_whatever_order_it_is_compared(steps, read, rng):
    database = written(steps, read=read)
    report, table = run(database)
    assert (table.gaps, table.chained, report.ok) == (0, True, True)
    # Across partitions the order of arrival means nothing; the last word is the source's then.
    rng.shuffle(moved := list(database.log.partitions[TOPIC, 0]))
    for index, record in enumerate(moved):
        database.log.partitions.setdefault((TOPIC, index), []).clear()
        database.log.partitions[TOPIC, index].append(record)
    assert run(database)[1].gaps == 0


@given(STEPS, st.booleans(), st.integers(0, 30))
def test_a_lost_change_is_a_gap_or_a_difference_unless_it_changed_nothing(steps, read, which):
    database = written(steps, read=read)
    log = database.log.partitions[TOPIC, 0]
    changes = [i for i, (_, value, _) in enumerate(log) if value is not None]
    if not changes:
        return
    lost = changes[which % len(changes)]
    before, after = _rows(log[lost][1])
    del log[lost]
    report, table = run(database)
    assert report.ok == (before == after)
    assert bool(table.gaps or table.missing or table.extra or table.different) == (before != after)


def _rows(value):
    import json

    payload = json.loads(value)["payload"]
    return payload["before"], payload["after"]


def test_an_update_that_was_lost_and_followed_by_another_is_named():
    database = written(["a", "b", "c"])
    del database.log.partitions[TOPIC, 0][1]
    report, table = run(database)
    assert not report.ok
    assert (table.missing, table.extra, table.different, table.gaps) == (0, 0, 0, 1)
    assert table.examples.gaps[0].key == "ID=1"
    assert report.totals.gaps == 1
    console = Console(width=240)
    with console.capture() as captured:
        console.print(report.render())
    assert "S.T: gap: ID=1" in captured.get()


def test_duplicates_are_no_gaps():
    database = written(["a", "b", "c"])
    database.again(1)
    database.again(2)
    report, table = run(database, delivery="at-least-once")
    assert (table.duplicates, table.gaps, report.ok) == (2, 0, True)


def test_a_snapshot_that_was_taken_anew_is_no_gap():
    database = Database()
    database.put(1, "first", op="r")
    database.put(1, "second", op="r")
    database.put(1, "third")
    database.put(1, "third", op="r", snapshot="incremental")
    database.put(1, "fourth")
    assert run(database)[1].gaps == 0


def test_a_snapshot_after_changes_that_were_lost_begins_anew():
    database = written(["a", "b", "c"])
    del database.log.partitions[TOPIC, 0][1:]
    database.put(1, "d", op="r")
    database.put(1, "e")
    report, table = run(database)
    assert (table.gaps, report.ok) == (0, True)
    assert any("keys have events" in note for note in table.notes)


def test_what_was_before_a_truncate_is_not_followed():
    database = written(["a", "b"])
    database.truncate()
    database.put(1, "c")
    assert run(database)[1].gaps == 0
    del database.log.partitions[TOPIC, 0][1]
    assert run(database)[1].gaps == 0


def test_events_of_later_transactions_are_no_gaps():
    database = written(["a", "b"])
    source = database.source(visible={7})
    database.put(1, "later", tx=9)
    assert run(database, source)[1].gaps == 0


def lossy(**how) -> Database:
    database = filled(**how)
    for name in ("x", "y", "z"):
        database.put(8, name)
    del database.log.partitions[TOPIC, 0][-2]
    return database


def test_where_it_cannot_be_seen_it_says_so():
    assert run(lossy())[1].gaps == 1
    _, table = run(lossy(full=False))
    assert (table.gaps, table.chained) == (0, True)
    assert any("keys have events without the whole row before" in n for n in table.notes)
    database = lossy()
    _, table = run(database, database.source(layout=layout_of(whole=False)))
    assert (table.gaps, table.chained) == (0, False)
    _, table = run(lossy(), options=Options(chain=False))
    assert (table.gaps, table.chained) == (0, False)
    database = lossy()
    database.log.low[TOPIC, 0] = 3
    _, table = run(database)
    assert (table.gaps, table.chained, table.examples.gaps) == (0, False, ())


def test_columns_that_only_some_events_have_are_not_followed():
    database = written(["a", "b"])
    database.put(1, "c", UNAVAILABLE)
    database.rows[1]["NOTE"] = "large"
    report, table = run(database)
    assert (table.gaps, report.ok) == (0, True)


def test_many_keys_are_followed_each_by_itself():
    rng = random.Random(5)
    database = Database(partitions=3)
    for _ in range(2000):
        ident = rng.randrange(50)
        if ident in database.rows and rng.random() < 0.2:
            database.drop(ident)
        else:
            database.put(ident, rng.choice("abcdef"))
    report, table = run(database)
    assert report.ok
    assert table.table == str(TABLE)
