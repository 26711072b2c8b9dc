"""What becomes of the flush table when a stage is destroyed: dropped if that can be, else told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wms_connector.functions.bounded import LateError, within
from wms_connector.functions.readable import readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.functions.network import Opener
    from wms_connector.model.secrets import DbInfo

SECONDS: Final = 60.0
"""For all of it: signing in has no limit of its own once the listener has taken the connection."""
_REASON: Final = 300  # bytes of a reason


@dataclass(frozen=True, slots=True)
class FlushTable:
    """The table's name, and whether it is gone; `reason` says why it is not, or may not be."""

    name: str
    dropped: bool
    reason: str | None = None


def drop(
    name: str,
    database: Callable[[], DbInfo],
    opener: Opener | None = None,
    *,
    redact: Callable[[str], str] = str,
    seconds: float = SECONDS,
) -> FlushTable:
    """Drop the table as the user of the stage's own secret; never raises, never waits longer.

    Signs in once, where Debezium does: each refused sign-in brings the account nearer to its lock.
    `redact` masks secrets in the reason.
    """
    late = f"the database has taken the connection and not answered for {seconds:.0f} s"
    try:
        there = within(seconds, lambda: _dropped(name, database, opener), late)
    except LateError as error:
        return FlushTable(name, dropped=False, reason=error.what)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not stop a deletion
        reason = readable(error, limit=_REASON, redact=redact)
        return FlushTable(name, dropped=False, reason=reason)
    return FlushTable(name, dropped=True, reason=None if there else "there was none")


def _dropped(name: str, database: Callable[[], DbInfo], opener: Opener | None) -> bool:
    from wms_connector.oracle.address import OracleAddress
    from wms_connector.oracle.driver import open_oracle
    from wms_connector.oracle.flush import drop_flush_table

    info = database()
    address = OracleAddress.of_secret(info, pluggable=False)
    with (opener or open_oracle)(address, info.password) as session:
        return drop_flush_table(session, name)
