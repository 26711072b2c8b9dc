"""Where `watch` looks: the laptop's runtime, named workers, or a stage's deployment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from wms_connector.cli.findings import named
from wms_connector.cli.watch_glance import Glance, Scene, glance_of
from wms_connector.health.budget import Log
from wms_connector.health.history import History
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from wms_connector.cli.app import App
    from wms_connector.cli.lag import Source
    from wms_connector.cli.target import Asked, Deployed, Target
    from wms_connector.health.budget import Attempt
    from wms_connector.health.observation import Topic
    from wms_connector.local.health import Laptop
    from wms_connector.model.names import Names

_MS: Final = 1000
LAPTOP_EVERY: Final = 5.0
DEPLOYMENT_EVERY: Final = 30.0
"""Seconds between two looks: at a deployment each is an invocation or two of a function."""


class Place(Protocol):
    """Where looks are taken. `every`: seconds between two of them, unless told otherwise."""

    scene: Scene
    every: float

    def look(self, former: Glance | None) -> Glance:
        """Take a look; `former` is the one before. Raises WmsError."""


def place(app: App, asked: Asked, source: Source, *, repair: bool) -> Place:
    """Find the place as other commands do; a laptop's runtime may be down, wholly or in part.

    Raises UsageError for a repair of what this machine counts no restarts of, and what finding
    workers raises.
    """
    if not asked.urls and not asked.aws:
        found = _laptop(app, source, repair=repair)
        if found is not None:
            return found
    from wms_connector.cli.target import target

    where = target(app, asked, quiet=True)
    if where.is_local:
        return _of_laptop(app, source, repair=repair)
    if repair:
        raise UsageError(
            "--repair is for the laptop's runtime: restarts are counted where the check runs",
            hint="A deployment's own check restarts; here: `wms-connector restart`",
        )
    return Elsewhere(app, where, source)


@dataclass(slots=True)
class OnLaptop:
    """The runtime of this machine, with all that can be seen of it."""

    laptop: Laptop
    scene: Scene
    names: Names
    repair: bool = False
    every: float = LAPTOP_EVERY

    def look(self, former: Glance | None) -> Glance:
        """Take a look, and restart what has FAILED if that was asked for.

        Raises StateError; NotRunningError where all was stopped on purpose: nothing is wrong then.
        """
        if self.laptop.is_stopped:
            from wms_connector.local.errors import NotRunningError

            raise NotRunningError(
                "the runtime is stopped", hint="`wms-connector local up` starts it"
            )
        taken = self.laptop.look(repair=self.repair)
        made = glance_of(taken, self.laptop.flows.told, former)
        made = replace(made, findings=named(made.findings, self.names))
        # What waits for a restart that nobody makes is no news.
        return made if self.repair else replace(made, not_restarted={})


class Elsewhere:
    """Workers by their addresses, or those of a deployment through its control function."""

    def __init__(self, app: App, where: Target, source: Source) -> None:
        self._app = app
        self._where = where
        self._flows = source.flows(app, where)
        self._desired = where.connector_names(app)
        self._memory = _Memory()
        self.every = DEPLOYMENT_EVERY if where.deployment else LAPTOP_EVERY
        urls = f"stage {app.stage} at {', '.join(where.urls)}"
        self.scene = Scene(
            app.stage.name, where.told or urls, where.guarantee(app), where.where
        )  # fmt: skip

    def look(self, former: Glance | None) -> Glance:
        """Take a look; of a deployment with what its last check has found besides."""
        from wms_connector.health.look import look
        from wms_connector.health.observe import connect_probes
        from wms_connector.health.policy import Policy

        policy = Policy.of(self._app.pipeline)
        with self._where.client() as client:
            probes = connect_probes(client, self._app.names.owns_connector)
            if self._flows is not None:
                probes = replace(probes, flow=self._flows)
            else:
                probes = replace(probes, offsets=None)
            if (deployment := self._where.deployment) is not None:
                probes = replace(probes, topics=lambda: self._topics(deployment))
            taken = look(
                probes, self._desired, policy, self._memory, redact=client.redactor.text
            )  # fmt: skip
        told = self._flows.told if self._flows else {}
        made = replace(glance_of(taken, told, former), restarts=None, not_restarted={})
        made = self._beside_last_check(made)
        return replace(made, findings=named(made.findings, self._app.names))

    def _topics(self, deployment: Deployed) -> tuple[Topic, ...]:
        from wms_connector.health.observation import Topic
        from wms_connector.model.topics import topic_names

        tables = {
            topic: str(table)
            for table, topic in topic_names(self._app.pipeline, self._app.stage).data.items()
        }
        return tuple(
            Topic(
                name=told.name,
                exists=told.exists,
                table=tables.get(told.name, ""),
                newest=None if told.newest_ms is None else told.newest_ms / _MS,
            )
            for told in deployment.topics().topics
        )

    def _beside_last_check(self, made: Glance) -> Glance:
        if self._where.deployment is None:
            return made
        from wms_connector.cli.last_check import last_check

        last = last_check(self._where.deployment, made.at)
        return replace(
            made,
            findings=last.beside([dict(finding) for finding in made.findings]),
            restarts=last.restarts,
            notes=last.lines,
        )


@dataclass(slots=True)
class _Memory:
    """What this process has seen so far; it restarts nothing, so it counts nothing."""

    kept: History = field(default_factory=History)

    def history(self) -> History:
        return self.kept

    def keep(self, history: History) -> None:
        self.kept = history

    def read(self) -> Log:
        return Log()

    def replace(self, log: Log, attempts: tuple[Attempt, ...]) -> bool:
        del log, attempts
        return False


def _laptop(app: App, source: Source, *, repair: bool) -> Place | None:
    """The runtime of this machine, if it is meant: its stage, and not stopped on purpose."""
    from wms_connector.local.errors import LocalError

    if app.names_no_stage or app.state_path is not None:
        return _of_laptop(app, source, repair=repair)
    try:
        status = app.control().status()
    except LocalError:  # nothing was ever started there, or nobody can tell what
        return None
    if status.stage != app.stage.name or not any(part.alive for part in status.parts):
        return None
    return _of_laptop(app, source, repair=repair)


def _of_laptop(app: App, source: Source, *, repair: bool) -> OnLaptop:
    from wms_connector.cli.target import Target
    from wms_connector.local.health import Laptop

    status = app.control().status()
    where = {"kind": "laptop", "stage": status.stage, "state": status.state_dir}
    target = Target((), is_local=True, where=where)
    laptop = Laptop(app.control(), app.pipeline, app.stage, flows=source.flows(app, target))
    title = f"stage {app.stage} on this laptop"
    scene = Scene(app.stage.name, title, app.pipeline.guarantee, where)
    return OnLaptop(laptop, scene, app.names, repair)
