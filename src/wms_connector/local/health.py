"""Health of a laptop's runtime: the probes of this place, and a look at it.

Workers are asked by the ports that they have, whether or not they run, so that who watches sees
them go and come back.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from wms_connector.connect.client import ConnectClient
from wms_connector.connect.deadline import Deadline
from wms_connector.connect.http import Patience
from wms_connector.health.flows import Flows
from wms_connector.health.look import Look, look
from wms_connector.health.observation import Reach, Service
from wms_connector.health.observe import connect_probes
from wms_connector.health.policy import Policy
from wms_connector.health.tcp import reached
from wms_connector.health.topics import observe_topics
from wms_connector.local.attempts import HealthFile
from wms_connector.local.figures import ask
from wms_connector.local.ports import HOST
from wms_connector.local.refusals import Refusals
from wms_connector.local.sign_in import SignIn
from wms_connector.local.sources import source_of
from wms_connector.local.steps import on_laptop
from wms_connector.model.environment import Env
from wms_connector.oracle.address import place_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from wms_connector.health.figures import Figures
    from wms_connector.health.observation import Topic, Worker
    from wms_connector.health.observe import Probes
    from wms_connector.health.source import Ask
    from wms_connector.kafka.admin import TopicAdmin
    from wms_connector.kafka.records import Records
    from wms_connector.local.control import LocalControl
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage
    from wms_connector.oracle.database import Database

ASK_SECONDS: Final = 10.0
"""For each question to the database: a look must not hang on it."""
LAPTOP_SECONDS: Final = 15.0
"""For a whole look: a worker whose broker is gone says nothing of offsets for a minute and more."""
_PATIENCE: Final = Patience(seconds=3.0, unreachable_seconds=1.0)
"""A look comes again; it need not wait for a worker as a command does."""
_AT: Final = "@"


class Laptop:
    """A runtime that is looked at, once or again and again.

    `flows` takes the place of the laptop's own way to its database; `clock` gives seconds since
    1970. `figures` is what the workers' Java told last. Raises NotRunningError if nothing was ever
    started.
    """

    def __init__(
        self,
        control: LocalControl,
        pipeline: Pipeline,
        stage: Stage,
        *,
        flows: Flows | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.policy = Policy.of(pipeline)
        self.flows = flows or laptop_flows(control, clock=clock)
        self.memory = HealthFile(control.folder.path)
        self.desired = tuple(dict.fromkeys(pipeline.connector_names(stage).values()))
        self._control = control
        self._pipeline = pipeline
        self._stage = stage
        self.figures: tuple[Figures, ...] = ()
        self._clock = clock

    def look(self, *, repair: bool = False, seconds: float = LAPTOP_SECONDS) -> Look:
        """Take a look, which ends within `seconds`; with `repair`, restart what it says.

        What is restarted is counted: never more than the pipeline file allows. Raises StateError.
        """
        with self.client(seconds) as client:
            taken = look(
                self.probes(client),
                self.desired,
                self.policy,
                self.memory,
                restart=client.restart_failed if repair else None,
                clock=self._clock,
                seconds=seconds,
                redact=client.redactor.text,
            )
        state = self._control.recorded()
        refused = self.flows.refused()
        told = on_laptop(taken.verdict, state, repair=repair, refused=refused)
        return replace(taken, verdict=told)

    @property
    def is_stopped(self) -> bool:
        """Whether `local down` has stopped all of it; a part that died was not stopped."""
        return self._control.recorded().is_stopped

    def client(self, seconds: float = LAPTOP_SECONDS) -> ConnectClient:
        """A client of all workers that gives up after `seconds` in all."""
        parts = self._control.recorded().parts.values()
        ports = [part.launch.port for part in parts if part.launch.kind == "worker"]
        return ConnectClient(
            [f"http://{HOST}:{port}" for port in ports],
            secrets=self._control.folder.passwords(),
            transport=Deadline(seconds),
            patience=_PATIENCE,
        )

    def probes(self, client: ConnectClient) -> Probes:
        """Give whom to ask what."""
        names = self._pipeline.names(self._stage)
        return replace(
            connect_probes(client, names.owns_connector),
            flow=self.flows,
            topics=self._topics,
            service=self._service,
            database=self._database,
            workers=self._workers,
        )

    def _topics(self) -> tuple[Topic, ...]:
        admin, records = self._kafka
        return observe_topics(admin, records, self._pipeline, self._stage, ends=True)

    @cached_property
    def _kafka(self) -> tuple[TopicAdmin, Records]:
        from wms_connector.kafka.admin import TopicAdmin
        from wms_connector.kafka.clients import Cluster, admin_client
        from wms_connector.kafka.records import Records
        from wms_connector.model.security import KafkaSecurity

        brokers = self._control.status().bootstrap_servers
        client, causes = admin_client(Cluster(brokers, KafkaSecurity.PLAINTEXT))
        return (
            TopicAdmin(client, brokers, causes=causes.take),
            Records(client, brokers, causes=causes.take),
        )

    def _service(self) -> Service:
        """What ECS would tell of the workers, told by their processes."""
        workers = [part for part in self._control.status().parts if part.kind == "worker"]
        gone = [part.name for part in workers if not part.alive]
        return Service(
            desired=len(workers),
            running=len(workers) - len(gone),
            message=f"{', '.join(gone)}: the process is gone" if gone else "",
        )

    def _workers(self) -> tuple[Worker, ...]:
        self.figures = ()
        self.figures = ask(self._control.status())
        return tuple(one.worker() for one in self.figures)

    def _database(self) -> Reach | None:
        """None where the address is an alias that only Oracle's client can resolve."""
        state = self._control.recorded()
        env = source_of(state).worker_environment(self._control.folder, state)
        if Env.DB_HOST.value in env:
            return reached((env[Env.DB_HOST.value], int(env[Env.DB_PORT.value])))
        place = place_of(env[Env.DB_URL.value].partition(_AT)[2])
        return None if place is None else reached(place)


def laptop_flows(
    control: LocalControl,
    *,
    oracle: Callable[[], SignIn | None] | None = None,
    clock: Callable[[], float] = time.time,
) -> Flows:
    """Give the way to the laptop's database; `oracle` tells how to sign in to another one.

    Raises NotRunningError if nothing was ever started.
    """
    state = control.recorded()
    if state.source == "postgres":
        from wms_connector.local.connected import asking

        dsn = source_of(state).dsn(control.folder, state)
        session = partial(asking, dsn, seconds=ASK_SECONDS)
        return oracle_flows(oracle, postgres=session, clock=clock)
    return oracle_flows(oracle or partial(SignIn.of_laptop, control), clock=clock)


def oracle_flows(
    oracle: Callable[[], SignIn | None] | None,
    *,
    postgres: Callable[[], AbstractContextManager[Ask]] | None = None,
    clock: Callable[[], float] = time.time,
) -> Flows:
    """Give the way to an Oracle that is asked again and again, and to PostgreSQL if it is meant.

    `oracle` reads address and password anew each time. What was refused is not tried again at once.
    """
    refusals = Refusals(clock)

    def opened() -> Database | None:
        way = oracle and oracle()
        if not way:
            return None
        return refusals.attempt(way, partial(way.inside, seconds=ASK_SECONDS))

    return Flows(
        oracle=opened if oracle else None, postgres=postgres, clock=clock,
        refused=lambda: refusals.told,
    )  # fmt: skip
