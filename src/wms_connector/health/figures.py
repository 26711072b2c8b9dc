"""Reads what a worker's exporter tells: its figures, and what a judgement needs of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from wms_connector.health.observation import Value, Worker
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE: Final = re.compile(r"([A-Za-z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*")
_LABEL: Final = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\(.)")
_ESCAPES: Final = {"n": "\n"}
_SHOWN: Final = 80

_Samples = Mapping[str, tuple[tuple[Mapping[str, str], float], ...]]


class ExporterError(WmsError):
    """A worker's exporter did not answer, or told what nobody understands."""


class Figures(Value):
    """What one worker's Java tells; None is what it does not tell (yet).

    `heap_free` is a share from 0 to 1: after the last collection of the old generation or, before
    there was one, after the last of the young. `queue_free` is what is left of Debezium's queues,
    of the fullest. `behind_ms` is Debezium's own figure: how late the last event was that it took
    in; it stays as it is while the source is idle. `records_per_second` reach Kafka, averaged over
    30 s; `in_flight` were read and are not acknowledged by Kafka. `events` were taken in since the
    task began. `tasks` and `failed_tasks` count this worker's own.
    """

    name: str
    heap_max_bytes: int | None = None
    heap_free: float | None = None
    queue_free: float | None = None
    behind_ms: int | None = None
    records_per_second: float | None = None
    in_flight: int | None = None
    events: int | None = None
    open_transactions: int | None = None
    connected: bool | None = None
    snapshot_tables_left: int | None = None
    reads_schema_history: bool = False
    tasks: int = 0
    failed_tasks: int = 0

    def worker(self) -> Worker:
        """Give what a judgement needs."""
        return Worker(
            name=self.name,
            heap_free=self.heap_free,
            queue_free=self.queue_free,
            failed_tasks=self.failed_tasks,
        )


def figures(name: str, text: str) -> Figures:
    """Read an exporter's text (Prometheus' exposition format); raises ExporterError."""
    told = _samples(name, text)
    if "HeapMaxBytes" not in told:
        raise ExporterError(
            f"{name} told nothing of its heap",
            hint="See that it is the worker's exporter that answers on this port",
        )
    behind = _whole(max(_known(told, "MillisecondsBehindSource"), default=None))
    connected = _known(told, "SourceConnected")
    running = any(_values(told, "SnapshotRunning"))
    return Figures(
        name=name,
        heap_max_bytes=_whole(_only(told, "HeapMaxBytes")),
        heap_free=_heap_free(told),
        queue_free=_queue_free(told),
        behind_ms=behind,
        records_per_second=_sum(told, "RecordsPerSecond"),
        in_flight=_whole(_sum(told, "RecordsInFlight")),
        events=_whole(_sum(told, "EventsSeen")),
        open_transactions=_whole(_sum(told, "ActiveTransactions")),
        connected=all(connected) if connected else None,
        snapshot_tables_left=_whole(_sum(told, "SnapshotTablesRemaining")) if running else None,
        reads_schema_history=any(_values(told, "SchemaHistoryRecovering")),
        tasks=int(_sum(told, "Tasks") or 0),
        failed_tasks=int(_sum(told, "FailedTasks") or 0),
    )


def _heap_free(told: _Samples) -> float | None:
    limit = _only(told, "HeapMaxBytes")
    collected = _only(told, "HeapCollectedBytes")
    used = _only(told, "HeapAfterCollectionBytes") if collected else None
    if used is None:
        used = _sum(told, "HeapAfterYoungCollectionBytes")
    if used is None or not limit or limit < 0:
        return None
    return min(1.0, max(0.0, 1.0 - used / limit))


def _queue_free(told: _Samples) -> float | None:
    rooms = {_key(labels): value for labels, value in told.get("QueueCapacity", ())}
    shares = [
        value / rooms[_key(labels)]
        for labels, value in told.get("QueueRemaining", ())
        if rooms.get(_key(labels), 0.0) > 0
    ]
    return min(shares, default=None)


def _key(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def _values(told: _Samples, name: str) -> list[float]:
    return [value for _, value in told.get(name, ()) if value == value]  # noqa: PLR0124 - NaN


def _known(told: _Samples, name: str) -> list[float]:
    """Give those that are known: Debezium says -1 for what it does not know yet."""
    return [value for value in _values(told, name) if value >= 0]


def _only(told: _Samples, name: str) -> float | None:
    return next(iter(_values(told, name)), None)


def _sum(told: _Samples, name: str) -> float | None:
    values = _values(told, name)
    return sum(values) if values else None


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _samples(name: str, text: str) -> _Samples:
    found: dict[str, list[tuple[Mapping[str, str], float]]] = {}
    for metric, labels, value in _lines(name, text):
        found.setdefault(metric, []).append((labels, value))
    return {metric: tuple(samples) for metric, samples in found.items()}


def _lines(name: str, text: str) -> Iterator[tuple[str, Mapping[str, str], float]]:
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        value = _number(match[3]) if match else None
        if match is None or value is None:
            raise ExporterError(
                f"{name} told what no exporter tells: {line[:_SHOWN]!r}",
                hint="See that it is the worker's exporter that answers on this port",
            )
        yield match[1], {key: _plain(word) for key, word in _LABEL.findall(match[2] or "")}, value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _plain(word: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), word)
