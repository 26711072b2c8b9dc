"""What a warehouse writes into its waivers: plausible rows and changes, drawn from a seed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

_FIRST_DAY: Final = date(2026, 1, 1)
_STATES: Final = ("PLANNED", "RELEASED", "PICKING", "SHIPPED", "CLOSED", "HELD")
_TYPES: Final = ("QTY", "DATE", "LOT", "CARR", "TEMP")
_HOUSES: Final = ("ATL01", "DFW02", "RNO03", "YYZ04", "AMS05")
_REASONS: Final = ("SHORT", "DAMAGE", "RESCHD", "CUST", "SYSTEM")
_USERS: Final = ("mgarcia", "tkim", "o'brien", "wave_batch", "jmüller", "佐藤")
_NOTES: Final = (
    "Short pick in zone B\nsecond wave",
    "Carrier moved the slot — call back",
    'Customer said "whenever"',
    "Kühlkette: 2 bis 8 °C halten",
    "tab\there, back\\slash there",
    "",
    None,
)

BASE_COLUMNS: Final = (
    "PLAN_WVR_ID", "WHSE_ID", "PLAN_NBR", "WVR_TYP_CD", "STAT_CD", "PRTY_NBR", "ITEM_ID",
    "PLAN_QTY", "TOLRNC_PCT", "WEIGHT_KG", "PLAN_STRT_DT", "PLAN_END_DT", "HOT_FLG", "NOTE_TXT",
    "ADD_USER_ID",
)  # fmt: skip
REVISION_COLUMNS: Final = (
    "PLAN_WVR_ID", "RVSN_NBR", "RVSN_RSN_CD", "STAT_CD", "OLD_QTY", "NEW_QTY", "EFF_DT",
    "APPROVED_BY", "RVSN_TXT",
)  # fmt: skip


def _quantity(draw: random.Random) -> Decimal:
    return Decimal(f"{draw.randint(0, 9_999_999) / 1000:.3f}")


def _percent(draw: random.Random, most: int = 999) -> Decimal:
    return Decimal(f"{draw.randint(0, most) / 100:.2f}")


def _day(draw: random.Random) -> date:
    return _FIRST_DAY + timedelta(days=draw.randrange(730))


def base_row(draw: random.Random, number: int) -> tuple[Any, ...]:
    """Make a row of PLAN_BASE_WVR_TBL, in the order of BASE_COLUMNS."""
    start = _day(draw)
    return (
        number,
        draw.choice(_HOUSES),
        f"WV{number:010d}",
        draw.choice(_TYPES),
        "PLANNED",
        draw.randint(1, 99),
        draw.randint(1, 9_999_999_999) if draw.random() < 0.9 else None,  # noqa: PLR2004
        _quantity(draw) if draw.random() < 0.95 else None,  # noqa: PLR2004
        _percent(draw, 9999),
        Decimal(f"{draw.uniform(0, 2000):.{draw.randint(0, 9)}f}"),
        start,
        start + timedelta(days=draw.randint(0, 30)) if draw.random() < 0.7 else None,  # noqa: PLR2004
        "Y" if draw.random() < 0.1 else "N",  # noqa: PLR2004
        draw.choice(_NOTES),
        draw.choice(_USERS),
    )


def revision_row(draw: random.Random, number: int) -> tuple[Any, ...]:
    """Make a row of PLAN_WVR_RVSN_TBL, in the order of REVISION_COLUMNS."""
    return (
        number,
        draw.randint(1, 9),
        draw.choice(_REASONS),
        draw.choice(_STATES),
        _quantity(draw),
        _quantity(draw) if draw.random() < 0.9 else None,  # noqa: PLR2004
        _day(draw),
        draw.choice(_USERS) if draw.random() < 0.5 else None,  # noqa: PLR2004
        draw.choice(_NOTES),
    )


def _moment(draw: random.Random, digits: int) -> datetime:
    micros = draw.randrange(10**digits) * 10 ** (6 - digits)
    clock = time(draw.randrange(24), draw.randrange(60), draw.randrange(60), micros)
    return datetime.combine(_day(draw), clock)


def base_changes(draw: random.Random) -> dict[str, Any]:
    """Choose what an update sets in PLAN_BASE_WVR_TBL."""
    kinds: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: {"STAT_CD": "RELEASED", "RELEASED_TS": _moment(draw, 6)},
        lambda: {"STAT_CD": draw.choice(_STATES)},
        lambda: {"PRTY_NBR": draw.randint(1, 99), "HOT_FLG": "Y"},
        lambda: {"PLAN_QTY": _quantity(draw), "TOLRNC_PCT": _percent(draw)},
        lambda: {"NOTE_TXT": draw.choice(_NOTES)},
    )
    return draw.choice(kinds)()


def revision_changes(draw: random.Random) -> dict[str, Any]:
    """Choose what an update sets in PLAN_WVR_RVSN_TBL."""
    kinds: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: {"APPROVED_TS": _moment(draw, 3), "APPROVED_BY": draw.choice(_USERS)},
        lambda: {"STAT_CD": draw.choice(_STATES), "NEW_QTY": _quantity(draw)},
        lambda: {"RVSN_TXT": draw.choice(_NOTES)},
    )
    return draw.choice(kinds)()
