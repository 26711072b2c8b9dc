"""What a handler works with: its deployment, and clients that are made when they are needed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wms_connector.aws.deployment import Deployment
from wms_connector.functions.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from wms_connector.aws.attempts import LedgerAttempts
    from wms_connector.aws.checks import Checks
    from wms_connector.aws.ledger import Ledger
    from wms_connector.aws.rotations import Rotations
    from wms_connector.aws.session import Aws
    from wms_connector.aws.stage_secrets import StageSecrets
    from wms_connector.connect.client import ConnectClient
    from wms_connector.connect.redact import Redactor
    from wms_connector.kafka.admin import TopicAdmin
    from wms_connector.kafka.clients import Causes, Cluster
    from wms_connector.kafka.groups import Groups
    from wms_connector.kafka.records import Records
    from wms_connector.model.names import Names


@dataclass(frozen=True, slots=True)
class Kafka:
    """A signed-in client of the stage's cluster."""

    topics: TopicAdmin
    groups: Groups
    records: Records


class Place:
    """One invocation's surroundings. Nothing is imported or asked before it is needed.

    `environment` is the function's. `public` is text that may be shown anyway; it must be known
    before secrets are read. What is passed in besides takes the place of AWS, Kafka and the
    network. `clock` gives seconds since 1970. `ledger_seconds`: each question to the ledger is
    asked once, and awaited so long; None: as patiently as everything else.
    """

    ledger_seconds: float | None = None

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        public: str = "",
        aws: Aws | None = None,
        admin: Callable[[Cluster], tuple[Any, Causes]] | None = None,
        transport: httpx.BaseTransport | None = None,
        network: Network | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._environment = environment
        self.public = public
        self._aws = aws
        self._admin = admin
        self._transport = transport
        self.network = network or Network()
        self.clock = clock
        self.sleep = sleep

    @cached_property
    def deployment(self) -> Deployment:
        """What the stack wrote; raises WmsError."""
        return Deployment.from_environment(self._environment)

    @cached_property
    def names(self) -> Names:
        """All names of the stage."""
        return self.deployment.names

    @cached_property
    def aws(self) -> Aws:
        """Makes clients of AWS's API."""
        from wms_connector.aws.session import Aws

        return self._aws or Aws(environment=self._environment)

    @cached_property
    def secrets(self) -> StageSecrets:
        """Reads the stage's secrets."""
        from wms_connector.aws.stage_secrets import StageSecrets

        names = self.names
        public = f"{self.public} {names.connector} {names.topic_prefix} {names.connector_stack}"
        return StageSecrets(self.deployment, self.aws.client("secretsmanager"), public)

    @cached_property
    def ledger(self) -> Ledger:
        """What the stage remembers."""
        from wms_connector.aws.ledger import Ledger

        client = self.aws.client("dynamodb", once_within=self.ledger_seconds)
        return Ledger(client, self.deployment.ledger)

    @cached_property
    def checks(self) -> Checks:
        """The last health check."""
        from wms_connector.aws.checks import Checks

        return Checks(self.ledger.table)

    @cached_property
    def attempts(self) -> LedgerAttempts:
        """Restarts that were attempted."""
        from wms_connector.aws.attempts import LedgerAttempts

        return LedgerAttempts(self.ledger.table)

    @cached_property
    def rotations(self) -> Rotations:
        """What is known of signing in with the stage's secrets."""
        from wms_connector.aws.rotations import Rotations

        return Rotations(self.ledger.table)

    @cached_property
    def kafka(self) -> Kafka:
        """Sign in to Kafka; raises SecretError, SignInError."""
        from wms_connector.kafka.admin import TopicAdmin
        from wms_connector.kafka.clients import admin_client
        from wms_connector.kafka.groups import Groups
        from wms_connector.kafka.records import Records

        cluster = self.secrets.cluster()
        client, causes = (self._admin or admin_client)(cluster)
        waits: dict[str, Any] = {"causes": causes.take, "clock": self.clock, "sleep": self.sleep}
        return Kafka(
            TopicAdmin(client, cluster.brokers, **waits),
            Groups(client, cluster.brokers, **waits),
            Records(client, cluster.brokers, **waits),
        )

    def connect(self, **more: Any) -> ConnectClient:
        """Make a client of the stage's workers; `more` are ConnectClient's own options."""
        from wms_connector.connect.client import ConnectClient

        options = {"transport": self._transport, "clock": self.clock, "sleep": self.sleep, **more}
        return ConnectClient(self.deployment.connect_url, **options)

    @property
    def transport(self) -> httpx.BaseTransport | None:
        """What takes the place of the network on the way to the workers, if anything does."""
        return self._transport

    def redactor(self) -> Redactor:
        """Make a redactor of the secrets that were read so far."""
        from wms_connector.connect.redact import Redactor

        return Redactor(self.secrets.seen() if "secrets" in self.__dict__ else ())
