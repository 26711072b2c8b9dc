"""Dates and times of events as cells: microseconds, with a fraction where there are nanoseconds."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

# Debezium 3.6 turns an infinite date into days that do not fit its 32 bits: these are what is left,
# in the stream and in a snapshot (seen with PostgreSQL 18).
_INFINITE_DAYS: Final = {
    -2147472692: "infinity",
    -622191234: "infinity",
    -2147472691: "-infinity",
    -625821272: "-infinity",
}
# org.postgresql.PGStatement's DATE_POSITIVE_INFINITY and DATE_NEGATIVE_INFINITY in milliseconds.
_INFINITE_MS: Final = {9223372036825200: "infinity", -9223372036832400: "-infinity"}
_INFINITE_US: Final = {value * 1000: text for value, text in _INFINITE_MS.items()}
_INFINITE_TEXT: Final = frozenset({"infinity", "-infinity"})
_DAY: Final = 86_400_000_000
_EPOCH_ORDINAL: Final = 719_163  # datetime.date(1970, 1, 1).toordinal()
_MONTH: Final = 2_629_800_000_000  # 365.25 / 12 days
_ZONED: Final = re.compile(
    r"([+-]?\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d(?::?\d\d)?)"
)
_LOCAL: Final = re.compile(r"(-?\d{1,4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(\.\d{1,9})?")
_CLOCK: Final = re.compile(
    r"(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)"
)
_PERIOD: Final = re.compile(
    r"P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)D)?"
    r"(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?)(\d+)(?:\.(\d{1,9}))?S)?)?"
)


def date(value: Any) -> str:
    """Write a date that comes as days since 1970-01-01."""
    return _INFINITE_DAYS.get(value) or str(value)


def from_milliseconds(value: Any) -> str:
    """Write a timestamp in milliseconds."""
    return _INFINITE_MS.get(value) or str(value * 1000)


def from_microseconds(value: Any) -> str:
    """Write a timestamp in microseconds."""
    return _INFINITE_US.get(value) or str(value)


def from_nanoseconds(value: Any) -> str:
    """Write a timestamp in nanoseconds."""
    limits = {2**63 - 1: "infinity", -(2**63): "-infinity"}
    return limits.get(value) or _with_nanos(*divmod(value, 1000))


def _with_nanos(micros: int, nanos: int) -> str:
    return f"{micros}.{nanos:03}".rstrip("0") if nanos else str(micros)


def local_text(text: str) -> str:
    """Write a timestamp of its own clock that comes as `2026-11-21 10:11:12[.123456789]`."""
    found = _LOCAL.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no date and time")
    year, month, day, hour, minute, second, fraction = found.groups()
    days = _days(int(year), int(month), int(day))
    return _with_nanos(days * _DAY + _micros(hour, minute, second, fraction), _nanos(fraction))


def instant_text(text: str) -> str:
    """Write a timestamp in ISO form with its offset: microseconds since 1970 in UTC."""
    if text in _INFINITE_TEXT:
        return text
    if len(text) == 27 and text[-1] == "Z":  # noqa: PLR2004  (2026-01-01T00:00:00.000000Z)
        when = datetime.fromisoformat(text)
        seconds = (when.hour * 60 + when.minute) * 60 + when.second
        days = when.toordinal() - _EPOCH_ORDINAL
        return str(days * _DAY + seconds * 1_000_000 + when.microsecond)
    found = _ZONED.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no timestamp with its offset")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    days = _days(int(year), int(month), int(day))
    micros = days * _DAY + _micros(hour, minute, second, fraction) - _offset(zone)
    return _with_nanos(micros, _nanos(fraction))


def clock(text: str) -> str:
    """Write a time of day with its offset: microseconds since midnight in UTC."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no time with its offset")
    hour, minute, second, fraction, zone = found.groups()
    return str((_micros(hour, minute, second, fraction) - _offset(zone)) % _DAY)


def period(text: str) -> str:
    """Write an ISO 8601 duration: microseconds, with a month of 30.4375 days."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no ISO 8601 duration")
    years, months, days, hours, minutes = (int(found[group] or 0) for group in range(1, 6))
    sign = -1 if found[6] else 1
    seconds = sign * (int(found[7] or 0) * 1_000_000 + int(f"{found[8] or '':0<6}"[:6]))
    whole = (years * 12 + months) * _MONTH + days * _DAY
    return str(whole + hours * 3_600_000_000 + minutes * 60_000_000 + seconds)


def _micros(hour: str, minute: str, second: str | None, fraction: str | None) -> int:
    seconds = (int(hour) * 60 + int(minute)) * 60 + int(second or 0)
    return seconds * 1_000_000 + int(f"{(fraction or '.')[1:]:0<6}"[:6])


def _nanos(fraction: str | None) -> int:
    return int(f"{(fraction or '.')[1:]:0<9}"[6:9])


def _offset(zone: str) -> int:
    if zone == "Z":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes, seconds = (int(digits[i : i + 2] or 0) for i in (0, 2, 4))
    sign = -1 if zone[0] == "-" else 1
    return sign * ((hours * 60 + minutes) * 60 + seconds) * 1_000_000


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar, of any year.

    Howard Hinnant's days_from_civil; Python's own date ends at the years 1 and 9999.
    """
    year -= month <= 2  # noqa: PLR2004  (January and February belong to the year before)
    era, of_era = divmod(year, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1  # noqa: PLR2004
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
