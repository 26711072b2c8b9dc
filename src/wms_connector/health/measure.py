"""The metrics of a judgement: a 0 or 1 for each kind that could be judged, and the figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from wms_connector.health import metrics as m
from wms_connector.health.findings import KINDS
from wms_connector.health.metrics import Measurement, Space

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from wms_connector.health.metrics import Metric
    from wms_connector.health.observation import Flow, Observation

ELSEWHERE: Final = frozenset({"rotation-refused"})
"""Kinds with a metric in the check's namespace that another function emits."""

JUDGED: Final = tuple(
    kind
    for kind in KINDS
    if kind.metric is not None and kind.metric.space is Space.HEALTH and kind.id not in ELSEWHERE
)
"""Kinds that `assess` judges."""


def measure(
    seen: Observation, found: Collection[str], blind: Collection[str]
) -> tuple[Measurement, ...]:
    """Give all measurements of a look. `found` and `blind` are ids of kinds.

    What could not be judged and was not found has no value: a 0 would say that it is well.
    """
    flags = [
        Measurement(kind.metric, float(kind.id in found))
        for kind in JUDGED
        if kind.metric is not None and (kind.id in found or kind.id not in blind)
    ]
    return (*flags, *_figures(seen))


def _figures(seen: Observation) -> Iterator[Measurement]:
    flows = [
        (connector.name, connector.flow)
        for connector in seen.connectors or ()
        if connector.flow is not None and connector.name in seen.desired
    ]
    yield from _spread(m.BEHIND, ((name, _behind(flow)) for name, flow in flows))
    yield from _spread(m.WAITING, ((name, flow.waiting) for name, flow in flows))
    yield from _spread(m.HEADROOM, ((name, flow.headroom_hours) for name, flow in flows))
    yield from _spread(
        m.EVENT_AGE,
        (
            (topic.name, max(0.0, seen.at - topic.newest))
            for topic in seen.topics or ()
            if topic.table and topic.newest is not None
        ),
    )
    yield from _spread(m.HEAP_FREE, ((w.name, _percent(w.heap_free)) for w in seen.workers))
    yield from _spread(m.QUEUE_FREE, ((w.name, _percent(w.queue_free)) for w in seen.workers))


def _behind(flow: Flow) -> float | None:
    return None if flow.in_snapshot else flow.behind_seconds


def _percent(share: float | None) -> float | None:
    return None if share is None else 100.0 * share


def _spread(metric: Metric, values: Iterable[tuple[str, float | None]]) -> Iterator[Measurement]:
    """Give the value of each, and the worst of all as the stage's own."""
    known = [
        Measurement(metric, float(value), name)
        for name, value in values
        if value is not None and math.isfinite(value)
    ]
    if known:
        pick = min if metric.least else max
        yield Measurement(metric, pick(one.value for one in known))
    yield from known
