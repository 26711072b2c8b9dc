"""What shapes a stage's stacks: the pipeline file, and the part of the secrets that may be read.

Of `dbInfo` and `brokerString` that is: which path won, which keys are there, hosts and ports. No
password and no user leaves this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wms_connector.connectors.shape import DatabaseShape
from wms_connector.infra.secret_reader import SecretReader
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from wms_connector.infra.secret_places import BrokerSecret, DatabaseSecret, KafkaSecret
    from wms_connector.model.brokers import Broker
    from wms_connector.model.names import Names
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.secrets import SecretSource, Vpc
    from wms_connector.model.stage import Stage


@dataclass(frozen=True, slots=True)
class StageInputs:
    """All that the two stacks of a stage are made from.

    `role_path` and `boundary` are None where the pipeline file says that the account has none;
    `boundary` is a policy's ARN or name. `emails` are distinct and valid, and at least one;
    `bad_emails` are those that were left out. `origins` tells for each secret's key which path won.
    """

    pipeline: Pipeline
    stage: Stage
    names: Names
    vpc: Vpc
    brokers: tuple[Broker, ...]
    security: KafkaSecurity
    broker_secret: BrokerSecret
    kafka_secret: KafkaSecret | None
    database: DatabaseShape
    database_host: str
    database_port: int
    database_secret: DatabaseSecret
    role_path: str | None
    boundary: str | None
    emails: tuple[str, ...]
    bad_emails: tuple[str, ...]
    origins: dict[str, str]


def read_inputs(pipeline: Pipeline, stage: Stage, source: SecretSource) -> StageInputs:
    """Read what shapes the stacks of a stage, each secret at the stage's own path first.

    Raises SecretError for what is missing, denied, throttled, empty or malformed, and PipelineError
    where pipeline file and secrets do not go together; both name the path and what is allowed.
    """
    reader = SecretReader(pipeline, stage, source)
    vpc = reader.vpc()
    brokers, broker_secret = reader.brokers()
    security = reader.security(broker_secret.path, brokers)
    info, database_secret = reader.database()
    emails = reader.emails()
    return StageInputs(
        pipeline=pipeline,
        stage=stage,
        names=pipeline.names(stage),
        vpc=vpc,
        brokers=brokers,
        security=security,
        broker_secret=broker_secret,
        kafka_secret=reader.kafka() if security is KafkaSecurity.SCRAM else None,
        database=DatabaseShape("oracle", pdb=info.pdb is not None, url=info.jdbc_url is not None),
        database_host=info.host,
        database_port=info.port,
        database_secret=database_secret,
        role_path=reader.role_path() if pipeline.iam.path else None,
        boundary=reader.boundary() if pipeline.iam.permissions_boundary else None,
        emails=emails.distinct,
        bad_emails=emails.invalid,
        origins={key: found.path for key, found in reader.found.items()},
    )
