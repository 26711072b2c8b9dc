"""What `assess` makes of a look: findings, measurements, what to restart, and the next history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wms_connector.health.findings import Kind, Severity
from wms_connector.health.history import History

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.health.metrics import Measurement


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is as it should not be.

    `about` is which connector, topic or service; `evidence` one readable line of what was seen;
    `since` seconds since 1970; `step` the next step where it is more exact than the kind's own.
    `because`: the kind of another finding of the same look that explains this one.
    """

    kind: Kind
    about: str
    evidence: str
    since: float
    step: str = ""
    because: Kind | None = None

    @property
    def key(self) -> str:
        """What it is the same by from look to look."""
        return f"{self.kind.id}:{self.about}"

    @property
    def next_step(self) -> str:
        """What to do."""
        return self.step or self.kind.step

    def as_json(self) -> dict[str, Any]:
        """Give it for programs."""
        return {
            "id": self.kind.id,
            "severity": self.kind.severity.name.lower(),
            "title": self.kind.title,
            "about": self.about,
            "cause": self.kind.cause,
            "evidence": self.evidence,
            "since": self.since,
            "next_step": self.next_step,
            "because_of": self.because.id if self.because else None,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one look. `restart` names connectors whose FAILED parts a restart may heal.

    `findings` have the worst first, each cause before what follows from it. `waits` says, by
    connector, why one that FAILED is not in `restart`.
    """

    at: float
    findings: tuple[Finding, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    restart: tuple[str, ...] = ()
    waits: Mapping[str, str] = field(default_factory=dict)
    history: History = field(default_factory=History)

    @property
    def severity(self) -> Severity:
        """The worst of the findings; INFO without any."""
        return max((f.kind.severity for f in self.findings), default=Severity.INFO)

    @property
    def healthy(self) -> bool:
        """Whether nobody has to act."""
        return self.severity < Severity.WARNING

    def as_json(self) -> dict[str, Any]:
        """Give it for programs."""
        return {
            "at": self.at,
            "healthy": self.healthy,
            "severity": self.severity.name.lower(),
            "findings": [finding.as_json() for finding in self.findings],
            "restart": list(self.restart),
            "waits": dict(self.waits),
            "measurements": [measured.as_json() for measured in self.measurements],
        }
