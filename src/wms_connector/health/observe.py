"""One look: all questions side by side, and what could not be asked is part of what was seen.

Nothing here raises: a probe that fails or does not end leaves its reason in `unseen`. Who gives
the probes decides where a look is taken: see `Probes`.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wms_connector.connect.errors import ConnectFailure, StartingError, UnsupportedError
from wms_connector.health.observation import (
    Connector,
    Flow,
    Observation,
    Question,
    Reach,
    Service,
    Task,
    Topic,
    Worker,
)
from wms_connector.health.questions import Questions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wms_connector.connect.client import ConnectClient
    from wms_connector.connect.models import Expanded
    from wms_connector.health.questions import Answer

LOOK_SECONDS: Final = 60.0
"""A look ends after this time, whatever hangs: by then the next question has its own limit."""
_WITHOUT_BROKERS: Final = 1.0
"""Seconds that offsets are waited for when no broker answers."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A connector that Kafka Connect has, and its configuration with references unresolved."""

    connector: Connector
    config: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Probes:
    """Whom to ask what; None where a place has no such thing. Each may raise, best a WmsError.

    `connect` is `GET /`, `worker` is `GET /health` (None from a worker that has no such call).
    `offsets` gives a connector's entries, `{"partition": …, "offset": …}` each; `flow` is asked of
    each connector with its name, configuration and those entries, and its answer's `offset` is
    filled in here. Probes are called from threads, each from one at a time.
    """

    connect: Callable[[], Reach] | None = None
    worker: Callable[[], Reach | None] | None = None
    connectors: Callable[[], Sequence[Registered]] | None = None
    offsets: Callable[[str], Sequence[Mapping[str, Any]]] | None = None
    flow: (
        Callable[[str, Mapping[str, str | None], Sequence[Mapping[str, Any]]], Flow | None] | None
    ) = None
    topics: Callable[[], Sequence[Topic]] | None = None
    service: Callable[[], Service | None] | None = None
    database: Callable[[], Reach | None] | None = None
    workers: Callable[[], Sequence[Worker]] | None = None


def connect_probes(client: ConnectClient, owns: Callable[[str], bool]) -> Probes:
    """Give the probes that Kafka Connect answers; `owns` tells which connectors are ours.

    Texts are redacted by the client.
    """

    def connect() -> Reach:
        try:
            client.worker()
        except StartingError:  # it answers, and `worker` says what it is at
            return Reach(ok=True)
        except ConnectFailure as error:
            return Reach(ok=False, reason=error.what)
        return Reach(ok=True)

    def worker() -> Reach | None:
        try:
            told = client.health()
        except UnsupportedError:
            return None
        except ConnectFailure as error:
            return Reach(ok=False, reason=error.what)
        if told.is_healthy:
            return Reach(ok=True)
        return Reach(ok=False, reason=f"{told.status}: {told.message}".rstrip(": "))

    def connectors() -> tuple[Registered, ...]:
        found = client.expanded()
        return tuple(
            Registered(_connector(entry, ours=owns(name)), entry.info.config)
            for name, entry in found.items()
        )

    def offsets(name: str) -> list[dict[str, Any]]:
        return [entry.model_dump() for entry in client.offsets(name).offsets]

    return Probes(connect=connect, worker=worker, connectors=connectors, offsets=offsets)


