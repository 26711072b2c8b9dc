"""How long a pipeline is silent after its worker is killed, ten times, under load."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path

from confluent_kafka import Consumer

from wms_connector.cli.database import connected
from wms_connector.events.reader import consumer_settings, follow
from wms_connector.events.records import Change, Parser
from wms_connector.kafka.clients import Cluster, client_settings
from wms_connector.local.generator import generate
from wms_connector.local.runtime import LocalRuntime
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.topics import topic_names

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0  # seconds until a kill counts as not recovered


def main() -> None:
    """Kill, start again, wait for the first change committed after the kill; repeat."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=10)
    options.add_argument("--rate", type=float, default=200.0, help="row changes a second")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    pipeline = Pipeline.load(ROOT / "pipeline.toml")
    stage = pipeline.stage("bench")
    with tempfile.TemporaryDirectory(prefix="wms-connector-bench-") as folder:
        runtime = LocalRuntime(Path(folder) / "state", pipeline, stage)
        try:
            status = runtime.up()
            settings = client_settings(Cluster(status.bootstrap_servers, KafkaSecurity.PLAINTEXT))
            topics = list(topic_names(pipeline, stage).data.values())
            stop = threading.Event()
            writer = threading.Thread(
                target=write, args=(status.database_dsn, chosen.rate, stop), daemon=True
            )
            writer.start()
            reader = Reader(settings, topics, stop)
            reader.start()
            reader.wait_for(time.time())
            times = []
            for number in range(chosen.kills):
                time.sleep(3)
                killed = time.time()
                runtime.kill("worker-1")
                runtime.start("worker-1")
                times.append(reader.wait_for(killed) - killed)
                if not chosen.json:
                    print(f"kill {number + 1:>2}: {times[-1]:5.1f} s", flush=True)
            stop.set()
            writer.join(30)
        finally:
            runtime.down(purge=True)
    median, longest = statistics.median(times), max(times)
    if chosen.json:
        print(json.dumps({"seconds": times, "median": median, "longest": longest}))
    else:
        print(f"median {median:.1f} s, longest {longest:.1f} s")


def write(dsn: str, rate: float, stop: threading.Event) -> None:
    """Change rows until told to stop."""
    with connected(dsn) as connection:
        generate(connection, rate=rate, stop=stop.is_set)


class Reader(threading.Thread):
    """Knows the newest commit time of a change that was read, and when it was read."""

    def __init__(self, settings: dict, topics: list[str], stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._consumer = Consumer(consumer_settings(settings))
        self._topics, self._stop_asked = topics, stop
        self._condition = threading.Condition()
        self._newest, self._read_at = 0.0, 0.0

    def run(self) -> None:
        """Read committed changes."""
        parser = Parser()
        for batch in follow(self._consumer, self._topics, stop=self._stop_asked.is_set):
            for message in batch:
                record = parser.message(message)
                if isinstance(record, Change) and record.committed_ms:
                    with self._condition:
                        self._newest = max(self._newest, record.committed_ms / 1000)
                        self._read_at = time.time()
                        self._condition.notify_all()
        self._consumer.close()

    def wait_for(self, moment: float) -> float:
        """Wait for a change committed after a moment, and give when it was read."""
        with self._condition:
            if not self._condition.wait_for(lambda: self._newest > moment, PATIENCE):
                raise SystemExit(f"no change for {PATIENCE:.0f} s")
            return self._read_at


if __name__ == "__main__":
    main()
