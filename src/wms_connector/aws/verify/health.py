"""Findings of the last health check, and whether there was one of late. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.aws.verify.facts import Unseen
from wms_connector.aws.verify.finding import Finding, Level, unseen
from wms_connector.health.policy import MISSED
from wms_connector.health.text import Place
from wms_connector.model.ages import age

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from wms_connector.aws.checks import Check
    from wms_connector.aws.verify.facts import Observation
    from wms_connector.model.names import Names

_LEVELS: Final = {"critical": Level.FAIL, "warning": Level.WARN}
_LAST: Final = "last check"


def health(seen: Observation, names: Names) -> Iterator[Finding]:
    """Judge the last check, then give what it found, each with its next step."""
    facts = seen.health
    log = f"Look at the log of {names.function('health')}"
    if isinstance(facts, Unseen):
        yield unseen("health", _LAST, facts)
    elif facts is None:
        yield Finding(
            "health", _LAST, Level.WARN, "there was none yet",
            f"A stage that was deployed just now has one within minutes; else: {log}",
        )  # fmt: skip
    else:
        old = seen.now - facts.at
        told = f"{_summary(facts)}, {age(old)} ago"
        if old > MISSED * facts.interval:
            due = f"one is due every {facts.interval / 60:.0f} min"
            yield Finding(
                "health", _LAST, Level.FAIL, f"{told}: nobody has looked since, and {due}", log
            )
        else:
            yield Finding("health", _LAST, Level.OK, told)
        for finding in facts.findings:
            yield _found(finding, Place(names.stage.name, names.connector_stack, ""))


def _summary(check: Check) -> str:
    count = len(check.findings)
    if check.healthy:
        return "healthy"
    return f"{count} finding{'' if count == 1 else 's'}, the worst {check.severity}"


def _found(finding: Mapping[str, Any], place: Place) -> Finding:
    cause = finding.get("because_of")
    told = [str(finding.get("title", "")), str(finding.get("evidence", ""))]
    if cause:
        told.append(f"because of {cause}")
    return Finding(
        "health",
        str(finding.get("about") or finding.get("id")),
        _LEVELS.get(str(finding.get("severity")), Level.OK),
        "; ".join(part for part in told if part),
        "" if cause else place.fill(str(finding.get("next_step", ""))),
    )
