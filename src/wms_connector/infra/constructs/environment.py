"""What a worker's container finds in its environment: plain texts, and fields of secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wms_connector.connectors.properties import render_properties
from wms_connector.connectors.worker import WorkerPlace, worker_properties
from wms_connector.infra.image import PLUGIN_PATH
from wms_connector.model.environment import Env

if TYPE_CHECKING:
    from wms_connector.infra.inputs import StageInputs


@dataclass(frozen=True, slots=True)
class Field:
    """A secret by its path or ARN, and the key of it that is meant; None: all of its text."""

    secret: str
    key: str | None


def plain(inputs: StageInputs) -> dict[str, str]:
    """Give what is no secret: the worker's properties, its heap, and the database's port.

    The port is a number that stands in the security group's rule too, so both change together.
    """
    where = WorkerPlace(
        plugin_path=PLUGIN_PATH,
        # The container finds it out when it starts: the task's own address.
        advertised_host=Env.REST_ADVERTISED_HOST_NAME.reference,
        security=inputs.security,
        replication=inputs.pipeline.topics.replication,
    )
    properties = worker_properties(inputs.pipeline, inputs.stage, where=where)
    return {
        "WORKER_PROPERTIES": render_properties(properties),
        "HEAP_MIB": str(inputs.pipeline.sizing(inputs.stage).heap_mib),
        Env.DB_PORT.value: str(inputs.database_port),
    }


def secret_fields(inputs: StageInputs) -> dict[str, Field]:
    """Give what ECS reads from the stage's secrets when a task starts, field by field."""
    database, brokers, kafka = inputs.database_secret, inputs.broker_secret, inputs.kafka_secret
    keys = {
        Env.DB_HOST: database.host_key,
        Env.DB_NAME: database.name_key,
        Env.DB_PDB: database.pdb_key,
        Env.DB_URL: database.url_key,
        Env.DB_USER: database.user_key,
        Env.DB_PASSWORD: database.password_key,
    }
    fields = {name: Field(database.reference, key) for name, key in keys.items() if key is not None}
    fields[Env.BROKERS] = Field(brokers.reference, brokers.key)
    if kafka is not None:
        fields[Env.KAFKA_USER] = Field(kafka.reference, kafka.user_key)
        fields[Env.KAFKA_PASSWORD] = Field(kafka.reference, kafka.password_key)
    return {name.value: field for name, field in fields.items()}


def secrets_read(inputs: StageInputs) -> tuple[str, ...]:
    """Paths and ARNs of the secrets that workers and functions may read, each once."""
    return tuple(dict.fromkeys(field.secret for field in secret_fields(inputs).values()))
