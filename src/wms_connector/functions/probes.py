"""The probes of a deployment: whom the check in AWS asks what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from wms_connector.aws.workers_service import describe_service
from wms_connector.functions.database import StageDatabase
from wms_connector.health.flows import Flows
from wms_connector.health.observation import Service
from wms_connector.health.observe import connect_probes
from wms_connector.health.topics import observe_topics
from wms_connector.model.names import EXPORTER_PORT

if TYPE_CHECKING:
    from wms_connector.connect.client import ConnectClient
    from wms_connector.functions.place import Place
    from wms_connector.health.observation import Topic, Worker
    from wms_connector.health.observe import Probes
    from wms_connector.model.pipeline import Pipeline

_ROLLING: Final = "IN_PROGRESS"


class StageProbes:
    """Probes of one stage. Each raises a WmsError where it cannot be answered."""

    def __init__(self, place: Place, pipeline: Pipeline) -> None:
        self._place = place
        self._pipeline = pipeline
        self._database = StageDatabase(place, pluggable=pipeline.connector == "jdbc")

    def probes(self, client: ConnectClient) -> Probes:
        """Give them; `client` is one of the workers."""
        return replace(
            connect_probes(client, self._place.names.owns_connector),
            flow=Flows(oracle=self._database.look, clock=self._place.clock),
            topics=self.topics,
            service=self.service,
            database=self._database.reach,
            workers=self.workers,
        )

    def topics(self) -> tuple[Topic, ...]:
        """Ask the brokers; raises KafkaFailure, SecretError."""
        kafka, stage = self._place.kafka, self._place.deployment.parsed_stage
        return observe_topics(kafka.topics, kafka.records, self._pipeline, stage)

    def service(self) -> Service:
        """Ask ECS; raises AwsError."""
        name = self._place.names.cluster
        return service_of(describe_service(self._place.aws, name, name))

    def workers(self) -> tuple[Worker, ...]:
        """Ask each worker's Java for its figures, by the addresses that the workers' name has.

        A name may have an address for seconds after its worker is gone: one of several that does
        not answer is left out. Raises ExporterError if none does.
        """
        from wms_connector.health.workers import ask_workers

        host = urlsplit(self._place.deployment.connect_url).hostname or ""
        addresses = self._place.network.addresses(host)
        found = ask_workers(
            {address: f"{address}:{EXPORTER_PORT}" for address in addresses},
            transport=self._place.transport,
        )
        return tuple(one.worker() for one in found)


def service_of(described: dict[str, Any]) -> Service:
    """Read ECS's description of a service. Its newest event is told where too few run."""
    deployments = described.get("deployments", [])
    events = described.get("events", [])
    desired, running = int(described["desiredCount"]), int(described["runningCount"])
    return Service(
        desired=desired,
        running=running,
        pending=int(described.get("pendingCount", 0)),
        rolling=any(one.get("rolloutState") == _ROLLING for one in deployments),
        message=f"ECS: {events[0].get('message', '')}" if events and running < desired else "",
    )
