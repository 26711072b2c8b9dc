"""Writes changes into the laptop's database until told to stop."""

from __future__ import annotations

import dataclasses
import signal
import threading
from typing import TYPE_CHECKING

import click

from wms_connector.cli.database import opened
from wms_connector.local.generator import generate, prepare

if TYPE_CHECKING:
    from wms_connector.cli.app import App


def write_changes(
    app: App, *, rate: float, seconds: float | None, count: int | None, seed: int, rows: int | None
) -> None:
    """Write at a rate; Ctrl-C ends it after the transaction that is open."""
    dsn, tables = app.control().status().database_dsn, app.pipeline.tables
    stop = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    with opened(dsn) as connection:
        if rows:
            prepare(connection, rows, tables=tables)
            click.echo(f"added {rows:,} rows", err=True)
        if not app.as_json:
            click.echo(f"writing about {rate:g} row changes a second; Ctrl-C stops", err=True)
        summary = generate(
            connection,
            seed=seed,
            rate=rate,
            duration=seconds,
            count=count,
            tables=tables,
            stop=stop.is_set,
        )
    value = dataclasses.asdict(summary)
    text = ", ".join(f"{number:,.0f} {name.replace('_', ' ')}" for name, number in value.items())
    app.show(value, text)
