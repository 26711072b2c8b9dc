"""A runtime that is watched on the laptop, and checked by the function as in AWS."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import psycopg
from tests.e2e.command import Wms
from tests.e2e.support import Reader, flows, until
from tests.health.faults import alter_password
from tests.unit.aws.fakes import Calls
from tests.unit.functions.support import CallsBeside

from wms_connector.aws.deployment import Deployment
from wms_connector.aws.session import Aws
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.functions.health import work
from wms_connector.functions.network import Network
from wms_connector.functions.place import Place
from wms_connector.local.health import Laptop
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.health.faults import Fault

    from wms_connector.health.look import Look
    from wms_connector.local.runtime import LocalRuntime

REGION = "us-east-1"
EVENT = {"source": "aws.events"}
SOFT, SPACING = 2, 1.0
"""Looks in a row that make a soft state a finding, and the seconds that have to be between them."""


class Function:
    """The health check's function, for a deployment whose parts are the laptop's. Needs moto."""

    def __init__(self, runtime: LocalRuntime) -> None:
        status, pipeline = runtime.status(), runtime.pipeline
        names = pipeline.names(runtime.stage)
        self._runtime = runtime
        self._deployment = Deployment(
            stage=runtime.stage.name,
            product=names.product,
            security=KafkaSecurity.PLAINTEXT,
            database=DatabaseShape("postgres"),
            broker_secret="mmdl/default/brokerString",
            database_secret="mmdl/default/dbInfo",
            connect_url=str(status.connect_url),
            ledger=names.ledger,
        )
        self.cloudwatch = Calls(put_metric_data={})
        ecs = Calls(describe_services=self._services)
        self._aws = CallsBeside(
            Aws(environment={"AWS_REGION": REGION}), ecs=ecs, cloudwatch=self.cloudwatch
        )
        self._make(status.bootstrap_servers, runtime.recorded().ports["postgres"])

    def check(self) -> dict[str, Any]:
        """Run the handler once, as its schedule does; gives its verdict."""
        place = Place(
            self._deployment.environment() | {"AWS_REGION": REGION},
            aws=self._aws,
            network=Network(addresses=lambda _: ()),
        )
        return work(EVENT, place, self._runtime.pipeline)

    def _services(self, **_: Any) -> dict[str, Any]:
        """What ECS would say of the workers: the processes of this machine."""
        workers = [part for part in self._runtime.status().parts if part.kind == "worker"]
        service = {
            "status": "ACTIVE",
            "desiredCount": len(workers),
            "runningCount": sum(part.alive for part in workers),
            "pendingCount": 0,
            "deployments": [{"rolloutState": "COMPLETED"}],
            "events": [],
        }
        return {"services": [service]}

    def _make(self, brokers: str, port: int) -> None:
        self._aws.client("dynamodb").create_table(
            TableName=self._deployment.ledger,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        word = self._runtime.folder.password().get_secret_value()
        database = {"host": "127.0.0.1", "port": port, "dbname": "wms", "user": "wms"}
        for name, text in {
            self._deployment.broker_secret: brokers,
            self._deployment.database_secret: json.dumps({**database, "password": word}),
        }.items():
            self._aws.client("secretsmanager").create_secret(Name=name, SecretString=text)


@dataclass
class Scene:
    """A runtime and whoever looks at it."""

    runtime: LocalRuntime
    function: Function
    laptop: Laptop = field(init=False)
    command: Wms = field(init=False)
    _word: str = ""

    def __post_init__(self) -> None:
        runtime = self.runtime
        self.laptop = Laptop(runtime, runtime.pipeline, runtime.stage)
        self.laptop.policy = replace(self.laptop.policy, soft=SOFT, spacing=SPACING)
        self.command = Wms(runtime, runtime.stage.name)

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        """Sign in with whatever the password is now; each statement is a transaction."""
        word = self._word or self.runtime.folder.password().get_secret_value()
        dsn = self.runtime.status().database_dsn
        with psycopg.connect(dsn, password=word, autocommit=True) as connection:
            yield connection

    def password(self, word: str) -> None:
        """Give the database's user another password than the secret has."""
        with self.database() as connection:
            alter_password(connection, self.runtime.recorded().user, word)
        self._word = word

    def flows(self) -> None:
        """Write a row and wait until it has arrived. A topic may have been made anew meanwhile."""
        with Reader.of(self.runtime) as reader:
            flows(reader, self.runtime.status())

    def noticed(self, *ids: str) -> Look:
        """Look until all of these are found; gives the look."""
        return self._until(lambda taken: set(ids) <= found(taken), f"{ids} found")

    def well(self) -> Look:
        """Look until nothing is found any more."""
        return self._until(lambda taken: not taken.verdict.findings, "nothing found")

    def _until(self, wanted: Callable[[Look], bool], what: str) -> Look:
        seen: list[Look] = []

        def look() -> bool:
            seen.append(self.laptop.look())
            return wanted(seen[-1])

        until(look, what)
        return seen[-1]


@dataclass(frozen=True)
class Took:
    """Seconds: from the fault to its finding, and from the step to a new row and no finding."""

    noticed: float
    healed: float
    watch: frozenset[str]
    function: frozenset[str]


def suffered(scene: Scene, fault: Fault) -> Took:
    """Have a fault happen, noticed by both, and ended."""
    began = time.monotonic()
    fault.arrange(scene)
    first = scene.noticed(*([fault.first] if fault.first else fault.found))
    noticed = time.monotonic() - began
    seen = scene.noticed(*fault.found) if fault.first else first
    verdict = scene.function.check()
    began = time.monotonic()
    fault.step(scene)
    scene.well()
    scene.flows()
    return Took(noticed, time.monotonic() - began, found(seen), ids_of(verdict))


def found(taken: Look) -> frozenset[str]:
    """Give the ids of a look's findings."""
    return frozenset(finding.kind.id for finding in taken.verdict.findings)


def ids_of(verdict: dict[str, Any]) -> frozenset[str]:
    """Give the ids of a verdict as JSON."""
    return frozenset(finding["id"] for finding in verdict["findings"])
