"""What the last health check of a deployment has found, beside what Kafka Connect says now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wms_connector.aws.errors import AwsError
from wms_connector.health.findings import BY_ID
from wms_connector.health.policy import MISSED
from wms_connector.health.verdict import Finding
from wms_connector.model.ages import age

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wms_connector.aws.checks import Check
    from wms_connector.cli.target import Deployed

_SEEN_NOW: Final = frozenset({
    "connect-unreachable", "connector-missing", "connector-unknown", "connector-failed",
    "task-failed", "restart-useless", "held",
})  # fmt: skip
"""What one look at Kafka Connect tells by itself: of these, what the check has seen may be over."""


@dataclass(frozen=True, slots=True)
class LastCheck:
    """Findings as JSON, each with `seen_at` (seconds since 1970), and the restarts left."""

    findings: Sequence[Mapping[str, Any]] = ()
    restarts: dict[str, Any] | None = None
    lines: Sequence[str] = ()

    def beside(self, now: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give findings of now, then those of the check that one look cannot see."""
        known = {(finding["id"], finding["about"]) for finding in now}
        older = [
            dict(finding)
            for finding in self.findings
            if finding["id"] not in _SEEN_NOW and (finding["id"], finding["about"]) not in known
        ]
        return [*now, *older]


def last_check(deployed: Deployed, now: float) -> LastCheck:
    """Ask for it; what the operator may not ask is a line, and no error."""
    try:
        check = deployed.last_check()
    except AwsError as error:
        return LastCheck(lines=[f"the last health check is not known: {error.what}"])
    return told_of(check, now)


def told_of(check: Check | None, now: float) -> LastCheck:
    """Tell a check, and when it was: one that is overdue is a finding of its own."""
    if check is None:
        return LastCheck(lines=["no health check has run yet"])
    found: list[Mapping[str, Any]] = []
    if now - check.at > MISSED * check.interval:
        silent = Finding(
            BY_ID["check-failed"],
            "check",
            f"the last check was {age(now - check.at)} ago, and one is due every "
            f"{age(check.interval)}",
            check.at,
        )
        found.append(silent.as_json())
    found += [{**finding, "seen_at": check.at} for finding in check.findings]
    left = check.restarts
    restarts = None if left is None else left.model_dump()
    return LastCheck(found, restarts, [f"last health check: {age(now - check.at)} ago"])
