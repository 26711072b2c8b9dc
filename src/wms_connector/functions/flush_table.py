"""What becomes of the flush table when a stage is destroyed: dropped if that can be, else told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wms_connector.functions.readable import cut, readable
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

    from wms_connector.model.secrets import DbInfo
    from wms_connector.oracle.address import OracleAddress
    from wms_connector.oracle.database import Database

    Opener = Callable[[OracleAddress, SecretStr], Database]

_REASON: int = 300  # bytes of a reason


@dataclass(frozen=True, slots=True)
class FlushTable:
    """The table's name, and whether it is gone; `reason` says why it is not, or may not be."""

    name: str
    dropped: bool
    reason: str | None = None


def drop(name: str, database: Callable[[], DbInfo], opener: Opener | None = None) -> FlushTable:
    """Drop the table as the user of the stage's own secret; never raises.

    Signs in once, where Debezium does: each refused sign-in brings the account nearer to its lock.
    """
    from wms_connector.oracle.address import OracleAddress
    from wms_connector.oracle.driver import open_oracle
    from wms_connector.oracle.flush import drop_flush_table

    try:
        info = database()
        address = OracleAddress.of_secret(info, pluggable=False)
        with (opener or open_oracle)(address, info.password) as session:
            there = drop_flush_table(session, name)
    except WmsError as error:
        return FlushTable(name, dropped=False, reason=cut(readable(error), _REASON))
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not stop a deletion
        return FlushTable(name, dropped=False, reason=readable(error, limit=_REASON))
    return FlushTable(name, dropped=True, reason=None if there else "there was none")
