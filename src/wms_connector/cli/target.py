"""Which Kafka Connect is meant: named workers, the laptop's, or those of a deployment in AWS."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from wms_connector.aws.checks import Check
    from wms_connector.aws.control import DeploymentReport, TopicsReport
    from wms_connector.aws.session import Aws
    from wms_connector.cli.app import App
    from wms_connector.connect.client import ConnectClient
    from wms_connector.local.status import LocalStatus
    from wms_connector.model.names import Names

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Asked:
    """What the command line says about the place."""

    urls: tuple[str, ...] = ()
    aws: bool = False


def url_option(function: F) -> F:
    """Give a command `--url`."""
    return click.option(
        "--url",
        "urls",
        multiple=True,
        metavar="URL",
        help="A Kafka Connect worker; several of one group may be given."
        "  [default: the laptop runtime's]",
    )(function)


def place_options(function: F) -> F:
    """Give a command `--url` and `--aws`, and call it with an Asked as `asked`."""

    @click.option(
        "--url",
        "urls",
        multiple=True,
        metavar="URL",
        help="A Kafka Connect worker; several of one group may be given."
        "  [default: the laptop runtime's; with a stage that does not run here, its deployment's]",
    )
    @click.option(
        "--aws", is_flag=True, help="The stage's deployment, even if the laptop runs it too."
    )
    @functools.wraps(function)
    def wrapped(*args: Any, urls: tuple[str, ...], aws: bool, **rest: Any) -> Any:
        if urls and aws:
            raise UsageError("--url and --aws name two places", hint="Give one of them")
        return function(*args, asked=Asked(urls, aws), **rest)

    return wrapped  # type: ignore[return-value]


@dataclass(frozen=True)
class Target:
    """Workers of one Connect cluster, whether they are the laptop's, and what to mask.

    `told` says where that is, for people; `where` for programs.
    """

    urls: tuple[str, ...]
    is_local: bool
    secrets: tuple[SecretStr, ...] = ()
    told: str = ""
    where: dict[str, Any] | None = None
    deployment: Deployed | None = None

    def client(self) -> ConnectClient:
        """A client of these workers; use it as a context manager."""
        from wms_connector.connect.client import ConnectClient

        transport = self.deployment.transport() if self.deployment else None
        return ConnectClient(self.urls, secrets=self.secrets, transport=transport)

    def connector_names(self, app: App) -> list[str]:
        """The connectors that have to be there: a deployment knows its own pipeline."""
        if self.deployment is not None:
            return list(self.deployment.report.connectors)
        return list(dict.fromkeys(app.pipeline.connector_names(app.stage).values()))

    def others(self, desired: Mapping[str, Mapping[str, str]]) -> list[str]:
        """The connectors of which a deployment's own pipeline has another configuration, or none;
        and those that only it has. Elsewhere there is nothing to differ from."""  # noqa: D205, D209
        if self.deployment is None:
            return []
        from wms_connector.aws.control import digest

        there = self.deployment.report.connectors
        here = {name: digest(config) for name, config in desired.items()}
        return sorted(n for n in {*here, *there} if here.get(n) != there.get(n))

    def guarantee(self, app: App) -> str:
        """What is promised of each change's delivery."""
        if self.deployment is not None:
            return self.deployment.report.guarantee
        return app.pipeline.guarantee


class Deployed:
    """A stage's deployment, asked through its control function."""

    def __init__(self, aws: Aws, names: Names) -> None:
        self._aws = aws
        self._names = names

    def transport(self) -> Any:
        """The way to its workers."""
        from wms_connector.aws.control_transport import LambdaTransport

        return LambdaTransport(self._aws, self._names)

    @functools.cached_property
    def report(self) -> DeploymentReport:
        """What it was deployed with; raises AwsError."""
        from wms_connector.aws.control_transport import Control

        return Control(self._aws, self._names).deployment()

    def last_check(self) -> Check | None:
        """What the last health check has found; None before the first. Raises AwsError."""
        from wms_connector.aws.control_transport import Control

        return Control(self._aws, self._names).health()

    def topics(self) -> TopicsReport:
        """What its topics are like; raises AwsError."""
        from wms_connector.aws.control_transport import Control

        return Control(self._aws, self._names).topics()


