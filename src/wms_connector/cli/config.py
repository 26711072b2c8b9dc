"""`config` and `worker`: what a stage's connectors and workers are given."""

from __future__ import annotations

import click

from wms_connector.cli.app import App, command
from wms_connector.cli.shape import Shape, shape_options


@click.command(epilog="Example: wms-connector config --stage main --pdb --json")
@shape_options
@command
def config(app: App, shape: Shape) -> None:
    """Print the configuration of a stage's connectors; credentials are references, never values."""
    from wms_connector.connectors import render_properties

    configs = shape.configs(app)
    text = "\n".join(f"# {name}\n{render_properties(values)}" for name, values in configs.items())
    app.show(configs, text.rstrip())


@click.command(epilog="Example: wms-connector worker --stage main > connect-distributed.properties")
@click.option("--replication", type=click.IntRange(1, 9), help="Of Connect's own topics.")
@click.option(
    "--plugin-path", default="/opt/connect/plugins", show_default=True, help="Folder of plugins."
)
@click.option(
    "--advertised-host",
    default="127.0.0.1",
    show_default=True,
    help="Address at which the other workers reach this one.",
)
@shape_options
@command
def worker(
    app: App, replication: int | None, plugin_path: str, advertised_host: str, shape: Shape
) -> None:
    """Print the properties of a stage's workers."""
    from wms_connector.connectors import WorkerPlace, render_properties, worker_properties

    where = WorkerPlace(
        plugin_path=plugin_path,
        advertised_host=advertised_host,
        security=shape.kafka(app),
        replication=replication or app.pipeline.topics.replication,
    )
    properties = worker_properties(app.pipeline, app.stage, where=where)
    app.show(properties, render_properties(properties).rstrip())
