"""The emulator itself: what the other tests rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.aws.emulator import Emulator


def test_nobody_else_can_reach_it(emulator: Emulator) -> None:
    assert emulator.listening() == {"127.0.0.1"}
