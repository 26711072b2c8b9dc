"""From `local up` to the first event, and what the start-up cache saves of it."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from confluent_kafka import Consumer

from wms_connector.cli.database import connected
from wms_connector.events.reader import consumer_settings, follow
from wms_connector.events.records import Change, Parser
from wms_connector.kafka.clients import Cluster, client_settings
from wms_connector.local.generator import prepare
from wms_connector.local.runtime import LocalRuntime
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.places import default_cache
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.topics import topic_names

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Start with and without the caches, in turn."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    cache = default_cache()
    once(cache)  # artefacts are there after it, and the caches are trained
    with tempfile.TemporaryDirectory(prefix="wms-connector-bench-") as folder:
        without = Path(folder)
        for shared in ("artifacts", "plugins"):
            (without / shared).symlink_to(cache / shared)
        found: dict[str, list[tuple[float, float]]] = {"with": [], "without": []}
        for _ in range(chosen.rounds):
            found["with"].append(once(cache))
            found["without"].append(once(without, kill=True))
    told = {
        name: {
            "running": statistics.median(up for up, _ in times),
            "first_event": statistics.median(event for _, event in times),
        }
        for name, times in found.items()
    }
    if chosen.json:
        print(json.dumps(told))
        return
    for name, times in told.items():
        print(
            f"{name + ' start-up cache':<24} running after {times['running']:5.1f} s, "
            f"first event after {times['first_event']:5.1f} s"
        )


def once(cache: Path, *, kill: bool = False) -> tuple[float, float]:
    """Give the seconds until the connector runs and until the first event is read.

    `kill` ends the parts without a graceful stop, so that no cache is written.
    """
    pipeline = Pipeline.load(ROOT / "pipeline.toml")
    stage = pipeline.stage("bench")
    with tempfile.TemporaryDirectory(prefix="wms-connector-bench-") as folder:
        runtime = LocalRuntime(
            Path(folder) / "state", pipeline, stage, cache=cache, prepare=one_row_each
        )
        began = time.monotonic()
        try:
            status = runtime.up()
            running = time.monotonic() - began
            settings = client_settings(Cluster(status.bootstrap_servers, KafkaSecurity.PLAINTEXT))
            first_event(settings, list(topic_names(pipeline, stage).data.values()))
            return running, time.monotonic() - began
        finally:
            if kill:
                for part in runtime.status().parts:
                    if part.alive:
                        runtime.kill(part.name)
            runtime.down(purge=True)


def one_row_each(dsn: str) -> None:
    """Give the snapshot something to read."""
    with connected(dsn) as connection:
        prepare(connection, 4)


def first_event(settings: dict, topics: list[str]) -> None:
    """Wait until a change can be read."""
    consumer, parser = Consumer(consumer_settings(settings)), Parser()
    for batch in follow(consumer, topics, from_beginning=True):
        if any(isinstance(parser.message(message), Change) for message in batch):
            break
    consumer.close()


if __name__ == "__main__":
    main()
