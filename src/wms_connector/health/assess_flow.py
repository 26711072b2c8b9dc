"""What RUNNING hides: lag, restart points, and offsets that stand while the source moves."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from wms_connector.health.assess_connectors import runs
from wms_connector.health.assess_worker import is_rolling
from wms_connector.health.history import Stand
from wms_connector.health.observation import Question
from wms_connector.health.part import Part
from wms_connector.model.ages import age

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.health.observation import Connector, Flow, Observation
    from wms_connector.health.policy import Policy

KINDS: Final = ("no-progress", "lag-high", "lag-unknown", "headroom-low", "log-not-archived")
_AS_IT_IS: Final = 100  # characters of a position that are kept; a longer one as its digest


def assess_flow(
    seen: Observation, before: Mapping[str, Stand], policy: Policy
) -> tuple[Part, dict[str, Stand]]:
    """Judge how far the connectors are; gives where their offsets stand as well."""
    part = Part()
    stands: dict[str, Stand] = {}
    there = {connector.name: connector for connector in seen.connectors or ()}
    known = [there[name] for name in seen.desired if name in there]
    if not any(connector.flow for connector in known):
        part.cannot_see(*KINDS)
    if Question.FLOW in seen.unseen:
        part.cannot_see(*KINDS, "position-lost")
    for name in seen.desired:
        connector = there.get(name)
        if connector is not None and connector.flow is not None:
            _figures(part, name, connector.flow, policy)
        stand = _stand(seen, connector, before.get(name))
        if stand is not None:
            stands[name] = stand
            _progress(part, name, stand, seen.at, policy)
    return part, stands


def _figures(part: Part, name: str, flow: Flow, policy: Policy) -> None:
    left = flow.headroom_hours
    if flow.unknown:
        # What a database does not tell any more is not well because of that.
        if flow.behind_seconds is None:
            part.cannot_see("lag-high")
        if left is None:
            part.cannot_see("headroom-low", "log-not-archived", "position-lost")
    if flow.lost:
        part.find("position-lost", name, f"{name}: {flow.lost}")
    elif left is not None and left < policy.headroom_hours:
        part.find(
            "headroom-low",
            name,
            f"{name}: {left:.1f} h are left until its restart point is thrown away, less than "
            f"{policy.headroom_hours:g} h",
        )
    if flow.held_up:
        part.find("log-not-archived", name, f"{name} waits: {flow.held_up}")
    if flow.in_snapshot:
        return  # how far it is behind means something when the snapshot is done
    behind = flow.behind_seconds
    if behind is not None and behind > policy.lag:
        waiting = "" if flow.waiting is None else f", {flow.waiting:,} {flow.unit} wait"
        part.find(
            "lag-high",
            name,
            f"{name} is {age(behind)} behind its source{waiting.rstrip()}; "
            f"allowed are {age(policy.lag)}",
        )
    elif behind is None and flow.offset is not None and flow.unknown:
        told = "; ".join(f"{what}: {why}" for what, why in sorted(flow.unknown.items()))
        part.find("lag-unknown", name, f"{name}: {told}")


def _stand(seen: Observation, connector: Connector | None, former: Stand | None) -> Stand | None:
    """Where its offsets stand. Only while it runs: what was held or FAILED has to begin first."""
    if seen.connectors is None:
        return former
    if connector is None or not runs(connector) or is_rolling(seen):
        return None
    flow = connector.flow
    if flow is None or flow.offset is None:
        return former
    if flow.in_snapshot:
        return None
    offset = _short(flow.offset)
    source = None if flow.source is None else _short(flow.source)
    if former is None or former.offset != offset:
        return Stand(offset=offset, since=seen.at, source=source)
    moved = former.moved
    if source is not None and former.source is not None:
        # A source can go back to where it was: a row that waited was deleted.
        moved = None if source == former.source else (moved if moved is not None else seen.at)
    return Stand(
        offset=offset,
        # A clock that was put back begins the wait anew, at the longest.
        since=min(former.since, seen.at),
        source=former.source or source,
        moved=None if moved is None else min(moved, seen.at),
    )


def _progress(part: Part, name: str, stand: Stand, now: float, policy: Policy) -> None:
    if stand.moved is not None and now - stand.moved > policy.stand:
        part.find(
            "no-progress",
            name,
            f"{name}: its offsets stand for {age(now - stand.since)}, and the source has moved on "
            f"for {age(now - stand.moved)}",
        )


def _short(text: str) -> str:
    return text if len(text) <= _AS_IT_IS else sha256(text.encode()).hexdigest()
