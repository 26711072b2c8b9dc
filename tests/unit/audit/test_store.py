"""Store and comparison against a naive model in memory, over random histories."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.audit.compare import BEFORE, compare
from wms_connector.audit.errors import AuditError
from wms_connector.audit.layout import identity
from wms_connector.audit.store import Event, Masked, Store

KEYS = [b"1", b"2", b"30", b"a key that is longer than a hash"]


@st.composite
def histories(draw):
    """Events in the log's order: (event or truncate), and the rows that a database might have."""
    events, truncates, place = [], [], 0
    offsets = Counter()
    for _ in range(draw(st.integers(0, 25))):
        place += draw(st.integers(0, 1))
        kind = draw(st.sampled_from(["change", "change", "change", "again", "truncate"]))
        if kind == "truncate":
            place += 1
            truncates.append(place)
            place += 1
            continue
        if kind == "again" and events:
            old = draw(st.sampled_from(events))
            partition = old.partition
            event = old._replace(offset=offsets[partition], committed=draw(st.booleans()))
        else:
            op = draw(st.sampled_from("curd"))
            key = draw(st.sampled_from(KEYS))
            partition = KEYS.index(key) % 2
            digest = b"" if op == "d" else draw(st.sampled_from([b"A", b"B"]))
            event = Event(
                identity(key), op, place, "", digest,
                partition, offsets[partition], draw(st.booleans()), draw(st.booleans()), 0,
            )  # fmt: skip
        offsets[partition] += 1
        events.append(event)
    rows = draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from([b"A", b"B"])))
    return events, max(truncates, default=-1), {identity(k): h for k, h in rows.items()}


def naive(events, truncated, rows):
    """The same in dictionaries."""
    state, seen, seen_all = {}, Counter(), Counter()
    numbers = Counter()
    for event in events:
        change = (event.key, "r") if event.op == "r" else (
            event.key, event.op, event.place, event.digest,
        )  # fmt: skip
        seen_all[change] += 1
        if not event.committed:
            numbers["aborted"] += 1
            continue
        seen[change] += 1
        numbers["events"] += 1
        if event.in_cut:
            state[event.key] = event
        else:
            numbers["in_flight"] += 1
    alive = {
        key: event.digest
        for key, event in state.items()
        if event.op != "d" and event.place >= truncated
    }
    numbers["rows"] = len(rows)
    numbers["missing"] = len(rows.keys() - alive.keys())
    numbers["extra"] = len(alive.keys() - rows.keys())
    numbers["different"] = sum(rows[key] != alive[key] for key in rows.keys() & alive.keys())
    numbers["duplicates"] = sum(count - 1 for count in seen.values())
    numbers["duplicates_uncommitted"] = sum(count - 1 for count in seen_all.values())
    return numbers


@given(histories())
def test_it_gives_the_same_answer_as_a_naive_model(history):
    events, truncated, rows = history
    with Store() as store:
        store.add_table(0)
        store.add_rows(0, reversed(rows.items()))
        store.add_events(0, reversed(events))
        found = compare(store.rows(0), store.events(0), keyed=True, truncated=truncated)
    expected = naive(events, truncated, rows)
    assert {name: getattr(found, name) for name in expected} == dict(expected)


@given(
    st.lists(st.tuples(st.sampled_from("crud" + BEFORE), st.sampled_from(KEYS), st.integers(0, 9))),
    st.integers(-1, 9),
    st.lists(st.sampled_from(KEYS)),
)
def test_rows_without_a_key_are_a_multiset(changes, truncated, rows):
    balance, counted = Counter(), 0
    events = []
    for offset, (op, row, place) in enumerate(changes):
        events.append(Event(identity(row), op, place, "", b"", 0, offset, True, True, 0))
        counted += op != BEFORE
        if place > truncated:
            balance[row] += -1 if op in {"d", BEFORE} else 1
    have = Counter(rows)
    with Store() as store:
        store.add_table(0)
        store.add_rows(0, ((identity(row), b"") for row in rows))
        store.add_events(0, events)
        found = compare(store.rows(0), store.events(0), keyed=False, truncated=truncated)
    surplus = {key: balance[key] - have[key] for key in KEYS}
    assert found.extra == sum(n for n in surplus.values() if n > 0)
    assert found.missing == -sum(n for n in surplus.values() if n < 0)
    assert (found.rows, found.events, found.duplicates) == (len(rows), counted, 0)


def test_examples_are_few():
    with Store() as store:
        store.add_table(0)
        store.add_rows(0, ((b"%03d" % n, b"A") for n in range(100)))
        found = compare(store.rows(0), store.events(0), keyed=True, examples=3)
    assert found.missing == 100
    assert [one.key for one in found.missing_examples] == [b"000", b"001", b"002"]


def test_masked_keys_are_found_again():
    with Store() as store:
        store.add_table(0)
        store.add_masked(0, [Masked(b"k", b"h", 1, 2, 3)])
        assert store.masked(0, b"k") == Masked(b"k", b"h", 1, 2, 3)
        assert store.masked(0, b"l") is None
        store.clear_masked(0)
        assert store.masked(0, b"k") is None


def test_transactions_are_counted_once():
    with Store() as store:
        store.add_transactions([1, 2])
        store.add_transactions([2, "0a.1"])
        assert store.transactions == 3


def test_a_failing_file_is_a_sentence_and_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setenv("SQLITE_TMPDIR", "/var/tmp")
    with Store(tmp_path):
        assert os.environ["SQLITE_TMPDIR"].startswith(str(tmp_path))
    with pytest.raises(AuditError, match="temporary file"), Store(tmp_path) as store:
        store.add_rows(9, [(b"", b"")])
    assert os.environ["SQLITE_TMPDIR"] == "/var/tmp"
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ZeroDivisionError), Store(tmp_path):
        raise ZeroDivisionError
    assert issubclass(sqlite3.OperationalError, sqlite3.Error)
