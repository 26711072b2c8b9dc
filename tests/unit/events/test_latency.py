"""Percentiles from commit to arrival."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.events.fakes import INT, encoded, struct, value_of

from wms_connector.events import Change, Latency, parse, percentiles


def event(op="c", **source) -> Change:
    found = parse(None, value_of(op, None, {"ID": 1}, fields={"ID": INT}, **source), "t", 0, 0, 0)
    assert isinstance(found, Change)
    return found


def test_it_is_the_time_between_commit_and_arrival():
    latency = Latency()
    assert latency.add(event(ts_ms=1000), 1012.5) == 12.5
    assert latency.add(event(ts_ms=1000), 990) == 0
    found = latency.percentiles()
    assert found is not None
    assert (found.events, found.longest) == (2, 12.5)


def test_rows_of_a_snapshot_have_none():
    latency = Latency()
    assert latency.add(event("r"), 2000) is None
    assert latency.add(event(snapshot="incremental"), 2000) is None
    row = parse(None, encoded(struct({"ID": INT}), {"ID": 1}), "t", 0, 0, 0)
    assert isinstance(row, Change)
    assert latency.add(row, 2000) is None
    assert latency.percentiles() is None


def test_milliseconds_serve_where_there_are_no_microseconds():
    change = event(ts_ms=1000)
    change.source.pop("ts_us")
    assert Latency().add(change, 1001) == 1


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_percentiles_are_values_that_were_there(values):
    found = percentiles(values)
    assert found is not None
    assert found.p50 in values
    assert found.p50 <= found.p99 <= found.longest == max(values)
    assert sum(value <= found.p99 for value in values) >= 0.99 * len(values)


def test_the_newest_are_kept(monkeypatch):
    from wms_connector.events import latency as module

    monkeypatch.setattr(module, "_KEPT", 3)
    latency = Latency()
    for late in (1, 2, 3, 40, 50, 60):
        latency.add(event(ts_ms=0), late)
    found = latency.percentiles()
    assert found is not None
    assert (found.events, found.p50) == (3, 50)


def test_oracle_tells_when_it_committed_apart_from_when_the_change_was_made():
    change = event(ts_ms=1000)
    change.source["commit_ts_ms"] = 3000
    assert Latency().add(change, 3010) == 10
    assert change.committed_ms == 3000
