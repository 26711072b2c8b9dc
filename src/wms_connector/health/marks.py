"""What was seen in several looks in a row: arithmetic on the history's marks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.health.history import Mark

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from wms_connector.health.part import Found
    from wms_connector.health.policy import Policy

KEPT: Final = 200
"""Marks that a history keeps: more than a stage has things to find."""
_EVIDENCE: Final = 200


def marked(
    before: Mapping[str, Mark],
    found: Iterable[Found],
    blind: Collection[str],
    now: float,
    policy: Policy,
) -> dict[str, Mark]:
    """Give the marks after a look: of what was found, and of what could not be judged in it."""
    after = {
        key: _settled(mark, now) for key, mark in before.items() if key.partition(":")[0] in blind
    }
    for one in found:
        former = before.get(one.key)
        if former is not None and one.soft and now - former.last > policy.gap:
            former = None  # nobody knows what was between
        after[one.key] = _next(former, one.evidence[:_EVIDENCE], now, policy)
    newest = sorted(after, key=lambda key: (-after[key].last, key))[:KEPT]
    return {key: after[key] for key in sorted(newest)}


def due(found: Found, marks: Mapping[str, Mark], policy: Policy) -> bool:
    """Whether what was found is a finding: at once, or when a soft one was seen often enough."""
    mark = marks.get(found.key)
    return not found.soft or (mark is not None and mark.count >= policy.soft)


def _next(former: Mark | None, evidence: str, now: float, policy: Policy) -> Mark:
    if former is None:
        return Mark(count=1, first=now, last=now, evidence=evidence)
    settled = _settled(former, now)
    if now - settled.last < policy.spacing:
        return settled.model_copy(update={"evidence": evidence})
    return Mark(count=settled.count + 1, first=settled.first, last=now, evidence=evidence)


def _settled(mark: Mark, now: float) -> Mark:
    """Give a mark that does not lie in the future: a clock that was put back counts nothing."""
    if mark.last <= now:
        return mark
    return mark.model_copy(update={"first": min(mark.first, now), "last": now})
