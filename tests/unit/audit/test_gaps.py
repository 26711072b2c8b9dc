"""Which offsets a reader of committed records was not given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wms_connector.audit.collect import Gaps


@given(st.integers(0, 5), st.lists(st.booleans(), max_size=30), st.integers(0, 30))
def test_gaps_are_what_was_not_seen(start, seen, cut):
    gaps = Gaps({0: start})
    end = start + len(seen)
    for index, one in enumerate(seen):
        if index == cut:
            gaps.close(0, start + index)
        if one:
            gaps.seen(0, start + index)
    gaps.close(0, end)
    found = [gaps.has(0, offset) for offset in range(start, end + 3)]
    assert found == [not one for one in seen] + [False] * 3
