"""What a stage wants of its database: everything that the checks are measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from wms_connector.oracle.identifier import identifier

if TYPE_CHECKING:
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.settings import JdbcSettings
    from wms_connector.model.stage import Stage
    from wms_connector.model.table import Table


@dataclass(frozen=True, slots=True)
class Wanted:
    """One connector's needs. `outage_hours`: how long it may stay down without losing changes."""

    kind: Literal["debezium", "jdbc"]
    tables: tuple[Table, ...]
    flush_table: str
    outage_hours: int
    jdbc: JdbcSettings
    pdb: str | None = None
    lob_enabled: bool = False

    @classmethod
    def of(cls, pipeline: Pipeline, stage: Stage, *, pdb: str | None, outage_hours: int) -> Wanted:
        """Read them from a pipeline file."""
        return cls(
            kind=pipeline.connector,
            tables=pipeline.captured,
            flush_table=pipeline.names(stage).flush_table,
            outage_hours=outage_hours,
            jdbc=pipeline.jdbc,
            pdb=identifier(pdb, "pluggable database") if pdb else None,
            lob_enabled=pipeline.debezium.lob_enabled,
        )

    @property
    def home(self) -> Literal["pdb", "main"]:
        """The container that holds the tables: the pluggable database, else the one signed in to.

        JDBC connectors sign in to the pluggable database itself and switch nowhere.
        """
        return "pdb" if self.kind == "debezium" and self.pdb else "main"
