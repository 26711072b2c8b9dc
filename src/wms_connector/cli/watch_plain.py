"""`watch` where there is no terminal: a line for each change, and now and then that it still looks.

And the same looks as JSON, one object a line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
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
    unseen_why,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from wms_connector.cli.watch_glance import Glance, Scene

BEAT_SECONDS: Final = 60.0
"""After so long without a change, a line says that nothing changed."""

_LOOKING: Final = "looking"
_SEEING: Final = "seeing"


@dataclass(frozen=True, slots=True)
class _Fact:
    """What is worth a line when it changes; `gone` is the line when it is over, if there is one.

    `of` names what has to have been seen before it can be said to be over.
    """

    told: str
    gone: str = ""
    of: str = ""


_CAN_LOOK: Final = _Fact("can look again", of=_LOOKING)
_SEEN: Final = _Fact("connectors and tasks are seen again", of=_LOOKING)
_AS_EXPECTED: Final = (_CAN_LOOK, _SEEN)
"""What is not said in the first look."""
_CONNECTORS: Final = "connectors"
_TOPICS: Final = "topics"


class Teller:
    """Gives the lines of one look after the other: only what differs from the look before."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._known: Mapping[str, _Fact] | None = None
        self._found: dict[str, tuple[str, float]] = {}
        self._told = 0.0

    def lines(self, glance: Glance) -> list[str]:
        """Give the lines of a look, without the time."""
        first = self._known is None
        facts = dict(_facts(glance))
        known = self._known or {}
        lines = [self._scene.title, self._scene.delivery] if first else []
        lines += [
            fact.told
            for key, fact in facts.items()
            if known.get(key) != fact and not (first and fact in _AS_EXPECTED)
        ]
        # What nobody could look at stays as it was found before.
        unseen = _unseen(glance)
        facts |= {k: fact for k, fact in known.items() if k not in facts and fact.of in unseen}
        lines += [fact.gone for key, fact in known.items() if key not in facts and fact.gone]
        if not glance.problem:
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


def _unseen(glance: Glance) -> Sequence[str]:
    """Name what this look could not see."""
    if glance.problem or glance.seen is None:
        return (_LOOKING, _CONNECTORS, _TOPICS, "")
    seen = {_CONNECTORS: glance.seen.connectors, _TOPICS: glance.seen.topics}
    return [what for what, found in seen.items() if found is None]


def _facts(glance: Glance) -> Iterator[tuple[str, _Fact]]:
    """Give what is worth a line when it changes, each with a key that it is the same by."""
    if glance.problem:
        yield _LOOKING, _Fact(f"nobody can look: {glance.problem}", of=_LOOKING)
        return
    yield _LOOKING, _CAN_LOOK
    if glance.seen is not None and glance.seen.connectors is None:
        yield (
            _SEEING,
            _Fact(f"connectors and tasks are not seen: {unseen_why(glance)}", of=_LOOKING),
        )
    else:
        yield _SEEING, _SEEN
        yield from _rows(glance)
    for table in table_rows(glance, glance.at):
        if not table.exists:
            yield (
                f"topic of {table.table}",
                _Fact(
                    f"{table.table}: its topic is not there",
                    f"{table.table}: its topic is there again",
                    _TOPICS,
                ),
            )
    left = glance.restarts
    if left is not None:
        yield "restarts", _Fact("; ".join(restart_lines(left, glance.at)))
    for name, why in glance.not_restarted.items():
        yield f"what waits for {name}", _Fact(f"{name} is not restarted: {why}")
    for note in glance.notes:
        yield note, _Fact(note)


def _rows(glance: Glance) -> Iterator[tuple[str, _Fact]]:
    owner = ""
    for row in connector_rows(glance):
        owner = owner if row.of_task else row.name
        name = f"{row.name} of {owner}" if row.of_task else row.name
        told = f"{name}: {row.state}{f' on {row.worker}' if row.worker else ''}"
        yield name, _Fact(told, f"{name} is no longer there", _CONNECTORS)


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
