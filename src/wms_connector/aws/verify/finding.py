"""A finding of `verify`, and how it counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.aws.verify.facts import Unseen


class Level(StrEnum):
    """How a finding counts: only `fail` makes a deployment fail."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: of which kind, which one, how it is, what to do."""

    area: str
    subject: str
    level: Level
    found: str
    step: str = ""

    def as_json(self) -> dict[str, str]:
        """Give it for programs."""
        return {
            "area": self.area,
            "subject": self.subject,
            "level": self.level.value,
            "found": self.found,
            "step": self.step,
        }


def worst(findings: Iterable[Finding]) -> Level:
    """Give the worst level; `ok` without any finding."""
    levels = {finding.level for finding in findings}
    return next((level for level in (Level.FAIL, Level.WARN) if level in levels), Level.OK)


def unseen(area: str, subject: str, reason: Unseen) -> Finding:
    """Make the finding of what could not be looked at."""
    return Finding(area, subject, Level.FAIL, f"cannot be told: {reason.reason}", reason.hint)
