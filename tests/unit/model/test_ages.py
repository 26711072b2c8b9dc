"""How old something is, in words."""

from __future__ import annotations

import pytest

from wms_connector.model.ages import age


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-3, "0 s"), (0, "0 s"), (119.9, "119 s"), (120, "2 min"), (7199.9, "119 min"),
        (7200, "2 h"), (172_799, "47 h"), (10 * 86_400, "10 d"),
    ],
)  # fmt: skip
def test_ages_are_told_in_whole_units(seconds: float, told: str) -> None:
    assert age(seconds) == told
