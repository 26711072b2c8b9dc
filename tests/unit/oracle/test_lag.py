from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.oracle.fakes import Answer, FakeConnection, RefusedError

from wms_connector.oracle.database import Database
from wms_connector.oracle.headroom import Archive, headroom
from wms_connector.oracle.lag import observe_lag

NOW = datetime(2026, 5, 4, 12, 0, 0)  # noqa: DTZ001 - the database's clock, without a zone
HOUR = timedelta(hours=1)
GIB = 2**30


def archive(**more: Any) -> Archive:
    """Ten hours and ten GiB kept, a GiB an hour; the restart point two hours back."""
    return Archive(
        **{
            "now": NOW,
            "online_scn": 900,
            "oldest_scn": 100,
            "oldest_time": NOW - 10 * HOUR,
            "kept_bytes": 10 * GIB,
            "since_bytes": 2 * GIB,
            "restart_time": NOW - 2 * HOUR,
            "deleted": 5,
            "day_bytes": 24 * GIB,
            "day_start": NOW - 24 * HOUR,
        }
        | more
    )


@pytest.mark.parametrize(
    ("seen", "left"),
    [
        (archive(), 8.0),
        (archive(restart_time=None, since_bytes=0), 10.0),  # still in an online log
        (archive(day_bytes=48 * GIB), 4.0),  # today more is written than before
        (archive(day_bytes=12 * GIB), 8.0),  # less: then age is what counts
        (archive(day_bytes=0), 8.0),
        (archive(day_start=None, day_bytes=0), 8.0),
        (archive(since_bytes=11 * GIB), 0.0),
        (archive(deleted=0), None),  # nobody can tell when the first is deleted
        (archive(oldest_time=None, oldest_scn=700), None),
    ],
)
def test_hours_left(seen: Archive, left: float | None) -> None:
    found = headroom(800, seen)
    assert found.hours_left == pytest.approx(left) if left is not None else found.hours_left is None
    assert not found.purged


def test_a_restart_point_that_is_gone_has_nothing_left() -> None:
    found = headroom(99, archive())
    assert found.purged
    assert found.hours_left == 0
    assert found.oldest_scn == 100
    assert not headroom(100, archive()).purged
    assert headroom(899, archive(oldest_scn=None)).purged
    assert not headroom(1, archive(oldest_scn=None, online_scn=None)).purged  # nothing is known


def test_the_rate_of_a_young_database_is_over_the_hours_it_has() -> None:
    found = headroom(800, archive(day_start=NOW - 4 * HOUR, day_bytes=8 * GIB))
    assert found.bytes_an_hour == 2 * GIB
    found = headroom(800, archive(day_start=NOW, day_bytes=GIB))
    assert found.bytes_an_hour == GIB  # minutes are no rate: at least an hour


@given(st.integers(0, 1_000), st.integers(0, 100), st.floats(0, 48), st.integers(0, 2**40))
def test_hours_left_are_never_more_than_are_kept(
    restart: int, oldest: int, age: float, day: int
) -> None:
    seen = archive(oldest_scn=oldest, restart_time=NOW - age * HOUR, day_bytes=day)
    found = headroom(restart, seen)
    assert found.hours_left is not None
    assert 0 <= found.hours_left <= 10
    assert found.purged == (restart < oldest)


SCN = (r"CURRENT_SCN", Answer(("SCN",), [(5_000,)]))
TIME = (r"SCN_TO_TIMESTAMP", Answer(("NOW", "THEN_TIME"), [(NOW, NOW - timedelta(seconds=42))]))
OPEN = (
    r"START_SCN = ",
    Answer(("NOW", "START_SCN", "START_DATE", "OPEN_COUNT"), [(NOW, 4_001, NOW - 3 * HOUR, 2)]),
)
_LOGS = ("SCN", "WAITING", "WAITING_SINCE")
ONLINE = (r"V\$LOG WHERE", Answer(_LOGS, [(4_500, None, None)]))
ARCHIVED = (
    r"V\$ARCHIVED_LOG",
    Answer(
        (
            "NOW", "OLDEST_SCN", "OLDEST_TIME", "KEPT_BYTES", "SINCE_BYTES", "RESTART_TIME",
            "DELETED", "DAY_BYTES", "DAY_START",
        ),
        [(NOW, 100, NOW - 10 * HOUR, 10 * GIB, 2 * GIB, NOW - 2 * HOUR, 3, 24 * GIB,
          NOW - 24 * HOUR)],
    ),
)  # fmt: skip
OFFSETS = [{"partition": {"server": "wms"}, "offset": {"scn": "4000", "commit_scn": "4990:1:aa"}}]


def observe(*answers: tuple[str, Answer], offsets: list[dict[str, Any]] | None = None) -> Any:
    return observe_lag(Database(FakeConnection(answers)), OFFSETS if offsets is None else offsets)


def test_everything_is_seen() -> None:
    lag = observe(SCN, TIME, ARCHIVED, OPEN, ONLINE)
    assert lag.as_json() == {
        "restart_scn": 4_000,
        "delivered_scn": 4_990,
        "in_snapshot": False,
        "current_scn": 5_000,
        "scn_behind": 10,
        "seconds_behind": 42.0,
        "restart_point_seconds": 42.0,
        "oldest_transaction": {
            "scn": 4_001, "seconds": 10_800.0, "open": 2, "holds_restart_point": True,
        },
        "archive": {
            "restart_point_purged": False, "hours_left": 8.0, "hours_kept": 10.0,
            "oldest_scn": 100, "redo_bytes_an_hour": float(GIB), "not_archived": None,
        },
        "unknown": {},
    }  # fmt: skip
    assert lag.lines() == [
        "behind Oracle: 42 s, 10 SCN",
        "restart point: SCN 4000, 42 s old",
        "oldest open transaction: open for 3 h, and holds the restart point (of 2)",
        "archive log left: 8.0 h before the restart point is purged",
    ]


