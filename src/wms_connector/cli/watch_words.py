"""What a look says, in words and rows: the same for the screen and for plain lines. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wms_connector.model.ages import age

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wms_connector.cli.watch_glance import Glance
    from wms_connector.health.observation import Topic

STATE_STYLES: Final[Mapping[str, str]] = {"RUNNING": "green", "FAILED": "red", "MISSING": "red"}
"""Colours of states; whatever else there is, is on its way or held."""
_TEN: Final = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A connector or one of its tasks; `lines` tell how far it is."""

    name: str
    state: str
    worker: str = ""
    lines: tuple[str, ...] = ()
    of_task: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A table: the age of its newest event in words, and its records a second."""

    table: str
    newest: str
    rate: float | None
    exists: bool


def mood(glance: Glance) -> tuple[str, str]:
    """Say in a line how it is, and in which colour."""
    if glance.problem:
        return "nobody can look", "red"
    act = [finding for finding in glance.findings if finding["severity"] != "info"]
    if not act:
        return "healthy", "green"
    critical = sum(finding["severity"] == "critical" for finding in act)
    causes = [finding for finding in act if not finding.get("because_of")]
    number = f"{len(act)} finding{'s' if len(act) > 1 else ''}"
    of = f", {len(causes)} of them a cause" if len(causes) < len(act) else ""
    return f"{number}{of}: {(causes or act)[0]['title']}", "red" if critical else "yellow"


def connector_rows(glance: Glance) -> list[Row]:
    """Give connectors with their tasks, then those that are missing."""
    if glance.seen is not None and glance.seen.connectors is None:
        return [Row("connectors", "not seen", unseen_why(glance))]
    return [
        *(row for connector in glance.connectors for row in _connector(glance, connector.name)),
        *(Row(name, "MISSING") for name in glance.missing),
    ]


def unseen_why(glance: Glance) -> str:
    """Say why nothing is known of connectors; for a look that did not see them."""
    if glance.seen is not None and glance.seen.connect is not None and glance.seen.connect.ok:
        return "the workers answer, and do not list them"
    return "no worker answers"


def table_rows(glance: Glance, now: float) -> list[TableRow]:
    """Give the tables whose topics were looked at."""
    topics = (glance.seen.topics or ()) if glance.seen else ()
    return [
        TableRow(topic.table, _newest(topic, now), glance.rates.get(topic.name), topic.exists)
        for topic in topics
        if topic.table
    ]


def worker_lines(glance: Glance) -> list[str]:
    """Tell how much each worker's Java has left, where it was asked."""
    return [
        f"{worker.name}: "
        + ", ".join(
            f"{what} {100 * share:.0f} % free"
            for what, share in (("heap", worker.heap_free), ("queue", worker.queue_free))
            if share is not None
        )
        for worker in (glance.seen.workers if glance.seen else ())
        if worker.heap_free is not None or worker.queue_free is not None
    ]


def newest(glance: Glance) -> float | None:
    """Give the time of the newest event of all tables; None if there is none, or nobody knows."""
    topics = (glance.seen.topics or ()) if glance.seen else ()
    return max((topic.newest for topic in topics if topic.newest is not None), default=None)


def figure(rate: float | None) -> str:
    """Write records a second: one digit after the point where that says something."""
    if rate is None:
        return "-"
    return f"{rate:,.1f}" if 0 < rate < _TEN else f"{rate:,.0f}"


def age_of(now: float, at: float) -> str:
    """Say how long ago something was."""
    return age(now - at)


def _connector(glance: Glance, name: str) -> Iterator[Row]:
    connector = next(one for one in glance.connectors if one.name == name)
    lag = glance.lags.get(name)
    whose = "" if connector.ours else "  (not this pipeline's)"
    lines = tuple(lag.lines) if lag else ()
    if connector.state == "RUNNING" and not connector.tasks:
        lines = ("no task: nothing is read", *lines)
    yield Row(name, connector.state, connector.worker + whose, lines)
    for task in connector.tasks:
        yield Row(f"task {task.id}", task.state, task.worker, of_task=True)


def _newest(topic: Topic, now: float) -> str:
    if not topic.exists:
        return "no topic"
    return "none yet" if topic.newest is None else age_of(now, topic.newest)
