from __future__ import annotations

import threading

import pytest

from wms_connector.functions.bounded import LateError, within


def test_work_that_ends_in_time_gives_what_it_gives() -> None:
    assert within(10, lambda: 5, "late") == 5
    assert within(10, lambda: None, "late") is None


def test_its_failure_is_raised_where_it_is_waited_for() -> None:
    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        within(10, fail, "late")


def test_what_does_not_end_is_left_behind() -> None:
    ended = threading.Event()
    with pytest.raises(LateError, match="nobody answers"):
        within(0.01, ended.wait, "nobody answers")
    ended.set()
