"""Ages and durations, as people are told them in passing."""

from __future__ import annotations

from typing import Final

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))


def age(seconds: float) -> str:
    """Say how old something is, for example `12 s` or `3 h`: whole units that have passed.

    A unit is used from two of it on, so at most a third is left out. What is in the future, by a
    clock that is not quite right, is `0 s` old.
    """
    whole = max(0, int(seconds))
    for size, unit in _UNITS:
        if whole >= 2 * size:
            return f"{whole // size} {unit}"
    return f"{whole} s"
