"""The answer of a check, and the rule that gives it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from wms_connector.oracle.preflight.facts import UnseenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.oracle.preflight.facts import Facts
    from wms_connector.oracle.preflight.wanted import Wanted


_LOOK: Final = "Grant the user what `preflight --sql` prints, or ask the DBA to look"


class Verdict(StrEnum):
    """How a check ended. `unknown`: what it needs could not be seen, which is never a pass."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the answer: what was found of what, why it matters, how to mend it."""

    name: str
    subject: str
    verdict: Verdict
    found: str
    why: str
    mend: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Give it for programs."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule saw. `mend` replaces the rule's own words about mending."""

    verdict: Verdict
    found: str
    mend: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A check to be made: its words, and the pure decision.

    `decide` reads facts; one that could not be seen raises UnseenError, and the check is unknown.
    """

    name: str
    subject: str
    why: str
    mend: str
    decide: Callable[[Facts, Wanted], Finding]

    def apply(self, facts: Facts, wanted: Wanted) -> Check:
        """Make the check."""
        try:
            finding = self.decide(facts, wanted)
        except UnseenError as unseen:
            return Check(
                self.name,
                self.subject,
                Verdict.UNKNOWN,
                f"cannot be seen: {unseen.reason}",
                self.why,
                unseen.mend or _LOOK,
            )
        mend = None if finding.verdict is Verdict.PASS else finding.mend or self.mend
        return Check(self.name, self.subject, finding.verdict, finding.found, self.why, mend)


def passed(found: str) -> Finding:
    """As it has to be."""
    return Finding(Verdict.PASS, found)


def warned(found: str, mend: str | None = None) -> Finding:
    """Works, and will hurt some day."""
    return Finding(Verdict.WARN, found, mend)


def failed(found: str, mend: str | None = None) -> Finding:
    """Does not work, or loses changes."""
    return Finding(Verdict.FAIL, found, mend)


def undecided(found: str, mend: str | None = None) -> Finding:
    """Was looked at, and cannot be told from what is visible."""
    return Finding(Verdict.UNKNOWN, found, mend)
