"""`watch` where there is no terminal: a line for each change, and now and then that it still looks.

And the same looks as JSON, one object a line.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

import click

from wms_connector.cli.findings import restart_lines
from wms_connector.cli.watch_words import (
    age_of,
    connector_rows,
    figure,
    mood,
    newest,
    table_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wms_connector.cli.watch_glance import Glance, Scene

BEAT_SECONDS: Final = 60.0
"""After so long without a change, a line says that nothing changed."""

_LOOKING: Final = "looking"


class Teller:
    """Gives the lines of one look after the other: only what differs from the look before."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._known: Mapping[str, str] | None = None
        self._found: dict[str, tuple[str, float]] = {}
        self._told = 0.0

    def lines(self, glance: Glance) -> list[str]:
        """Give the lines of a look, without the time."""
        first = self._known is None
        facts = dict(_facts(glance))
        known = self._known or {}
        lines = [self._scene.title, self._scene.delivery] if first else []
        lines += [
            told
            for key, told in facts.items()
            if known.get(key) != told and not (first and key == _LOOKING and not glance.problem)
        ]
        if glance.problem:
            # Nothing is known of this look: what was found before stays as it is.
            facts = {**known, **facts}
        else:
            lines += [f"{key} is no longer there" for key in known if key not in facts]
            lines += self._findings(glance)
        lines += [f"restarted {name}" for name in glance.restarted]
        self._known = facts
        if first or lines or glance.at - self._told >= BEAT_SECONDS:
            self._told = glance.at
            if first or not lines:
                lines.append(_beat(glance))
        return lines

    def _findings(self, glance: Glance) -> Iterator[str]:
        there = {f"{finding['id']}:{finding['about']}" for finding in glance.findings}
        for finding in glance.findings:
            key = f"{finding['id']}:{finding['about']}"
            if key not in self._found:
                yield from _finding(finding)
            self._found.setdefault(key, (finding["title"], finding["since"]))
        for key in [key for key in self._found if key not in there]:
            title, since = self._found.pop(key)
            yield f"over: {title} ({key.partition(':')[2]}), after {age_of(glance.at, since)}"


class PlainView:
    """Lines on standard output, each with the time of day in UTC."""

    def __init__(self, scene: Scene, *, say: Callable[[str], object] = click.echo) -> None:
        self._teller = Teller(scene)
        self._say = say

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def begin(self) -> None:
        """Say nothing."""

    def show(self, glance: Glance, pause: float) -> None:
        """Print what has changed."""
        del pause
        at = datetime.fromtimestamp(glance.at, tz=UTC)
        for line in self._teller.lines(glance):
            self._say(f"{at:%H:%M:%S}Z  {line}")


class JsonView(PlainView):
    """Each look as an object on a line of its own."""

    def __init__(self, scene: Scene, *, say: Callable[[str], object] = click.echo) -> None:
        super().__init__(scene, say=say)
        self._scene = scene

    def show(self, glance: Glance, pause: float) -> None:
        """Print the look."""
        del pause
        self._say(json.dumps(glance.as_json(self._scene), default=str))


def _facts(glance: Glance) -> Iterator[tuple[str, str]]:
    """Give what is worth a line when it changes, each with a key that it is the same by."""
    if glance.problem:
        yield _LOOKING, f"nobody can look: {glance.problem}"
        return
    yield _LOOKING, "can look again"
    owner = ""
    for row in connector_rows(glance):
        owner = owner if row.of_task else row.name
        name = f"{row.name} of {owner}" if row.of_task else row.name
        yield name, f"{name}: {row.state}{f' on {row.worker}' if row.worker else ''}"
    for table in table_rows(glance, glance.at):
        if not table.exists:
            yield f"the missing topic of {table.table}", f"{table.table}: its topic is not there"
    left = glance.restarts
    if left is not None:
        yield "restarts", "; ".join(restart_lines(left, glance.at))
    for name, why in glance.not_restarted.items():
        yield f"what waits for {name}", f"{name} is not restarted: {why}"
    for note in glance.notes:
        yield note, note


def _finding(finding: Mapping[str, str]) -> Iterator[str]:
    yield f"{finding['severity'].upper()}  {finding['title']}: {finding['evidence']}"
    because = finding.get("because_of")
    if because:
        yield f"  because of: {because}"
        return
    yield f"  cause: {finding['cause']}"
    yield f"  next: {finding['next_step']}"


def _beat(glance: Glance) -> str:
    """Say in a line how it is."""
    told = [mood(glance)[0]]
    if glance.rate is not None:
        told.append(f"{figure(glance.rate)} events/s")
    last = newest(glance)
    if last is not None:
        told.append(f"newest event {age_of(glance.at, last)} old")
    told += [line for lag in glance.lags.values() for line in lag.lines[:1]]
    return ", ".join(told)
