"""`audit`: source rows against the topics' state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.target import url_option
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wms_connector.audit.report import Report
    from wms_connector.audit.run import Options, Step
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage


@click.command(epilog="Example: wms-connector audit --json")
@click.option("--dsn", metavar="DSN", help="PostgreSQL database.  [default: the laptop runtime's]")
@click.option(
    "--oracle-dsn",
    metavar="DSN",
    help="Oracle database: USER@HOST:1521/SERVICE, without a password, which is asked for.",
)
@click.option("--brokers", metavar="LIST", help="host:port,…  [default: the laptop runtime's]")
@click.option(
    "--timeout",
    type=click.FloatRange(0, 86_400),
    default=120.0,
    show_default=True,
    help="Seconds to wait until the connector has delivered what is audited.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Where the temporary file goes.  [default: the system's folder for such]",
)
@click.option("--committed-only", is_flag=True, help="Do not count records never committed.")
@click.option("--examples", type=click.IntRange(0, 1000), default=5, show_default=True)
@url_option
@laptop_command
def audit(
    app: App,
    dsn: str | None,
    oracle_dsn: str | None,
    brokers: str | None,
    timeout: float,
    folder: Path | None,
    committed_only: bool,
    examples: int,
    urls: tuple[str, ...],
) -> int:
    """Compare every row with what the topics add up to; exit 1 on any difference.

    Per table: rows, keys missing, keys too many, values that differ, changes that came twice.
    Exact while rows change: it audits one state of the database, and waits for the connector.
    """
    from wms_connector.audit.run import Options
    from wms_connector.cli.audit_progress import shown

    dsn = _one(dsn, oracle_dsn)
    given = (dsn, brokers, urls or None)
    if any(given) and not all(given):
        raise UsageError(
            "--dsn or --oracle-dsn, --brokers and --url go together",
            hint="Give all of them, or none for the laptop's runtime",
        )
    if all(given):
        app.leave_laptop()
    else:
        status = app.control().status()
        if not status.connect_urls:
            from wms_connector.local.errors import NotRunningError

            raise NotRunningError(
                f"no worker runs in {status.state_dir}",
                hint="Start it with `wms-connector local up`, or name another place with --dsn or "
                "--oracle-dsn, --brokers and --url",
            )
        dsn, brokers, urls = status.database_dsn, status.bootstrap_servers, status.connect_urls
    options = Options(
        deadline=timeout, folder=folder, uncommitted=not committed_only, examples=examples
    )
    with shown() as progress:
        report = run_audit(
            app.pipeline,
            app.stage,
            dsn=dsn or "",
            brokers=brokers or "",
            urls=urls,
            options=options,
            progress=progress,
        )
    if app.as_json:
        app.show(report.model_dump(mode="json"))
    else:
        from rich.console import Console

        Console().print(report.render())
    return int(not report.ok)


def _one(dsn: str | None, oracle_dsn: str | None) -> str | None:
    """Give the database's address; what is no Oracle's is refused before it is looked at."""
    if oracle_dsn is None:
        return dsn
    if dsn is not None:
        raise UsageError("--dsn and --oracle-dsn name two databases", hint="Give one of them")
    from wms_connector.oracle.address import OracleAddress

    OracleAddress.parse(oracle_dsn)
    return oracle_dsn


def run_audit(
    pipeline: Pipeline,
    stage: Stage,
    *,
    dsn: str,
    brokers: str,
    urls: Sequence[str],
    options: Options,
    progress: Callable[[Step], None],
) -> Report:
    """Audit a stage; the address tells whether its source is PostgreSQL or Oracle."""
    from confluent_kafka import Consumer

    from wms_connector.audit.run import audit as compare
    from wms_connector.cli.source import audited
    from wms_connector.connect.client import ConnectClient
    from wms_connector.events.reader import consumer_settings
    from wms_connector.kafka.clients import Cluster, client_settings
    from wms_connector.model.topics import topic_names

    settings = client_settings(Cluster(brokers, pipeline.security(brokers)))

    def consumer(committed: bool) -> Any:
        return Consumer(consumer_settings(settings, committed=committed))

    names = pipeline.names(stage)
    with ConnectClient(urls) as client, audited(dsn, pipeline) as source:

        def offsets() -> list[Mapping[str, Any]]:
            known = [name for name in client.connectors() if names.owns_connector(name)]
            return [e.model_dump() for name in known for e in client.offsets(name).offsets]

        return compare(
            source,
            topic_names(pipeline, stage).data,
            consumer,
            offsets=offsets,
            delivery=pipeline.guarantee,
            # Compaction removes changes that later ones follow.
            options=replace(options, chain="compact" not in pipeline.topics.cleanup),
            progress=progress,
        )
