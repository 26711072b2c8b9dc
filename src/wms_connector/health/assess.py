"""The judgement of one look. Pure: the same look, history and attempts give the same verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.health.assess_connectors import assess_connectors
from wms_connector.health.assess_flow import assess_flow
from wms_connector.health.assess_source import assess_database, assess_topics
from wms_connector.health.assess_worker import (
    assess_check,
    assess_workers,
    is_down,
    is_rolling,
    reaches_brokers,
)
from wms_connector.health.budget import budget
from wms_connector.health.findings import KINDS, explainers
from wms_connector.health.history import History
from wms_connector.health.marks import due, marked
from wms_connector.health.measure import measure
from wms_connector.health.moments import moment
from wms_connector.health.part import Part, together
from wms_connector.health.verdict import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wms_connector.health.assess_connectors import Failures
    from wms_connector.health.budget import Attempt
    from wms_connector.health.findings import Kind
    from wms_connector.health.history import Mark
    from wms_connector.health.observation import Observation
    from wms_connector.health.part import Found
    from wms_connector.health.policy import Policy


def assess(
    seen: Observation, before: History, policy: Policy, attempts: Sequence[Attempt] = ()
) -> Verdict:
    """Judge a look. `before` is the history of the verdict before; `attempts` are past restarts.

    `restart` of the verdict names connectors that are FAILED, that a restart may heal, and that may
    be restarted now as far as `attempts` tell; `act` asks again when it does so.
    """
    connectors, failures = assess_connectors(seen)
    flow, stands = assess_flow(seen, before.stands, policy)
    whole = together([
        assess_check(seen), assess_workers(seen, policy), connectors, flow, assess_topics(seen),
        assess_database(seen),
    ])  # fmt: skip
    _hold_back(seen, whole, failures)
    spent = _within_budget(failures, attempts, seen.at, policy)
    whole.found += spent.found
    marks = marked(before.seen, whole.found, whole.blind, seen.at, policy)
    findings = _findings(whole.found, marks, seen.at, policy)
    return Verdict(
        at=seen.at,
        findings=findings,
        measurements=measure(seen, {finding.kind.id for finding in findings}, whole.blind),
        restart=tuple(failures.heal),
        waits=failures.waits,
        history=History(seen=marks, stands=stands),
    )


def _hold_back(seen: Observation, whole: Part, failures: Failures) -> None:
    """Take from what a restart may heal what has to wait for something else of this look."""
    found = {one.kind.id for one in whole.found}
    lost = {one.about for one in whole.found if one.kind.id == "position-lost"}
    for name in tuple(failures.heal):
        reason = ""
        if is_rolling(seen):
            reason = "the workers are being replaced"
        elif is_down(seen):
            reason = "no worker answers"
        elif not reaches_brokers(seen):
            reason = "the brokers do not answer"
        elif "login-refused" in found:
            reason = "the database refuses the user"
        elif "database-unreachable" in found:
            reason = "the database does not take connections"
        elif name in lost:
            reason = "the source no longer has its restart point"
        elif name in failures.wants_topic and "topic-missing" in found:
            reason = "a topic that it needs is not there"
        if reason:
            failures.heal.remove(name)
            failures.waits[name] = reason


def _within_budget(
    failures: Failures, attempts: Sequence[Attempt], now: float, policy: Policy
) -> Part:
    """Take from what a restart may heal what may not be restarted yet."""
    part = Part()
    for name in tuple(failures.heal):
        left = budget(attempts, now, policy, name)
        if left.allows:
            continue
        failures.heal.remove(name)
        failures.waits[name] = left.reason
        if left.exhausted and left.allowed_at is not None:
            part.find(
                "restart-budget-exceeded",
                name,
                f"{name} failed again; {left.limit} restarts were attempted within "
                f"{policy.window / 60:g} minutes, the next is free at {moment(left.allowed_at)}",
            )
    return part


def _findings(
    found: Iterable[Found], marks: Mapping[str, Mark], now: float, policy: Policy
) -> tuple[Finding, ...]:
    counted = [one for one in found if due(one, marks, policy)]
    order = {kind.id: place for place, kind in enumerate(KINDS)}
    made = [
        Finding(
            kind=one.kind,
            about=one.about,
            evidence=one.evidence,
            since=marks[one.key].first if one.key in marks else now,
            step=one.step,
            because=_because(one, counted),
        )
        for one in counted
    ]
    return tuple(sorted(made, key=lambda f: (-f.kind.severity, order[f.kind.id], f.about)))


def _because(one: Found, all_found: Sequence[Found]) -> Kind | None:
    """Give the first cause of those found that explains it: of the stage, or of the same thing."""
    there = {
        other.kind.id
        for other in all_found
        if other.about == one.about or not other.kind.of_connector or not one.kind.of_connector
    }
    return next((kind for kind in explainers(one.kind) if kind.id in there), None)
