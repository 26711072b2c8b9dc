"""What to do on a laptop about a finding: here are no AWS, no security groups, no secrets of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wms_connector.health.verdict import Finding, Verdict
    from wms_connector.local.state import SourceName, State

_PARTS: Final = (
    "`wms-connector local status` says what runs; `wms-connector local up` starts what does not. "
    "Why it ended: `wms-connector local logs {part}`."
)
_GOES_ON: Final = "The connector goes on by itself when it is back."
_RESTART: Final = (
    "`wms-connector restart`, or `wms-connector watch --repair`, which restarts within the budget. "
    "If it fails again: `wms-connector status` explains the trace."
)
_STEPS: Final = {
    "brokers-unreachable": _PARTS.format(part="broker"),
    "service-unhealthy": _PARTS.format(part="<part>"),
    "connect-unreachable": _PARTS.format(part="<part>"),
    "check-failed": (
        "The evidence names what did not answer; `wms-connector local status` says what runs."
    ),
    "login-refused": (
        "Give the database's user the password back that the runtime has; unlock the account if it "
        "is locked. `wms-connector local rotate` cannot do that: it signs in with the former "
        "password. Then `wms-connector restart`."
    ),
}
_OTHERS: Final = (
    "Ask the DBA whether it is up, and check the address that `wms-connector local up` was given."
)
_SOURCES: Final = frozenset({"postgres", "standin"})
_UNREPAIRED: Final = frozenset({"task-failed", "connector-failed"})


def step_of(kind: str, *, source: SourceName, database: str, repair: bool) -> str:
    """Give a kind's next step on a laptop; empty where it has no other than everywhere.

    `database` is the part that is the database; empty where it is the user's own. `repair`: whether
    whoever looks restarts what FAILED.
    """
    if kind in _UNREPAIRED and not repair:
        return _RESTART
    if kind == "database-unreachable":
        mend = _PARTS.format(part=database) if database else _OTHERS
        return f"{mend} {_GOES_ON}"
    if kind == "position-lost" and source == "postgres":
        return "`wms-connector recover snapshot`."
    return _STEPS.get(kind, "")


def on_laptop(verdict: Verdict, state: State, *, repair: bool, refused: str = "") -> Verdict:
    """Give a verdict whose findings have a laptop's next steps.

    `refused` says when a refused sign-in was tried; it becomes part of that finding's evidence.
    """
    parts = [part.launch for part in state.parts.values() if part.launch.kind in _SOURCES]
    database = parts[0].name if parts else ""

    def told(finding: Finding) -> Finding:
        kind = finding.kind.id
        step = step_of(kind, source=state.source, database=database, repair=repair) or finding.step
        with_time = f"{finding.evidence}; {refused}"
        evidence = with_time if refused and kind == "login-refused" else finding.evidence
        return replace(finding, step=step, evidence=evidence)

    return replace(verdict, findings=tuple(told(finding) for finding in verdict.findings))
