from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.oracle.offsets import Commit, Position, position_of

STREAMING = {"scn": "3205", "commit_scn": "3190:1:0a00120034560000", "snapshot_scn": "1200"}


def test_streaming() -> None:
    found = Position.parse(STREAMING)
    assert found == Position(3205, (Commit(3190, 1),), snapshot_scn=1200)
    assert found.delivered == 3205
    assert not found.in_snapshot


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, ()),
        ("", ()),
        ("55", (Commit(55, 1),)),
        (55, (Commit(55, 1),)),
        ("55:2:", (Commit(55, 2),)),
        ("55:2:aa-bb,77:1:cc", (Commit(77, 1), Commit(55, 2))),
        ("55:rsid:0:2", (Commit(55, 2),)),  # Debezium 1.9.5
        ("null:1:", ()),
        ("55:x:", ()),
        ("5:5:5:5:5", ()),
    ],
)
def test_commits_of_all_forms(text: object, expected: tuple[Commit, ...]) -> None:
    found = Position.parse({"scn": "9", "commit_scn": text})
    assert found is not None
    assert found.commits == expected


@pytest.mark.parametrize(
    ("offset", "running"),
    [
        ({"scn": "1", "snapshot": "INITIAL", "snapshot_completed": False}, True),
        ({"scn": "1", "snapshot": "INITIAL", "snapshot_completed": "false"}, True),
        ({"scn": "1", "snapshot": "INITIAL", "snapshot_completed": True}, False),
        ({"scn": "1", "snapshot": True}, True),
        ({"scn": "1", "snapshot": False}, False),
        ({"scn": 1}, False),
    ],
)
def test_a_snapshot_that_is_under_way(offset: dict[str, object], running: bool) -> None:
    found = Position.parse(offset)
    assert found is not None
    assert found.in_snapshot is running


@pytest.mark.parametrize(
    "offset", [None, {}, {"lsn": 5}, {"scn": None}, {"scn": "null"}, {"scn": True}, {"scn": "-1"}]
)
def test_what_is_no_position(offset: dict[str, object] | None) -> None:
    assert Position.parse(offset) is None


def test_the_position_among_entries() -> None:
    entries = [{"partition": {}, "offset": None}, {"partition": {}, "offset": STREAMING}]
    assert position_of(entries) == Position.parse(STREAMING)
    assert position_of([]) is None


@given(st.integers(0, 10**18), st.lists(st.tuples(st.integers(0, 10**18), st.integers(1, 9))))
def test_what_was_written_is_read(scn: int, commits: list[tuple[int, int]]) -> None:
    text = ",".join(f"{at}:{thread}:aa" for at, thread in commits)
    found = Position.parse({"scn": str(scn), "commit_scn": text})
    assert found is not None
    assert sorted((c.scn, c.thread) for c in found.commits) == sorted(commits)
    assert found.delivered == max([scn, *(at for at, _ in commits)])
