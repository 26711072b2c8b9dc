"""A point in time, as people are told it."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(at: float) -> str:
    """Say seconds since 1970 in UTC, for example `2026-01-31 17:05 UTC`."""
    return f"{datetime.fromtimestamp(at, tz=UTC):%Y-%m-%d %H:%M} UTC"
