"""Rows that are prepared before the first change: the same values in every database.

PostgreSQL makes them itself (`LOAD_BASE`, `LOAD_REVISION`), millions in a minute; others are sent
what `base_row` and `revision_row` give. A test holds the two together.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from wms_connector.local.waves import BASE

if TYPE_CHECKING:
    from wms_connector.model.table import Table

_EPOCH: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - the warehouse's own clock
_HOUSES: Final = ("ATL01", "DFW02", "RNO03", "YYZ04", "AMS05")
_TYPES: Final = ("QTY", "DATE", "LOT", "CARR", "TEMP")
_REASONS: Final = ("SHORT", "DAMAGE", "RESCHD", "CUST", "SYSTEM")
_STATES: Final = ("PLANNED", "RELEASED", "PICKING", "SHIPPED", "CLOSED", "HELD")
_YEAR: Final = 31_536_000

BASE_COLUMNS: Final = (
    "PLAN_WVR_ID", "WHSE_ID", "PLAN_NBR", "WVR_TYP_CD", "STAT_CD", "PRTY_NBR", "ITEM_ID",
    "PLAN_QTY", "TOLRNC_PCT", "WEIGHT_KG", "PLAN_STRT_DT", "PLAN_END_DT", "RELEASED_TS", "HOT_FLG",
    "NOTE_TXT", "ADD_USER_ID", "SYS_ADD_TS",
)  # fmt: skip
REVISION_COLUMNS: Final = (
    "PLAN_WVR_ID", "RVSN_NBR", "RVSN_RSN_CD", "STAT_CD", "OLD_QTY", "NEW_QTY", "EFF_DT",
    "APPROVED_TS", "APPROVED_BY", "RVSN_TXT", "SYS_ADD_TS",
)  # fmt: skip


def columns(table: Table) -> tuple[str, ...]:
    """Give the columns that are prepared; the others have their defaults."""
    return BASE_COLUMNS if table.name == BASE else REVISION_COLUMNS


def row(table: Table, number: int, seed: int) -> tuple[Any, ...]:
    """Give the row of a number, in the order of `columns`."""
    return _base(number, seed) if table.name == BASE else _revision(number, seed)


def _base(number: int, seed: int) -> tuple[Any, ...]:
    n = number + seed
    return (
        number,
        _HOUSES[n % 5],
        f"WV{number:010d}",
        _TYPES[n % 5],
        _STATES[n % 6],
        1 + n % 99,
        1 + n * 7919 % 9_999_999_999,
        _thousandths(n * 31 % 9_999_999),
        Decimal(n % 9999) / 100,
        _thousandths(n * 17 % 2_000_000),
        _day(n % 365),
        _day(n % 365 + n % 30) if n % 3 else None,
        _moment(n, 1) if n % 6 else None,
        "Y" if n % 10 == 0 else "N",
        f"Wave {n % 1000}: carrier slot {n % 24}:00" if n % 7 else None,
        "wave_batch",
        _moment(n, 1),
    )


def _revision(number: int, seed: int) -> tuple[Any, ...]:
    n = number + seed
    return (
        number,
        1 + n % 9,
        _REASONS[n % 5],
        _STATES[n % 6],
        _thousandths(n * 31 % 9_999_999),
        _thousandths(n * 37 % 9_999_999),
        _day(n % 365),
        _moment(n, 1000) if n % 2 == 0 else None,
        "tkim" if n % 2 == 0 else None,
        f"Revision of wave {n % 1000}" if n % 4 else None,
        _moment(n, 1),
    )


def _thousandths(number: int) -> Decimal:
    return Decimal(number) / 1000


def _day(number: int) -> date:
    return _EPOCH.date() + timedelta(days=number)


def _moment(n: int, micros: int) -> datetime:
    seconds = n % _YEAR
    return _EPOCH + timedelta(seconds=seconds, microseconds=seconds * micros)


LOAD_BASE: Final = """
INSERT INTO {} ("PLAN_WVR_ID", "WHSE_ID", "PLAN_NBR", "WVR_TYP_CD", "STAT_CD", "PRTY_NBR",
  "ITEM_ID", "PLAN_QTY", "TOLRNC_PCT", "WEIGHT_KG", "PLAN_STRT_DT", "PLAN_END_DT", "RELEASED_TS",
  "HOT_FLG", "NOTE_TXT", "ADD_USER_ID", "SYS_ADD_TS")
SELECT i, (ARRAY['ATL01', 'DFW02', 'RNO03', 'YYZ04', 'AMS05'])[1 + n %% 5],
  'WV' || lpad(i::text, 10, '0'), (ARRAY['QTY', 'DATE', 'LOT', 'CARR', 'TEMP'])[1 + n %% 5],
  (ARRAY['PLANNED', 'RELEASED', 'PICKING', 'SHIPPED', 'CLOSED', 'HELD'])[1 + n %% 6],
  1 + n %% 99, 1 + n * 7919 %% 9999999999, (n * 31 %% 9999999) / 1000.0, (n %% 9999) / 100.0,
  (n * 17 %% 2000000) / 1000.0, date '2026-01-01' + (n %% 365)::int,
  CASE WHEN n %% 3 > 0 THEN date '2026-01-01' + (n %% 365 + n %% 30)::int END,
  CASE WHEN n %% 6 > 0 THEN timestamp '2026-01-01' + n %% 31536000 * interval '1.000001 s' END,
  CASE WHEN n %% 10 = 0 THEN 'Y' ELSE 'N' END,
  CASE WHEN n %% 7 > 0 THEN 'Wave ' || n %% 1000 || ': carrier slot ' || n %% 24 || ':00' END,
  'wave_batch', timestamp '2026-01-01' + n %% 31536000 * interval '1.000001 s'
FROM (SELECT i, i + %(seed)s AS n FROM generate_series(%(first)s::bigint, %(last)s::bigint) i) s
"""
LOAD_REVISION: Final = """
INSERT INTO {} ("PLAN_WVR_ID", "RVSN_NBR", "RVSN_RSN_CD", "STAT_CD", "OLD_QTY", "NEW_QTY",
  "EFF_DT", "APPROVED_TS", "APPROVED_BY", "RVSN_TXT", "SYS_ADD_TS")
SELECT i, 1 + n %% 9, (ARRAY['SHORT', 'DAMAGE', 'RESCHD', 'CUST', 'SYSTEM'])[1 + n %% 5],
  (ARRAY['PLANNED', 'RELEASED', 'PICKING', 'SHIPPED', 'CLOSED', 'HELD'])[1 + n %% 6],
  (n * 31 %% 9999999) / 1000.0, (n * 37 %% 9999999) / 1000.0, date '2026-01-01' + (n %% 365)::int,
  CASE WHEN n %% 2 = 0 THEN timestamp '2026-01-01' + n %% 31536000 * interval '1.001 s' END,
  CASE WHEN n %% 2 = 0 THEN 'tkim' END,
  CASE WHEN n %% 4 > 0 THEN 'Revision of wave ' || n %% 1000 END,
  timestamp '2026-01-01' + n %% 31536000 * interval '1.000001 s'
FROM (SELECT i, i + %(seed)s AS n FROM generate_series(%(first)s::bigint, %(last)s::bigint) i) s
"""
