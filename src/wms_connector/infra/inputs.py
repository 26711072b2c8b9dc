"""What shapes a stage's stacks: the pipeline file, and the part of the secrets that may be read.

Of `dbInfo` and `brokerString` that is: which path won, which keys are there, hosts and ports. No
password and no user leaves this module.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wms_connector.connectors.shape import DatabaseShape
from wms_connector.infra.secret_places import BrokerSecret, DatabaseSecret, KafkaSecret
from wms_connector.model.brokers import Broker, parse_brokers
from wms_connector.model.errors import SecretError, SecretNotFoundError, WmsError
from wms_connector.model.secrets import (
    AlertEmails,
    BrokerString,
    DbInfo,
    KafkaAuth,
    KnowsArns,
    Vpc,
    kafka_auth_arn,
    parse,
)
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from wms_connector.model.names import Names
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.secrets import Resolved, SecretSource
    from wms_connector.model.stage import Stage

_PATH: Final = re.compile(r"/([\w+=,.@-]+/)*")
_BOUNDARY: Final = re.compile(
    r"arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]{1,640}|([\w+=,.@-]+/)*[\w+=,.@-]{1,128}"
)
_PATH_LIMIT: Final = 512
"""Characters of an IAM path."""


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
    reader = _Reader(pipeline, stage, source)
    vpc = parse(reader.read("vpc"), Vpc)
    brokers, broker_secret = reader.brokers()
    security = _security(pipeline, broker_secret.path, brokers)
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
        origins=reader.origins,
    )


class _Reader:
    """Reads the secrets of one stage and remembers which paths won."""

    def __init__(self, pipeline: Pipeline, stage: Stage, source: SecretSource) -> None:
        self.pipeline, self.stage, self.source = pipeline, stage, source
        self.origins: dict[str, str] = {}

    def read(self, key: str) -> Resolved:
        found = self.pipeline.secret(self.source, self.stage, key)
        self.origins[key] = found.path
        return found

    def arn(self, found: Resolved) -> str | None:
        return self.source.arn(found.path) if isinstance(self.source, KnowsArns) else None

    def brokers(self) -> tuple[tuple[Broker, ...], BrokerSecret]:
        found = self.read("brokerString")
        text = parse(found, BrokerString).brokers
        try:
            brokers = parse_brokers(text)
        except WmsError as error:
            raise SecretError(f"{found.path}: {error.what}", hint=error.hint) from None
        key = "brokerString" if "brokerString" in _keys(found) else None
        return brokers, BrokerSecret(path=found.path, arn=self.arn(found), key=key)

    def database(self) -> tuple[DbInfo, DatabaseSecret]:
        found = self.read("dbInfo")
        info = parse(found, DbInfo)
        keys = _keys(found)
        return info, DatabaseSecret(
            path=found.path,
            arn=self.arn(found),
            host_key="host" if "host" in keys else "ip",
            name_key="dbname" if "dbname" in keys else "db",
            port_key="port" if "port" in keys else None,
            pdb_key="pdb" if "pdb" in keys else None,
            url_key="jdbcUrl" if "jdbcUrl" in keys else None,
        )

    def kafka(self) -> KafkaSecret:
        found = self.read("kafkaAuth")
        arn = kafka_auth_arn(found)
        if arn is None:
            parse(found, KafkaAuth)
            arn = self.arn(found)
        return KafkaSecret(path=found.path, arn=arn)

    def emails(self) -> AlertEmails:
        found = self.read("alertEmails")
        emails = parse(found, AlertEmails)
        if not emails.distinct:
            raise SecretError(
                f"{found.path} names no valid address: {', '.join(map(repr, emails.invalid))}",
                hint='Expected {"emails": ["somebody@example.com"]}',
            )
        return emails

    def role_path(self) -> str:
        found, text = self._plain("iam/path", "path")
        if not _PATH.fullmatch(text) or len(text) > _PATH_LIMIT:
            raise SecretError(
                f"{found.path} is {text!r}, which is no IAM path",
                hint=f"Allowed are / and up to {_PATH_LIMIT} characters that begin and end with "
                "it, for example /teams/wms/",
            )
        return text

    def boundary(self) -> str:
        found, text = self._plain("iam/permissionsBoundary", "permissions_boundary")
        if not _BOUNDARY.fullmatch(text):
            raise SecretError(
                f"{found.path} is {text!r}, which is no policy",
                hint="Allowed are a policy's ARN (arn:aws:iam::ACCOUNT:policy/NAME) and its name",
            )
        return text

    def _plain(self, key: str, setting: str) -> tuple[Resolved, str]:
        try:
            found = self.read(key)
        except SecretNotFoundError as error:
            raise SecretNotFoundError(
                error.what,
                hint=f"{error.hint}; if the account asks for none, write {setting} = false under "
                "[iam] in the pipeline file",
            ) from None
        return found, found.text.get_secret_value().strip()


def _security(pipeline: Pipeline, path: str, brokers: tuple[Broker, ...]) -> KafkaSecurity:
    listed = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    try:
        security = pipeline.security(listed)
    except WmsError as error:
        raise SecretError(f"{path}: {error.what}", hint=error.hint) from None
    if security is KafkaSecurity.IAM and pipeline.kafka.cluster_arn is None:
        raise SecretError(
            f"{path}: the brokers' ports ask for IAM, whose rights need the cluster's ARN",
            hint="Set cluster_arn under [kafka] in the pipeline file",
        )
    return security


def _keys(found: Resolved) -> set[str]:
    """Keys of a secret that hold something; none if it is plain text."""
    try:
        values = json.loads(found.text.get_secret_value())
    except ValueError:
        return set()
    if not isinstance(values, dict):
        return set()
    return {key for key, value in values.items() if value not in (None, "")}
