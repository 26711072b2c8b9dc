"""Durations and sizes as people read them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP: Final = 1024
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=2)


def hours_shown(duration: timedelta) -> str:
    """`40 s`, `12 min`, `7.5 h`, `3.1 days`; never less than nothing."""
    duration = max(duration, timedelta(0))
    if duration < _MINUTE:
        return f"{duration.total_seconds():.0f} s"
    if duration < _HOUR:
        return f"{duration / _MINUTE:.0f} min"
    if duration < _DAY:
        return f"{duration / _HOUR:.1f} h"
    return f"{duration / timedelta(days=1):.1f} days"


def bytes_shown(size: int) -> str:
    """`512 B`, `4.0 KiB`, up to TiB."""
    value, unit = float(size), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{value:.0f} B" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"
