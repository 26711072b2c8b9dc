"""Mails about findings: what is wrong, the cause, the evidence, the next step, a link. Pure.

A subject is at most 100 printable ASCII characters, as SNS wants it; a body is plain text.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wms_connector.health.findings import BY_ALARM, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wms_connector.health.findings import Kind

SUBJECT: Final = 100
"""Characters of a subject that SNS takes."""
_STAGE: Final = 30  # characters of a stage's name in a subject: most of it is for what is wrong
_WIDTH: Final = 78
_INDENT: Final = "  "
_COMMAND: Final = re.compile(r"`(wms-connector (?![^`]*--stage)[^`]*)`")
"""A command of ours that does not say of which stage."""
_SAID: Final = {"ALARM": "", "OK": "well again: ", "INSUFFICIENT_DATA": "cannot be told: "}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Place:
    """Of which stage a mail speaks; `runbook` is the address of docs/runbook.md where it is read.

    `stack` is `Names.connector_stack`, which the stage's functions are called after.
    """

    stage: str
    stack: str
    runbook: str

    @property
    def short(self) -> str:
        """The stage's name, as a subject has room for it."""
        return self.stage if len(self.stage) <= _STAGE else f"{self.stage[: _STAGE - 3]}..."

    def fill(self, text: str) -> str:
        """Put the stage's names into a text of the list of kinds, and its commands."""
        named = _COMMAND.sub(lambda found: f"`{found[1]} --stage <stage>`", text)
        return named.replace("<stack>", self.stack).replace("<stage>", self.stage)


def of_alarm(
    place: Place,
    name: str,
    *,
    state: str,
    reason: str,
    at: str,
    evidence: Sequence[Mapping[str, Any]] = (),
    tried: Sequence[str] = (),
) -> Mail:
    """Word an alarm's change. `name`, `state`, `reason` and `at` are CloudWatch's.

    `evidence` are findings of the last check (`Finding.as_json`), of any kind; `tried` are lines of
    what the check has tried. An alarm that is not in the list is told as CloudWatch tells it.
    """
    kind = BY_ALARM.get(name.rpartition("-")[2].removesuffix("Seen"))
    if kind is None:
        lines = [name, f"{state} at {at}", "", "Evidence", *_list([reason])]
        return Mail(_subject(f"{place.short}: {state}: {name}"), _text(lines))
    if state == "OK":
        return _well_again(place, kind, reason, at, evidence)
    own = [finding for finding in evidence if finding.get("id") == kind.id]
    seen = [str(finding["evidence"]) for finding in own if finding.get("evidence")]
    steps = [str(finding["next_step"]) for finding in own if finding.get("next_step")]
    return of_kind(
        place,
        kind,
        [*seen, f"CloudWatch: {reason}"],
        at=at,
        steps=steps,
        tried=tried,
        said=_SAID.get(state, f"{state}: "),
    )


def of_kind(
    place: Place,
    kind: Kind,
    evidence: Sequence[str],
    *,
    at: str,
    steps: Sequence[str] = (),
    tried: Sequence[str] = (),
    said: str = "",
) -> Mail:
    """Word one kind of finding; without `steps` the next step is the kind's own."""
    told = f"{said}{kind.severity.name}: {kind.title}"
    lines = [told, f"Stage {place.stage}, {at}", "", "Cause", *_block(place.fill(kind.cause))]
    lines += ["", "Evidence", *_list(evidence or ["none was noted"])]
    lines += ["", "Next step", *_list(_once([place.fill(step) for step in steps or [kind.step]]))]
    if tried:
        lines += ["", "Tried", *_list(tried)]
    lines += ["", f"More: {link(place.runbook, kind)}"]
    return Mail(_subject(f"{place.short}: {told}"), _text(lines))


def link(runbook: str, kind: Kind) -> str:
    """Where the runbook speaks of a kind."""
    return f"{runbook}#{kind.id}"


def _well_again(
    place: Place, kind: Kind, reason: str, at: str, evidence: Sequence[Mapping[str, Any]]
) -> Mail:
    told = f"well again: {kind.title}"
    left = [
        f"{finding.get('title')}: {finding.get('evidence')}"
        for finding in evidence
        if finding.get("id") != kind.id and not finding.get("because_of") and finding.get("title")
    ]
    over = "This was found before, and is not found any more."
    lines = [
        told, f"Stage {place.stage}, {at}", "",
        *_block(f"{over} {'Not all is well:' if left else 'Nothing has to be done.'}"),
        *_list(left), "", "Evidence", *_list([f"CloudWatch: {reason}"]),
    ]  # fmt: skip
    if kind.severity is Severity.CRITICAL:
        lines += ["", *_block("`wms-connector status` tells whether it has caught up.")]
    lines += ["", f"More: {link(place.runbook, kind)}"]
    return Mail(_subject(f"{place.short}: {told}"), _text(lines))


def _once(lines: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(lines))


def _list(lines: Sequence[str]) -> list[str]:
    return [
        row
        for line in lines
        for row in _wrapped(line, first=f"{_INDENT}- ", later=f"{_INDENT}  ")
    ]  # fmt: skip


def _block(text: str) -> list[str]:
    return _wrapped(text, first=_INDENT, later=_INDENT)


def _wrapped(text: str, *, first: str, later: str) -> list[str]:
    # Names, links and commands stay in one piece, however long, so that they can be copied.
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _subject(text: str) -> str:
    plain = " ".join(text.encode("ascii", "replace").decode().split())
    plain = "".join(character for character in plain if character.isprintable())
    return plain if len(plain) <= SUBJECT else f"{plain[: SUBJECT - 3]}..."
