"""A stage's secrets at run time, by the paths that its deployment names, and no others."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from pydantic import SecretStr

from wms_connector.aws.errors import code_of
from wms_connector.model.errors import SecretError
from wms_connector.model.masking import is_secret_key
from wms_connector.model.secret_sources import SecretsManager
from wms_connector.model.secrets import BrokerString, DbInfo, KafkaAuth, Resolved, parse
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.aws.deployment import Deployment
    from wms_connector.kafka.clients import Cluster

_NOT_THERE: Final = "ResourceNotFoundException"
_USERS: Final = frozenset({"user", "username"})
_URLS: Final = frozenset({"jdbcurl", "url"})


class Client(Protocol):
    """What is needed of boto3's `secretsmanager` client."""

    def get_secret_value(self, **request: Any) -> dict[str, Any]:
        """Read a version of a secret."""
        ...


@dataclass(frozen=True, slots=True)
class StageSecrets:
    """Reads as it is asked, each secret once. Raises SecretError, which never holds a value.

    `public` is text that may be shown anyway: a user that stands in it (an account named as a
    schema is) hides nothing, and would make names unreadable if it were masked.
    """

    deployment: Deployment
    client: Client = field(repr=False)
    public: str = ""
    _read: dict[str, SecretStr] = field(default_factory=dict, repr=False)
    _versions: dict[str, str] = field(default_factory=dict, repr=False)

    def brokers(self) -> str:
        """The brokers, `host:port,host:port`."""
        return parse(self._resolved(self.deployment.broker_secret), BrokerString).brokers

    def database(self) -> DbInfo:
        """The database, and the account that reads it."""
        return parse(self._resolved(self.deployment.database_secret), DbInfo)

    def cluster(self) -> Cluster:
        """The Kafka cluster, and how to sign in to it."""
        from wms_connector.kafka.clients import Cluster, region_of

        deployment = self.deployment
        auth = None
        if deployment.security is KafkaSecurity.SCRAM and deployment.kafka_secret is not None:
            auth = parse(self._resolved(deployment.kafka_secret), KafkaAuth)
        arn = deployment.cluster_arn
        return Cluster(
            self.brokers(),
            deployment.security,
            user=SecretStr(auth.username) if auth else None,
            password=auth.password if auth else None,
            region=region_of(arn) if arn else None,
        )

    def version(self, path: str) -> str:
        """Give the id of the current version of one of the stage's secrets."""
        self._text(path)
        return self._versions[path]

    def hidden(self) -> tuple[SecretStr, ...]:
        """Read every value that no output may show: passwords, users and URLs.

        Those of the former versions too, which workers hold until they are replaced.
        """
        for path in (self.deployment.database_secret, self.deployment.kafka_secret):
            if path is not None:
                self._text(path)
                self._former(path)
        return self.seen()

    def seen(self) -> tuple[SecretStr, ...]:
        """Give those of the values that were read so far, for whatever reason."""
        found = dict.fromkeys(
            value
            for key, text in tuple(self._read.items())  # another thread may be reading one more
            if key != self.deployment.broker_secret
            for value in _hidden(text.get_secret_value(), self.public)
        )
        return tuple(SecretStr(value) for value in found)

    def _resolved(self, path: str) -> Resolved:
        # Which of the two paths had won was decided when the template was made.
        return Resolved(path, path, "stage", self._text(path))

    def _text(self, path: str) -> SecretStr:
        if path not in self._read:
            source = SecretsManager(self.client)
            self._read[path] = source.read(path)
            self._versions[path] = source.version(path)
        return self._read[path]

    def _former(self, path: str) -> None:
        try:
            answer = self.client.get_secret_value(SecretId=path, VersionStage="AWSPREVIOUS")
        except Exception as error:
            if (code := code_of(error)) == _NOT_THERE:
                return
            raise SecretError(
                f"the former version of {path} cannot be read ({code or type(error).__name__})",
                hint="Allow secretsmanager:GetSecretValue on it",
            ) from error
        self._read[f"{path} before"] = SecretStr(answer.get("SecretString", ""))


def _hidden(text: str, public: str) -> Iterator[str]:
    """Give what is secret in a secret's text: all of it if it is no object."""
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        if text.strip():
            yield text.strip()
        return
    shown = public.lower()
    for key, value in values.items():
        if not isinstance(value, str | int) or isinstance(value, bool):
            continue
        user = key.lower() in _USERS and str(value).lower() not in shown
        if user or is_secret_key(key) or key.lower() in _URLS:
            yield str(value)
