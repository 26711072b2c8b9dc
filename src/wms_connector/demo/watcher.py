"""Reads the data topics as a consumer would, while the story goes on."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from wms_connector.events.latency import Latency
from wms_connector.events.reader import consumer_settings, follow
from wms_connector.events.records import Change, Parser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wms_connector.events.latency import Percentiles

Listener = "Callable[[Change, float | None], None]"


class Watcher(threading.Thread):
    """Counts committed events of the topics from their beginning, in a thread of its own.

    `listen` is called with each live change and its latency in milliseconds. Times are seconds
    since 1970, as `clock` gives them.
    """

    def __init__(
        self,
        client: Mapping[str, Any],
        topics: Sequence[str],
        listen: Callable[[Change, float | None], None],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(name="watcher", daemon=True)
        self._settings = consumer_settings(client)
        self._topics = tuple(topics)
        self._listen = listen
        self._clock = clock
        self._stop_asked = threading.Event()
        self._latency = Latency()
        self._measuring = True
        self._mark: float | None = None
        self.snapshot_rows = 0
        self.live_events = 0
        self.recovered_at: float | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Read until `finish`; an error is kept for whoever looks at `error`."""
        from confluent_kafka import Consumer

        consumer = Consumer(self._settings)
        parser = Parser()
        try:
            batches = follow(
                consumer, self._topics, from_beginning=True, stop=self._stop_asked.is_set
            )
            for batch in batches:
                arrived = self._clock()
                for message in batch:
                    record = parser.message(message)
                    if isinstance(record, Change):
                        self.take(record, arrived)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self.error = error
        finally:
            consumer.close()

    def take(self, change: Change, arrived: float) -> None:
        """Count one change that arrived then."""
        if change.op == "r":
            self.snapshot_rows += 1
            return
        self.live_events += 1
        committed = (change.committed_ms or 0) / 1000
        if self._mark is not None and self.recovered_at is None and committed >= self._mark:
            self.recovered_at = arrived
        took = self._latency.add(change, arrived * 1000) if self._measuring else None
        self._listen(change, took)

    def mark(self, moment: float) -> None:
        """From now on wait for a change committed after this moment, and measure no latency.

        What the kill holds back is late by nature: that is the recovery, not the latency.
        """
        self._measuring = False
        self._mark = moment

    def latency(self) -> Percentiles | None:
        """Latency of the live changes before the mark."""
        return self._latency.percentiles()

    def finish(self) -> None:
        """Stop reading and wait for the thread's end."""
        self._stop_asked.set()
        self.join(timeout=10)