def test_without_any_right_everything_is_unknown_and_nothing_is_raised() -> None:
    lag = observe()
    assert set(lag.unknown) == {"scn", "time", "restart", "transactions", "archive"}
    assert set(lag.unknown.values()) == {"ORA-00942"}
    assert lag.lines() == [
        "behind Oracle: seconds unknown (ORA-00942), SCN unknown",
        "restart point: SCN 4000",
        "oldest open transaction: unknown (ORA-00942)",
        "archive log left: unknown (ORA-00942)",
    ]
    assert lag.as_json()["archive"] is None


def test_the_current_scn_comes_from_the_time_where_v_database_is_hidden() -> None:
    about = (r"TIMESTAMP_TO_SCN", Answer(("SCN",), [(4_999,)]))
    lag = observe(about, TIME)
    assert lag.scn_behind == 9
    assert "scn" not in lag.unknown


def test_a_position_that_is_too_old_for_a_time_is_said_to_be_so() -> None:
    stale = (r"SCN_TO_TIMESTAMP", Answer(error=RefusedError("ORA-08181")))
    lag = observe(SCN, stale, ARCHIVED, ONLINE)
    assert lag.seconds_behind is None
    assert lag.scn_behind == 10
    assert "unknown (too long ago for Oracle to tell)" in lag.lines()[0]


def test_a_connection_that_breaks_is_a_reason_too() -> None:
    broken = (r".", Answer(error=OSError("no route")))
    assert set(observe(broken).unknown.values()) == {"the database does not answer"}


def test_no_open_transaction_and_times_that_are_none() -> None:
    none = (r"START_SCN = ", Answer(("NOW", "START_SCN", "START_DATE", "OPEN_COUNT"), []))
    timeless = (r"SCN_TO_TIMESTAMP", Answer(("NOW", "THEN_TIME"), [(NOW, None)]))
    lag = observe(SCN, timeless, none, ARCHIVED, ONLINE)
    assert lag.oldest is None
    assert lag.seconds_behind is None
    assert len(lag.lines()) == 3


def test_a_transaction_that_began_later_does_not_hold_the_restart_point() -> None:
    later = (
        r"START_SCN = ",
        Answer(("NOW", "START_SCN", "START_DATE", "OPEN_COUNT"), [(NOW, 4_500, "?", 1)]),
    )
    lag = observe(SCN, TIME, later)
    assert lag.oldest is not None
    assert not lag.oldest.holds
    assert lag.oldest.seconds is None
    assert "oldest open transaction: open for ? (of 1)" in lag.lines()


def test_purged_and_never_purged_are_told_apart() -> None:
    columns, (row,) = ARCHIVED[1].columns, ARCHIVED[1].rows
    gone = (ARCHIVED[0], Answer(columns, [(NOW, 4_400, *row[2:])]))
    assert observe(SCN, TIME, gone, ONLINE).lines()[-1] == (
        "archive log left: none, the restart point is purged (the oldest log kept begins at "
        "SCN 4400)"
    )
    young = (ARCHIVED[0], Answer(columns, [(*row[:6], 0, *row[7:])]))
    assert observe(SCN, TIME, young, ONLINE).lines()[-1] == (
        "archive log left: no log has been deleted yet; 10.0 h are kept"
    )
    empty = (ARCHIVED[0], Answer(columns, [(NOW, *[None] * 8)]))
    assert observe(SCN, TIME, empty, ONLINE).lines()[-1].startswith("archive log left: none")
    late = [{"partition": {}, "offset": {"scn": "4600"}}]
    lag = observe(SCN, TIME, empty, ONLINE, offsets=late)
    assert lag.lines()[-1] == "archive log left: no log has been deleted yet"
    assert lag.restart_seconds == lag.seconds_behind == 42


def test_a_log_that_is_not_archived_yet() -> None:
    late = (ONLINE[0], Answer(_LOGS, [(3_900, 17, NOW - timedelta(minutes=3))]))
    lag = observe(SCN, TIME, ARCHIVED, late)
    assert "waits for the archiver: log 17 is full since 3 min" in lag.lines()
    assert lag.as_json()["archive"]["not_archived"] == {"sequence": 17, "seconds": 180.0}
    timeless = (ONLINE[0], Answer(_LOGS, [(3_900, 17, None)]))
    assert (
        "waits for the archiver: log 17 is full since ?"
        in observe(SCN, TIME, ARCHIVED, timeless).lines()
    )


def test_in_a_snapshot_and_before_one() -> None:
    running = {"scn": "4000", "snapshot": "INITIAL", "snapshot_completed": False}
    lag = observe(SCN, TIME, offsets=[{"partition": {}, "offset": running}])
    assert lag.lines()[0] == "a snapshot is under way; a restart begins it anew"
    lag = observe(SCN, offsets=[])
    assert lag.lines() == ["lag unknown: no offset of Oracle's"]
    assert lag.scn_behind is None
    assert lag.as_json()["current_scn"] == 5_000


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (119.9, "119 s"), (120, "2 min"), (259_200, "3 d")],
)
def test_ages_in_their_units(seconds: float, told: str) -> None:
    row = (NOW, NOW - timedelta(seconds=seconds))
    time = (r"SCN_TO_TIMESTAMP", Answer(("NOW", "THEN_TIME"), [row]))
    assert observe(SCN, time).lines()[0] == f"behind Oracle: {told}, 10 SCN"
