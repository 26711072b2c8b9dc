"""From facts to checks. Pure: the same facts give the same checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.oracle.catalogue import explain
from wms_connector.oracle.preflight import (
    database_checks,
    jdbc_checks,
    logging_checks,
    privilege_checks,
    table_checks,
)
from wms_connector.oracle.preflight.check import Check, Verdict

if TYPE_CHECKING:
    from wms_connector.oracle.errors import OracleFailure
    from wms_connector.oracle.preflight.check import Rule
    from wms_connector.oracle.preflight.facts import Facts
    from wms_connector.oracle.preflight.wanted import Wanted


def assess(facts: Facts, wanted: Wanted) -> tuple[Check, ...]:
    """Make every check of the connector's kind, in the order in which they are read."""
    return tuple(rule.apply(facts, wanted) for rule in rules(wanted))


def rules(wanted: Wanted) -> tuple[Rule, ...]:
    """Give the checks that hold for a kind of connector."""
    if wanted.kind == "jdbc":
        return (*database_checks.rules(wanted), *jdbc_checks.rules(wanted))
    return (
        *database_checks.rules(wanted),
        *logging_checks.rules(wanted),
        *privilege_checks.rules(wanted),
        *table_checks.rules(wanted),
    )


def refused(failure: OracleFailure) -> tuple[Check, ...]:
    """Tell that nothing could be looked at, because nobody could sign in."""
    entry = next(iter(explain(f"{failure.code} {failure.text}")), None)
    why, mend = "nothing else can be looked at", "Check host, port and service"
    if entry is not None:
        why, mend = entry.meaning, f"{entry.who}: {entry.step}"
    return (Check("log-in", "user", Verdict.FAIL, failure.text, why, mend),)


def worst(checks: tuple[Check, ...]) -> Verdict:
    """Give the verdict that stands for all."""
    order = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN)
    found = {check.verdict for check in checks}
    return next((verdict for verdict in order if verdict in found), Verdict.PASS)
