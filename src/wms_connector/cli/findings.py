"""Findings, restarts and the age of events as text; the same for a look and for a stored check."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

from wms_connector.health.moments import moment
from wms_connector.health.text import Place
from wms_connector.model.ages import age

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wms_connector.health.observation import Topic
    from wms_connector.model.names import Names

_WIDTH: Final = 100


def named(findings: Iterable[Mapping[str, Any]], names: Names) -> list[dict[str, Any]]:
    """Put a stage's names into the next steps, so that commands can be copied as they are."""
    place = Place(names.stage.name, names.connector_stack, "")
    return [{**found, "next_step": place.fill(found["next_step"])} for found in findings]


def finding_lines(findings: Sequence[Mapping[str, Any]], now: float) -> list[str]:
    """Tell findings, each as `Finding.as_json` has it: causes whole, what follows in two lines.

    `now` is seconds since 1970.
    """
    titles = {finding["id"]: finding["title"] for finding in findings}
    return [line for finding in findings for line in _finding(finding, titles, now)]


def restart_lines(restarts: Mapping[str, Any] | None, now: float) -> list[str]:
    """Tell what is left of the automatic restarts; nothing where none are counted."""
    if restarts is None:
        return []
    left, limit, at = restarts["left"], restarts["limit"], restarts["allowed_at"]
    if limit <= 0:
        return ["automatic restarts are turned off"]
    later = "" if left or at is None or at <= now else f"; the next is free at {moment(at)}"
    return [f"automatic restarts left: {left} of {limit}{later}"]


def topic_lines(topics: Sequence[Topic] | None, now: float) -> list[str]:
    """Tell how old each table's newest event is; nothing where topics were not looked at."""
    return [
        f"newest event of {topic.table}: "
        + ("none yet" if topic.newest is None else f"{age(now - topic.newest)} old")
        for topic in topics or ()
        if topic.table and topic.exists
    ]


def topics_json(topics: Sequence[Topic] | None, now: float) -> list[dict[str, Any]] | None:
    """Give the topics for programs: `newest_seconds` is the age of the newest record.

    A record whose time is ahead of this clock is 0 s old.
    """
    if topics is None:
        return None
    return [
        {
            "name": topic.name,
            "table": topic.table or None,
            "exists": topic.exists,
            "newest_seconds": _age(topic.newest, now),
        }
        for topic in topics
    ]


def _age(newest: float | None, now: float) -> float | None:
    return None if newest is None else max(0.0, round(now - newest, 1))


def _finding(finding: Mapping[str, Any], titles: Mapping[str, str], now: float) -> Iterator[str]:
    since = age(now - finding["since"])
    yield f"{finding['severity'].upper()}  {finding['title']} (for {since})"
    yield from _paragraph("seen", finding["evidence"])
    because = finding.get("because_of")
    if because:
        yield from _paragraph("because", titles.get(because, because))
        return
    yield from _paragraph("cause", finding["cause"])
    yield from _paragraph("next", finding["next_step"])


def _paragraph(head: str, text: str) -> list[str]:
    first = f"  {head}: "
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
