"""What one part of a judgement gives: what it found, and what it could not judge in this look."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wms_connector.health.findings import BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.health.findings import Kind

_EVIDENCE: Final = 500
_MOST: Final = 20
_ABOUT: Final = 249  # as long as a topic's name can be, the longest name there is


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was seen in this look, before the looks before it are asked.

    `soft`: it is a finding only when it was seen in several looks in a row.
    """

    kind: Kind
    about: str
    evidence: str
    step: str = ""
    soft: bool = False

    @property
    def key(self) -> str:
        """What it is the same by from look to look: `Finding.key`."""
        return f"{self.kind.id}:{self.about}"


@dataclass(slots=True)
class Part:
    """`found`, and `blind`: ids of kinds that could not be judged, because nothing was seen."""

    found: list[Found] = field(default_factory=list)
    blind: set[str] = field(default_factory=set)

    def find(
        self, kind: str, about: str, evidence: str, *, step: str = "", soft: bool = False
    ) -> None:
        """Note something; what it is about and the evidence are cut to what a mail can hold."""
        known = BY_ID[kind]
        line = " ".join(evidence.split())
        cut = line if len(line) <= _EVIDENCE else f"{line[: _EVIDENCE - 1]}…"
        self.found.append(Found(known, about[:_ABOUT], cut, step, soft or known.soft))

    def cannot_see(self, *kinds: str) -> None:
        """Note kinds of which this look says nothing, neither that they are nor that they are not.

        Their metrics have no value then, and what was seen of them in looks before stays as it was.
        """
        self.blind.update(kinds)


def together(parts: Iterable[Part]) -> Part:
    """Make one of several: what is found twice is kept once, as it was found first.

    Of one kind 20 are kept, and the first of them tells how many more there are: a verdict has to
    fit into a mail and into an item of a table.
    """
    whole = Part()
    kept: dict[str, dict[str, Found]] = {}
    for part in parts:
        whole.blind |= part.blind
        for one in part.found:
            kept.setdefault(one.kind.id, {}).setdefault(one.key, one)
    for of_kind in kept.values():
        first, *others = of_kind.values()
        if (more := len(of_kind) - _MOST) > 0:
            first = replace(first, evidence=f"{first.evidence} (and {more} more)")
        whole.found += [first, *others[: _MOST - 1]]
    return whole
