"""How many workers `up` brings up."""

from __future__ import annotations

import pytest

from wms_connector.local import worker


@pytest.mark.parametrize(
    ("asked", "recorded", "wanted"),
    [
        (None, (), 1),
        (None, ("postgres", "broker"), 1),
        (None, ("broker", "worker-1", "worker-2"), 2),
        (None, ("worker-2",), 2),
        (None, ("worker-10", "worker-9"), 10),
        (1, ("worker-1", "worker-2"), 1),
        (3, ("worker-1",), 3),
    ],
)
def test_as_many_as_asked_for_or_as_before(
    asked: int | None, recorded: tuple[str, ...], wanted: int
) -> None:
    assert worker.names(asked, recorded) == [f"worker-{n}" for n in range(1, wanted + 1)]
