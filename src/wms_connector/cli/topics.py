"""`topics`: plan, apply, destroy."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.confirm import confirm
from wms_connector.cli.secret_option import secret_source, secrets_option

if TYPE_CHECKING:
    from pathlib import Path

    from wms_connector.kafka.admin import TopicAdmin
    from wms_connector.kafka.clients import Cluster
    from wms_connector.kafka.plan import TopicPlan

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Brokers:
    """Which cluster was asked for; the laptop's if nothing was."""

    brokers: str | None
    secrets: Path | None

    @property
    def is_named(self) -> bool:
        """Whether a cluster was named; the laptop's has one broker."""
        return self.brokers is not None or self.secrets is not None

    def settle(self, app: App) -> None:
        """Have the command mean that cluster; raises StageError if no stage was named for it."""
        if self.is_named:
            app.leave_laptop()

    def admin(self, app: App) -> TopicAdmin:
        """A client for the topics of that cluster."""
        from wms_connector.kafka.admin import TopicAdmin
        from wms_connector.kafka.clients import admin_client

        cluster = self._cluster(app)
        client, causes = admin_client(cluster)
        return TopicAdmin(client, cluster.brokers, causes=causes.take)

    def _cluster(self, app: App) -> Cluster:
        from wms_connector.kafka.clients import Cluster, region_of
        from wms_connector.model.secrets import BrokerString, KafkaAuth, parse
        from wms_connector.model.security import KafkaSecurity

        if not self.is_named:
            here = app.control().status().bootstrap_servers
            return Cluster(here, KafkaSecurity.PLAINTEXT)
        source = secret_source(self.secrets) if self.secrets else None
        brokers = self.brokers
        if brokers is None and source is not None:
            found = app.pipeline.secret(source, app.stage, "brokerString")
            brokers = parse(found, BrokerString).brokers
        security = app.pipeline.security(brokers or "")
        user = password = None
        if security is KafkaSecurity.SCRAM and source is not None:
            from pydantic import SecretStr

            auth = parse(app.pipeline.secret(source, app.stage, "kafkaAuth"), KafkaAuth)
            user, password = SecretStr(auth.username), auth.password
        arn = app.pipeline.kafka.cluster_arn
        region = region_of(arn) if arn else None
        return Cluster(brokers or "", security, user=user, password=password, region=region)


def _broker_options(function: F) -> F:
    @click.option(
        "--brokers", metavar="LIST", help="host:port,host:port  [default: the laptop runtime's]"
    )
    @secrets_option("brokers and sign-in")
    @functools.wraps(function)
    def wrapped(*args: Any, brokers: str | None, location: Path | None, **rest: Any) -> Any:
        return function(*args, where=Brokers(brokers, location), **rest)

    return wrapped  # type: ignore[return-value]


@click.group()
def topics() -> None:
    """Topics of a stage, by exact names."""


@topics.command(epilog="Example: wms-connector topics plan --stage main --brokers b-1:9094")
@_broker_options
@laptop_command
def plan(app: App, where: Brokers) -> None:
    """Show what `topics apply` would create and change; changes nothing."""
    where.settle(app)
    made = _plan(app, where, where.admin(app))
    app.show(made.as_json(), "\n".join(made.lines()))


@topics.command(epilog="Example: wms-connector topics apply --stage main --brokers b-1:9094")
@click.option("--yes", is_flag=True, help="Do not ask before older records may go.")
@_broker_options
@laptop_command
def apply(app: App, where: Brokers, yes: bool) -> None:
    """Create what is missing, align settings, report the rest. No topic is ever deleted."""
    from wms_connector.kafka.guard import check_alone

    where.settle(app)
    admin = where.admin(app)
    check_alone(app.names, admin)
    made = _plan(app, where, admin)
    if not app.as_json:
        click.echo("\n".join(made.lines()))
    losing = [a.topic for a in made.alter if any(c.drops_records for c in a.changes)]
    if losing:
        confirm(f"let older records of {', '.join(losing)} go sooner", yes=yes)
    done = admin.apply(made, progress=lambda text: click.echo(text, err=True))
    value = made.as_json() | {"created": list(done.created), "altered": list(done.altered)}
    app.show(value, f"created {len(done.created)}, altered {len(done.altered)}")


@topics.command(epilog="Example: wms-connector topics destroy --stage my-branch")
@click.option("--yes", is_flag=True, help="Delete; without it only shows what would be deleted.")
@click.option(
    "--also", multiple=True, metavar="TOPIC", help="A topic of a table the stage once had."
)
@_broker_options
@laptop_command
def destroy(app: App, where: Brokers, yes: bool, also: tuple[str, ...]) -> None:
    """Delete an ephemeral stage's topics by their exact names; a named stage's never.

    The stage's workers must be gone: a running one would write again.
    """
    from wms_connector.kafka.destroy import deletion, preview
    from wms_connector.kafka.destroy import destroy as delete

    where.settle(app)
    wanted = deletion(app.pipeline, app.stage, also=also)
    admin = where.admin(app)
    seen = preview(wanted, admin)
    if not app.as_json:
        click.echo("\n".join(seen.lines()))
    if not yes and not confirm_or_show(app, len(seen.would_delete)):
        app.show(seen.as_json(), "dry run: nothing was deleted; --yes deletes")
        return
    done = delete(wanted, admin)
    value = {"deleted": list(done.deleted), "absent": list(done.absent)}
    app.show(value, f"deleted {len(done.deleted)}")


def confirm_or_show(app: App, count: int) -> bool:
    """Ask at a terminal; anywhere else a call without `--yes` is a dry run."""
    import sys

    if app.as_json or not sys.stdin.isatty() or not count:
        return False
    confirm(f"delete {count} topics of stage {app.stage}", yes=False)
    return True


def _plan(app: App, where: Brokers, admin: TopicAdmin) -> TopicPlan:
    from wms_connector.kafka.plan import plan as make_plan
    from wms_connector.kafka.topics import desired

    replication = app.pipeline.topics.replication if where.is_named else 1
    wanted = desired(app.pipeline, app.stage, replication=replication)
    return make_plan(wanted, admin.describe(topic.name for topic in wanted))
