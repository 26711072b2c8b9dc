"""A stage's secrets as synthesis reads them: each one's form, and what it has to hold.

Passwords and users are looked at here, and handed on by nothing but `database`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

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
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.secrets import Resolved, SecretSource
    from wms_connector.model.stage import Stage

_PATH: Final = re.compile(r"/([\w+=,.@-]+/)*")
_BOUNDARY: Final = re.compile(
    r"arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]{1,640}|([\w+=,.@-]+/)*[\w+=,.@-]{1,128}"
)
_PATH_LIMIT: Final = 512
"""Characters of an IAM path."""


class SecretReader:
    """Reads the secrets of one stage and remembers in `found` what was there.

    Each of its readings raises SecretError, with path and next step; `read` alone looks at no form.
    """

    def __init__(self, pipeline: Pipeline, stage: Stage, source: SecretSource) -> None:
        self.pipeline, self.stage, self.source = pipeline, stage, source
        self.found: dict[str, Resolved] = {}

    def read(self, key: str) -> Resolved:
        """Find a secret by the pipeline file's rules."""
        found = self.pipeline.secret(self.source, self.stage, key)
        self.found[key] = found
        return found

    def vpc(self) -> Vpc:
        """The network."""
        return parse(self.read("vpc"), Vpc)

    def _arn(self, found: Resolved) -> str | None:
        return self.source.arn(found.path) if isinstance(self.source, KnowsArns) else None

    def brokers(self) -> tuple[tuple[Broker, ...], BrokerSecret]:
        """The brokers, and where they stand."""
        found = self.read("brokerString")
        text = parse(found, BrokerString).brokers
        try:
            brokers = parse_brokers(text)
        except WmsError as error:
            raise SecretError(f"{found.path}: {error.what}", hint=error.hint) from None
        key = "brokerString" if "brokerString" in _keys(found) else None
        return brokers, BrokerSecret(path=found.path, arn=self._arn(found), key=key)

    def sign_in(self, path: str, brokers: tuple[Broker, ...]) -> KafkaSecurity:
        """How to sign in at the brokers that stand at a path."""
        listed = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
        try:
            return self.pipeline.security(listed)
        except WmsError as error:
            raise SecretError(f"{path}: {error.what}", hint=error.hint) from None

    def security(self, path: str, brokers: tuple[Broker, ...]) -> KafkaSecurity:
        """The same, if the pipeline file has what that way asks for."""
        security = self.sign_in(path, brokers)
        if security is KafkaSecurity.IAM and self.pipeline.kafka.cluster_arn is None:
            raise SecretError(
                f"{path}: the brokers' ports ask for IAM, whose rights need the cluster's ARN",
                hint="Set cluster_arn under [kafka] in the pipeline file",
            )
        return security

    def database(self) -> tuple[DbInfo, DatabaseSecret]:
        """The database, and where and how it is told."""
        found = self.read("dbInfo")
        info = parse(found, DbInfo)
        keys = _keys(found)
        return info, DatabaseSecret(
            path=found.path,
            arn=self._arn(found),
            host_key="host" if "host" in keys else "ip",
            name_key="dbname" if "dbname" in keys else "db",
            pdb_key="pdb" if "pdb" in keys else None,
            url_key="jdbcUrl" if "jdbcUrl" in keys else None,
        )

    def kafka(self) -> KafkaSecret:
        """Where user and password of SCRAM stand."""
        found = self.read("kafkaAuth")
        arn = kafka_auth_arn(found)
        if arn is None:
            parse(found, KafkaAuth)
            arn = self._arn(found)
        return KafkaSecret(path=found.path, arn=arn)

    def emails(self) -> AlertEmails:
        """Who hears of alarms: at least one valid address."""
        found = self.read("alertEmails")
        emails = parse(found, AlertEmails)
        if not emails.distinct:
            raise SecretError(
                f"{found.path} names no valid address: {', '.join(map(repr, emails.invalid))}",
                hint='Expected {"emails": ["somebody@example.com"]}',
            )
        return emails

    def role_path(self) -> str:
        """The IAM path of all roles."""
        found, text = self._plain("iam/path", "path")
        if not _PATH.fullmatch(text) or len(text) > _PATH_LIMIT:
            raise SecretError(
                f"{found.path} is {text!r}, which is no IAM path",
                hint=f"Allowed are / and up to {_PATH_LIMIT} characters that begin and end with "
                "it, for example /teams/wms/",
            )
        return text

    def boundary(self) -> str:
        """The policy that bounds all roles: its ARN or name."""
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


def _keys(found: Resolved) -> set[str]:
    """Keys of a secret that hold something; none if it is plain text."""
    try:
        values = json.loads(found.text.get_secret_value())
    except ValueError:
        return set()
    if not isinstance(values, dict):
        return set()
    return {key for key, value in values.items() if value not in (None, "")}
