"""Prints events of the laptop's topics as they arrive."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from wms_connector.events.display import line, raw, rich_line
from wms_connector.events.latency import Latency
from wms_connector.events.reader import consumer_settings
from wms_connector.events.reader import follow as follow_topics
from wms_connector.events.records import Change, Parser, Tombstone
from wms_connector.kafka.clients import Cluster, client_settings
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from wms_connector.cli.app import App
    from wms_connector.events.records import Record


def follow(
    app: App, *, from_beginning: bool, count: int | None, committed: bool, everything: bool
) -> None:
    """Print until interrupted, or until `count` events were printed."""
    from confluent_kafka import Consumer

    brokers = app.control().status().bootstrap_servers
    settings = client_settings(Cluster(brokers, KafkaSecurity.PLAINTEXT))
    consumer = Consumer(consumer_settings(settings, committed=committed))
    topics = list(topic_names(app.pipeline, app.stage).data.values())
    parser, latency, printed = Parser(), Latency(), 0
    try:
        for batch in follow_topics(consumer, topics, from_beginning=from_beginning):
            arrived = time.time() * 1000
            for message in batch:
                record = parser.message(message)
                if isinstance(record, Tombstone) and not everything:
                    continue
                took = latency.add(record, arrived) if isinstance(record, Change) else None
                _print(app, record, None if from_beginning else took)
                printed += 1
                if count is not None and printed >= count:
                    return
    finally:
        consumer.close()


def _print(app: App, record: Record, latency_ms: float | None) -> None:
    if app.as_json:
        click.echo(raw(record))
    elif sys.stdout.isatty():
        from rich.console import Console

        Console().print(rich_line(record, latency_ms))
    else:
        click.echo(line(record, latency_ms))