def target(app: App, asked: Asked, *, quiet: bool = False) -> Target:
    """Find the workers, and say on stderr which place is meant unless `quiet` or as JSON.

    Workers that are named with --url; else the laptop's, if it runs the stage or no stage was
    named; else the stage's deployment. Raises NotRunningError, StageError and AwsError.
    """
    found = _found(app, asked)
    if found.told and not quiet and not app.as_json:
        click.echo(found.told, err=True)
    return found


def laptop_without_worker(app: App, asked: Asked) -> Target | None:
    """Find the laptop's runtime, if it is meant, was not stopped, and yet no worker of it runs.

    None otherwise: `target` finds what is meant, or says why nothing is.
    """
    if asked.urls or asked.aws:
        return None
    from wms_connector.local.errors import LocalError

    try:
        status, state = app.control().status(), app.control().recorded()
    except LocalError:  # nothing was ever started there, or nobody can tell what
        return None
    if status.connect_urls or state.is_stopped:
        return None
    named = not app.names_no_stage and app.state_path is None
    if named and not (status.stage == app.stage.name and any(part.alive for part in status.parts)):
        return None
    where = {"kind": "laptop", "stage": status.stage, "state": status.state_dir}
    told = f"stage {app.stage} on this laptop ({status.state_dir})" if named else ""
    return Target((), is_local=True, where=where, told=told)


def laptop_or_url(app: App, urls: tuple[str, ...]) -> Target:
    """Find the workers for what cannot be done to a deployment through its control function."""
    if urls:
        app.leave_laptop()
        return Target(urls, is_local=False, where={"kind": "url", "urls": list(urls)})
    from wms_connector.local.errors import NotRunningError

    try:
        return _laptop(app, app.control().status())
    except NotRunningError as error:
        if app.names_no_stage or app.state_path is not None:
            raise
        raise NotRunningError(
            error.what,
            hint="Start it with `wms-connector local up`. A deployment's control function takes no "
            "configuration or offsets: reach its workers with --url, from a machine in its network",
        ) from None


def _found(app: App, asked: Asked) -> Target:
    if asked.urls:
        return laptop_or_url(app, asked.urls)
    if asked.aws:
        if app.state_path is not None:
            raise UsageError("--state and --aws name two places", hint="Give one of them")
        return _deployment(app, asked)
    if app.names_no_stage or app.state_path is not None:
        return laptop_or_url(app, ())
    here = _running_here(app)
    if here is not None:
        found = _laptop(app, here)
        return replace(found, told=f"stage {app.stage} on this laptop ({here.state_dir})")
    return _deployment(app, asked)


def _laptop(app: App, status: LocalStatus) -> Target:
    from wms_connector.local.errors import NotRunningError

    if not status.connect_urls:
        raise NotRunningError(
            f"no worker runs in {status.state_dir}",
            hint="Start it with `wms-connector local up`, or name another worker with --url",
        )
    where = {"kind": "laptop", "stage": status.stage, "state": status.state_dir}
    secrets = app.control().folder.passwords()
    return Target(status.connect_urls, is_local=True, secrets=secrets, where=where)


def _running_here(app: App) -> LocalStatus | None:
    """The laptop's runtime, if it is the stage's and a worker of it runs."""
    from wms_connector.local.errors import LocalError

    try:
        status = app.control().status()
    except LocalError:  # nothing was ever started there, or nobody can tell what
        return None
    return status if status.connect_urls and status.stage == app.stage.name else None


def _deployment(app: App, asked: Asked) -> Target:
    from wms_connector.aws.control import PURPOSE
    from wms_connector.aws.errors import AwsError
    from wms_connector.aws.session import Aws

    app.leave_laptop()
    aws = Aws()
    try:
        aws.check()
    except AwsError as error:
        here = "" if asked.aws else f"; or start it here: `local up --stage {app.stage}`"
        also = "" if asked.aws else "it does not run on this laptop, and "
        raise type(error)(
            f"stage {app.stage}: {also}its deployment cannot be asked: {error.what}",
            hint=f"{error.hint}{here}",
        ) from None
    place = aws.place()
    return Target(
        (f"http://{app.names.function(PURPOSE)}",),
        is_local=False,
        told=f"stage {app.stage} in AWS ({place})",
        where={"kind": "aws", "stage": app.stage.name, "place": place},
        deployment=Deployed(aws, app.names),
    )
