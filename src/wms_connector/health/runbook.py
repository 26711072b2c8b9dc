"""docs/runbook.md, printed from the list of kinds and their guides: one section a finding."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from wms_connector.health.alarms import ALARMS
from wms_connector.health.findings import explainers
from wms_connector.health.guides import guides
from wms_connector.health.text import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wms_connector.health.findings import Kind

_WIDTH: Final = 100
_ANY: Final = Place("<stage>", "<stack>", "docs/runbook.md")
_HEAD: Final = """\
# Runbook

What can be found to be wrong, one section each; every mail links to its own. How it is judged, and
what is restarted when, stands in [health](health.md). `<stage>` is the stage, `<stack>` its stack
in AWS (`wms-connector names --stage <stage>`). On the laptop `wms-connector status` and `watch`
name the same findings; what is said of ECS and of functions does not exist there.

This page is printed from the code (`python -m wms_connector.health`); a test holds it current.
"""


def page(kinds: Sequence[Kind]) -> str:
    """Write the page: a table of all, then a section for each, causes first."""
    sections = (line for kind in kinds for line in _section(kind))
    return "\n".join([_HEAD, *_index(kinds), *sections])


def _index(kinds: Sequence[Kind]) -> list[str]:
    rows = ["| Finding | What | How bad |", "| --- | --- | --- |"]
    rows += [
        f"| [{kind.id}](#{kind.id}) | {kind.title} | {kind.severity.name.lower()} |"
        for kind in kinds
    ]
    return [*rows, ""]


def _section(kind: Kind) -> list[str]:
    guide = guides()[kind.id]
    lines = [f"## {kind.id}", *_wrapped(f"**{kind.title}** ({kind.severity.name.lower()})."), ""]
    lines += [*_wrapped(kind.cause), ""]
    lines += [*_wrapped(f"Next step: {kind.step}"), ""]
    lines += ["Where to look:", *_items(guide.look), "", "What to do:", *_numbered(guide.do), ""]
    lines += [*_wrapped(f"By itself: {guide.itself}"), "", *_wrapped(_watched(kind)), ""]
    return lines


def _watched(kind: Kind) -> str:
    """Say what notices it, and what keeps its mail back."""
    if kind.metric is None:
        return "No metric of ours: an event, or a figure of AWS's own, brings this mail."
    alarm = next(alarm for alarm in ALARMS if alarm.kind is kind)
    often = "" if alarm.periods == 1 else f", in {alarm.datapoints} intervals in a row"
    told = f"Alarm `<stack>-{kind.alarm}` on `{kind.metric.name}` ({kind.metric.space}{often})."
    if kind.soft:
        told += " Found when several checks in a row have seen it (`soft_observations`)."
    causes = [other.id for other in explainers(kind) if other.metric is not None]
    if causes:
        told += f" No mail while one of these explains it: {', '.join(causes)}."
    return told


def _items(lines: Sequence[str]) -> list[str]:
    return [row for line in lines for row in _wrapped(line, first="- ")]


def _numbered(lines: Sequence[str]) -> list[str]:
    return [
        row for place, line in enumerate(lines, 1) for row in _wrapped(line, first=f"{place}. ")
    ]


def _wrapped(text: str, *, first: str = "") -> list[str]:
    return textwrap.wrap(
        _ANY.fill(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
