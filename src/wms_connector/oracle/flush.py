"""The flush table: Debezium makes one in the schema of the user it signs in as, and leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.oracle.identifier import identifier

if TYPE_CHECKING:
    from wms_connector.oracle.database import Database

_SECONDS: Final = 20.0
"""For one statement: the table holds a row a worker, so a longer one waits for somebody."""


def drop_flush_table(database: Database, table: str) -> bool:
    """Drop the signed-in user's own table of this exact name; tells whether it was there.

    The connector must be gone: a running one would fail. Raises AddressError for what is no
    table's name, OracleFailure when Oracle refuses.
    """
    name = identifier(table, "table")
    database.limit(_SECONDS)
    sql = "SELECT COUNT(*) FROM user_tables WHERE table_name = :name"
    if not database.scalar(sql, name=name):
        return False
    database.execute(f"DROP TABLE {name} PURGE")
    return True
