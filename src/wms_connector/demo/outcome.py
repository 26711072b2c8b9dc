"""What came out of the demo, and whether the promises held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wms_connector.audit.report import Report
    from wms_connector.events.latency import Percentiles


@dataclass(frozen=True, slots=True)
class Outcome:
    """Numbers of one run; `recovery_s` from the kill to the first change committed after it."""

    snapshot_rows: int
    snapshot_s: float
    events: int
    transactions: int
    rolled_back: int
    latency: Percentiles | None
    recovery_s: float
    audit: Report

    @property
    def held(self) -> bool:
        """Whether nothing was lost and nothing came twice."""
        return self.audit.ok and self.missing == 0 and self.twice == 0

    @property
    def missing(self) -> int:
        """Rows that are not in the topics as they are in the database, or only there."""
        return sum(t.missing + t.extra + t.different for t in self.audit.tables)

    @property
    def twice(self) -> int:
        """Changes that a consumer of committed records read more than once."""
        return sum(table.duplicates for table in self.audit.tables)

    def rows(self) -> list[tuple[str, str]]:
        """The closing table: what, and how much."""
        latency = self.latency
        return [
            ("rows of the snapshot", f"{self.snapshot_rows:,}"),
            ("events after it", f"{self.events:,}"),
            ("transactions", f"{self.transactions:,} ({self.rolled_back:,} rolled back)"),
            (
                "commit to consumer",
                f"p50 {latency.p50:.0f} ms, p99 {latency.p99:.0f} ms" if latency else "-",
            ),
            ("recovery after SIGKILL", f"{self.recovery_s:.1f} s"),
            ("missing", f"{self.missing:,}"),
            ("twice", f"{self.twice:,}"),
        ]

    def as_json(self) -> dict[str, Any]:
        """The same for programs, with the audit."""
        latency = self.latency
        return {
            "held": self.held,
            "snapshot_rows": self.snapshot_rows,
            "snapshot_s": round(self.snapshot_s, 2),
            "events": self.events,
            "transactions": self.transactions,
            "rolled_back": self.rolled_back,
            "latency_p50_ms": latency and round(latency.p50, 1),
            "latency_p99_ms": latency and round(latency.p99, 1),
            "recovery_s": round(self.recovery_s, 2),
            "missing": self.missing,
            "twice": self.twice,
            "audit": self.audit.model_dump(mode="json"),
        }
