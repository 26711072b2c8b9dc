"""Whether tables were changed since a position: what a rebuilt schema history cannot know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.model.table import Table
    from wms_connector.oracle.database import Database

# A grant counts as a change of the table too: LAST_DDL_TIME does not tell them apart.
_CHANGED: Final = """
    SELECT CASE WHEN LAST_DDL_TIME > SCN_TO_TIMESTAMP(:scn) THEN 1 ELSE 0 END AS CHANGED
    FROM ALL_OBJECTS
    WHERE OWNER = :owner AND OBJECT_NAME = :name AND OBJECT_TYPE = 'TABLE'
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """Tables that were changed after a position, and those that the user cannot see."""

    changed: tuple[Table, ...]
    unseen: tuple[Table, ...]


def changed_since(database: Database, tables: Iterable[Table], scn: int) -> Changed:
    """Find the tables whose structure, or whose grants, were changed after an SCN.

    The session has to be in the container that holds the tables. Raises OracleFailure: ORA-08181
    where the position is too old to be a time.
    """
    told = {
        table: database.scalar(_CHANGED, owner=table.schema, name=table.name, scn=scn)
        for table in tables
    }
    return Changed(
        changed=tuple(table for table, value in told.items() if value),
        unseen=tuple(table for table, value in told.items() if value is None),
    )