def observe(
    probes: Probes,
    desired: Sequence[str],
    *,
    clock: Callable[[], float] = time.time,
    seconds: float = LOOK_SECONDS,
    redact: Callable[[str], str] = str,
) -> Observation:
    """Take a look. `desired` are the connectors that have to be there; `redact` masks reasons.

    Ends within `seconds`. What Kafka Connect does not answer `GET /` for is not asked of it any
    more: `connect` says why, and nothing else is unseen for it.
    """
    look = Questions(seconds, redact)
    at = clock()
    topics = look.begin(Question.TOPICS, probes.topics)
    service = look.begin(Question.SERVICE, probes.service)
    database = look.begin(Question.DATABASE, probes.database)
    workers = look.begin(Question.WORKERS, probes.workers)
    connect = look.begin(Question.CONNECT, probes.connect).get()
    worker: Reach | None = None
    registered: tuple[Registered, ...] | None = None
    if connect is None or connect.ok:
        worker = look.begin(Question.CONNECT, probes.worker).get()
        listed = look.begin(Question.CONNECTORS, probes.connectors).get()
        registered = None if listed is None else tuple(listed)
    flows = _Flows(probes, look, registered or ())
    moving: Answer[None] = look.begin(Question.FLOW, flows.ask)
    found = topics.get()
    brokers = _brokers(topics, look)
    # A worker asks the brokers for offsets, and waits for them much longer than a look does.
    moving.get(seconds=_WITHOUT_BROKERS if brokers is not None and not brokers.ok else None)
    return Observation(
        brokers=brokers,
        at=at,
        desired=tuple(desired),
        connect=connect,
        worker=worker,
        connectors=None if registered is None else flows.filled(),
        topics=None if found is None else tuple(found),
        service=service.get(),
        database=database.get(),
        workers=tuple(workers.get() or ()),
        unseen=dict(look.unseen),
    )


def offset_text(entries: Sequence[Mapping[str, Any]]) -> str | None:
    """Give a text that is equal as long as offsets are; None where there are none yet."""
    kept = [entry for entry in entries if entry.get("offset")]
    if not kept:
        return None
    lines = sorted(json.dumps(entry, sort_keys=True, default=str) for entry in kept)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class _Flows:
    """How far each connector is; one that was asked before another hung is told all the same."""

    def __init__(self, probes: Probes, look: Questions, registered: tuple[Registered, ...]) -> None:
        self._probes = probes
        self._look = look
        self._registered = registered
        self._found: dict[str, Flow] = {}

    def ask(self) -> None:
        probes = self._probes
        if probes.offsets is None:
            return
        for entry in self._registered:
            connector = entry.connector
            if not connector.ours:  # nothing is judged by its offsets
                continue
            try:
                entries = probes.offsets(connector.name)
                offset = offset_text(entries)
                self._found[connector.name] = Flow(offset=offset)
                flow = probes.flow and probes.flow(connector.name, entry.config, entries)
            except Exception as error:  # noqa: BLE001 - told in `unseen`
                self._look.note(Question.FLOW, error, connector.name)
                continue
            if flow is not None:
                unknown = {what: self._look.redact(why) for what, why in flow.unknown.items()}
                told = {"offset": offset, "unknown": unknown}
                self._found[connector.name] = flow.model_copy(update=told)

    def filled(self) -> tuple[Connector, ...]:
        found = dict(self._found)
        return tuple(
            entry.connector.model_copy(update={"flow": found.get(entry.connector.name)})
            for entry in self._registered
        )


def _brokers(topics: Answer[Any], look: Questions) -> Reach | None:
    """Whether the brokers answer, by how the question about topics went; None if it is unclear."""
    if topics.answered:
        return Reach(ok=True)
    if topics.error is None:
        return None
    from wms_connector.kafka.errors import SignInError, TimedOutError, UnreachableError

    if isinstance(topics.error, UnreachableError | SignInError | TimedOutError):
        return Reach(ok=False, reason=look.unseen[Question.TOPICS])
    return None


def _connector(entry: Expanded, *, ours: bool) -> Connector:
    name, status = entry.info.name, entry.status
    if status is None:  # so new that nobody has taken it
        return Connector(name=name, state="UNASSIGNED", ours=ours)
    return Connector(
        name=name,
        state=status.connector.state.value,
        worker=status.connector.worker_id,
        trace=status.connector.trace or "",
        tasks=tuple(
            Task(id=task.id, state=task.state.value, worker=task.worker_id, trace=task.trace or "")
            for task in status.tasks
        ),
        ours=ours,
    )
