"""How large the first snapshot is, and how long it may take. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wms_connector.oracle.preflight.facts import Unseen, UnseenError, number

if TYPE_CHECKING:
    from wms_connector.model.table import Table
    from wms_connector.oracle.preflight.facts import Facts
    from wms_connector.oracle.preflight.wanted import Wanted

ROWS_A_SECOND: Final = 4_000
"""Half of what one worker was seen to do (50,000 rows in 6 s), because networks are slower."""


@dataclass(frozen=True, slots=True)
class Size:
    """Rows of a table, and bytes where statistics tell the length of a row."""

    rows: int
    size: int | None
    counted: bool

    @property
    def duration(self) -> timedelta:
        """How long reading it may take."""
        return timedelta(seconds=self.rows / ROWS_A_SECOND)


def size_of(facts: Facts, table: Table) -> Size:
    """Take it from the statistics, else from a count; raises UnseenError if there is neither."""
    row = next(
        (
            row
            for row in facts.rows("tables")
            if (row["OWNER"], row["TABLE_NAME"]) == (table.schema, table.name)
        ),
        None,
    )
    if row is None:
        raise UnseenError(Unseen(f"{table} is not visible to the user"))
    if row["NUM_ROWS"] is None:
        return Size(number(facts.row(f"count {table}"), "NUMBER_ROWS"), None, counted=True)
    rows = number(row, "NUM_ROWS")
    length = row["AVG_ROW_LEN"]
    return Size(rows, None if length is None else rows * int(length), counted=False)


def estimate(facts: Facts, wanted: Wanted) -> Size:
    """Add all tables up; raises UnseenError if one of them is not known."""
    sizes = [size_of(facts, table) for table in wanted.tables]
    known = [size.size for size in sizes if size.size is not None]
    return Size(
        rows=sum(size.rows for size in sizes),
        size=sum(known) if len(known) == len(sizes) else None,
        counted=all(size.counted for size in sizes),
    )
