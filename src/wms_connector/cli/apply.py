"""`plan` and `apply`: connectors brought to what the pipeline file desires."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.chosen import waiting
from wms_connector.cli.confirm import confirm
from wms_connector.cli.shape import Shape, shape_options
from wms_connector.cli.target import Asked, place_options, target
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from wms_connector.cli.target import Target
    from wms_connector.connect.client import ConnectClient
    from wms_connector.connect.reconcile import Plan


@click.command(epilog="Example: wms-connector plan")
@place_options
@shape_options
@laptop_command
def plan(app: App, asked: Asked, shape: Shape) -> None:
    """Show what `apply` would change at the connectors; changes nothing."""
    where = target(app, asked)
    with where.client() as client:
        desired = _desired(app, where, shape)
        made = _plan(app, client, desired)
    others = where.others(desired)
    note = [f"! {_not_deployed(app, others)}"] if others else []
    value = made.as_json() | {"where": where.where, "not_deployed": others}
    app.show(value, "\n".join([*made.lines(), *note]))


@click.command(epilog="Example: wms-connector apply --yes")
@click.option("--yes", is_flag=True, help="Do not ask before a connector is removed.")
@click.option("--timeout", type=click.FloatRange(0, 86_400), default=60.0, show_default=True)
@place_options
@shape_options
@laptop_command
def apply(app: App, asked: Asked, shape: Shape, yes: bool, timeout: float) -> None:
    """Bring the connectors to their configuration, then wait until they run."""
    from wms_connector.connect.apply import apply as apply_plan
    from wms_connector.connect.reconcile import Verb

    where = target(app, asked)
    with where.client() as client:
        desired = _desired(app, where, shape)
        if others := where.others(desired):
            raise UsageError(
                _not_deployed(app, others),
                hint=f"Nothing was changed. Deploy: `wms-connector deploy --stage {app.stage}`",
            )
        made = _plan(app, client, desired)
        if not app.as_json:
            click.echo("\n".join(made.lines()))
        if made.of(Verb.REMOVE):
            confirm(f"remove {len(made.of(Verb.REMOVE))} connectors", yes=yes)
        outcome = apply_plan(made, client, waiting=waiting(timeout))
    states = {name: state.summary() for name, state in outcome.running.items()}
    text = "\n".join(f"{name}: {state}" for name, state in states.items())
    app.show(made.as_json() | {"where": where.where, "running": states}, text)


def _desired(app: App, where: Target, shape: Shape) -> dict[str, dict[str, str]]:
    """The configurations of the pipeline file; a deployment says what they are made for."""
    from wms_connector.connectors import render

    if where.deployment is None:
        return shape.configs(app, laptop=where.is_local)
    if shape != Shape(None, pdb=False, url=False, security=None, secrets=None):
        raise UsageError(
            "the secrets that were deployed decide what a deployment's configuration is made for",
            hint="Leave out --source, --pdb, --database-url, --security and --secrets",
        )
    report = where.deployment.report
    return render(app.pipeline, app.stage, database=report.database, security=report.security)


def _not_deployed(app: App, others: list[str]) -> str:
    return (
        f"the pipeline that is deployed as stage {app.stage} has another configuration of "
        f"{', '.join(others)} than the pipeline file here"
    )


def _plan(app: App, client: ConnectClient, desired: dict[str, dict[str, str]]) -> Plan:
    from wms_connector.connect.ownership import check_stage
    from wms_connector.connect.reconcile import actual_of
    from wms_connector.connect.reconcile import plan as make_plan

    actual = actual_of(client.expanded())
    check_stage(app.names, actual)
    return make_plan(desired, actual, owned=app.names.owns_connector)
