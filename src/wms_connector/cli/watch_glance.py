"""One look as `watch` shows it, whatever the place; and how fast events came since the look before.

Pure: no clock, no terminal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wms_connector.cli.connector_json import connector_json
from wms_connector.cli.findings import topics_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wms_connector.health.look import Look
    from wms_connector.health.observation import Connector, Observation
    from wms_connector.health.source import Told


@dataclass(frozen=True, slots=True)
class Scene:
    """What is looked at: `title` for people, `where` for programs, `delivery` as it is promised."""

    stage: str
    title: str
    delivery: str
    where: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """A look. `findings` are `Finding.as_json` each, the worst first; `restarts` is the budget.

    `rates` are records a second by topic since the look before, empty in the first one. `lags` are
    what sources tell, by connector. `restarted` names what this look has restarted, `not_restarted`
    why something FAILED was not. `problem` says why nobody could look at all: the rest is then what
    was seen last.
    """

    at: float
    seen: Observation | None = None
    findings: Sequence[Mapping[str, Any]] = ()
    restarts: Mapping[str, Any] | None = None
    lags: Mapping[str, Told] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    restarted: Sequence[str] = ()
    not_restarted: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    problem: str = ""

    @property
    def healthy(self) -> bool:
        """Whether somebody could look, and nobody has to act."""
        return (
            not self.problem
            and self.seen is not None
            and all(finding["severity"] == "info" for finding in self.findings)
        )

    @property
    def rate(self) -> float | None:
        """Records a second of all topics; None in a first look."""
        return sum(self.rates.values()) if self.rates else None

    @property
    def connectors(self) -> tuple[Connector, ...]:
        """What is registered; empty where that is not known."""
        return (self.seen.connectors or ()) if self.seen else ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Connectors that have to be there and are not, where that is known."""
        return self.seen.missing if self.seen else ()

    def as_json(self, scene: Scene) -> dict[str, Any]:
        """Give it for programs: times in seconds since 1970, rates in records a second."""
        topics = topics_json(self.seen.topics, self.at) if self.seen else None
        return {
            "at": self.at,
            "stage": scene.stage,
            "where": scene.where,
            "healthy": self.healthy,
            "problem": self.problem or None,
            "connectors": [
                *(connector_json(one, self.lags.get(one.name)) for one in self.connectors),
                *({"name": name, "state": "MISSING", "tasks": []} for name in self.missing),
            ],
            "workers": [worker.model_dump() for worker in (self.seen.workers if self.seen else ())],
            "topics": topics,
            "rates": {topic: round(rate, 2) for topic, rate in self.rates.items()},
            "findings": list(self.findings),
            "restarts": self.restarts,
            "restarted": list(self.restarted),
            "not_restarted": dict(self.not_restarted),
        }


def glance_of(look: Look, lags: Mapping[str, Told], former: Glance | None) -> Glance:
    """Make it of a look and what the sources told in it; `former` is the glance before."""
    acted = look.acted
    not_restarted = dict(look.verdict.waits)
    if acted is not None:
        not_restarted |= {**acted.not_made, **acted.doubts}
    return Glance(
        at=look.seen.at,
        seen=look.seen,
        findings=[finding.as_json() for finding in look.verdict.findings],
        restarts=look.restarts_json(),
        lags=dict(lags),
        rates=rates(former.seen if former else None, look.seen),
        restarted=acted.attempted if acted else (),
        not_restarted=not_restarted,
    )


def rates(former: Observation | None, seen: Observation) -> dict[str, float]:
    """Give records a second of each topic between two looks, by the ends of its partitions.

    What a transaction writes at its end counts as a record. A topic that was made anew meanwhile
    has no rate.
    """
    if former is None or seen.at <= former.at:
        return {}
    ends = {topic.name: topic.end for topic in former.topics or ()}
    grown = {
        topic.name: topic.end - before
        for topic in seen.topics or ()
        if topic.end is not None and (before := ends.get(topic.name)) is not None
    }
    seconds = seen.at - former.at
    return {name: more / seconds for name, more in grown.items() if more >= 0}
