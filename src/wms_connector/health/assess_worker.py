"""The check itself, the service and its workers: from what was seen to what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.health.observation import Question
from wms_connector.health.part import Part

if TYPE_CHECKING:
    from wms_connector.health.observation import Observation
    from wms_connector.health.policy import Policy

_BEHIND_CONNECT: Final = frozenset({Question.CONNECTORS, Question.FLOW, Question.WORKERS})
_BEHIND_DATABASE: Final = frozenset({Question.FLOW})
# Workers keep connectors and offsets in the brokers, and answer nothing that needs them.
_BEHIND_BROKERS: Final = frozenset({Question.TOPICS, Question.FLOW, Question.CONNECTORS})
_PERCENT: Final = 100.0


def assess_check(seen: Observation) -> Part:
    """Tell which questions were refused, but for those that follow from what is down anyway."""
    part = Part()
    follows: set[Question] = set()
    if is_down(seen):
        follows |= _BEHIND_CONNECT
    if seen.database is not None and not seen.database.ok:
        follows |= _BEHIND_DATABASE
    if not reaches_brokers(seen):
        follows |= _BEHIND_BROKERS
    for question, reason in seen.unseen.items():
        if question not in follows:
            part.find("check-failed", question.value, f"{question.value}: {reason}")
    return part


def assess_workers(seen: Observation, policy: Policy) -> Part:
    """Judge the brokers, the service, Kafka Connect's answers and the workers' Java.

    While a deployment is under way fewer workers, or none that answers, are soft: they are a
    finding when it does not end.
    """
    part = Part()
    rolling = is_rolling(seen)
    if seen.brokers is None:
        part.cannot_see("brokers-unreachable")
    elif not seen.brokers.ok:
        part.find("brokers-unreachable", "brokers", seen.brokers.reason)
    if (service := seen.service) is None:
        part.cannot_see("service-unhealthy")
    elif service.running < service.desired:
        told = f"{service.running} of {service.desired} run, {service.pending} are starting"
        says = f"; {service.message}" if service.message else ""
        part.find("service-unhealthy", "service", told + says, soft=rolling)
    if seen.connect is None:
        part.cannot_see("connect-unreachable")
    elif not seen.connect.ok:
        part.find("connect-unreachable", "workers", seen.connect.reason, soft=rolling)
    if seen.worker is None or is_down(seen):
        part.cannot_see("worker-unhealthy")
    elif not seen.worker.ok:
        part.find("worker-unhealthy", "workers", seen.worker.reason)
    _heap(part, seen, policy)
    return part


def is_down(seen: Observation) -> bool:
    """Whether Kafka Connect was asked and did not answer."""
    return seen.connect is not None and not seen.connect.ok


def reaches_brokers(seen: Observation) -> bool:
    """Whether nobody has found the brokers silent."""
    return seen.brokers is None or seen.brokers.ok


def is_rolling(seen: Observation) -> bool:
    """Whether a deployment of the workers is under way."""
    return seen.service is not None and seen.service.rolling


def _heap(part: Part, seen: Observation, policy: Policy) -> None:
    known = [worker for worker in seen.workers if worker.heap_free is not None]
    if not known:
        part.cannot_see("heap-low")
    for worker in known:
        free = worker.heap_free or 0.0
        if free < policy.heap_free:
            part.find(
                "heap-low",
                worker.name,
                f"{worker.name}: {free * _PERCENT:.0f} % of the heap are free after a collection, "
                f"less than {policy.heap_free * _PERCENT:.0f} %",
            )
