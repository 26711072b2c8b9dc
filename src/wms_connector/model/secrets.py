"""Secrets: where a stage's are looked for, and the values that are read from them.

The stage's own path is read first, then the default's. Only "not found" leads on to the default:
denied, throttled, empty or malformed stops, because reading on would give a stage the credentials
of another.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    Protocol,
    TypeVar,
    runtime_checkable,
)

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from wms_connector.model.emails import normalized
from wms_connector.model.errors import SecretError, SecretNotFoundError
from wms_connector.model.secret_nearby import nearby
from wms_connector.model.secret_words import SUBNET, expected, faults

if TYPE_CHECKING:
    from wms_connector.model.names import Names

_ID: Final = "([0-9a-f]{8}|[0-9a-f]{17})$"
"""End of an id in EC2, as CloudFormation's own check has it: any other stops a deployment."""

Subnet = Annotated[str, Field(pattern=f"^subnet-{_ID}")]

_SECRET_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@!-]{1,519}"
)
_SUBNETS: Final = "a list of subnets"
_EMAIL: Final = re.compile(r"[^@\s,;<>\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class SecretSource(Protocol):
    """Something that holds secrets by path: Secrets Manager, a file, a folder."""

    def read(self, path: str) -> SecretStr:
        """Return the text at a path.

        Raises SecretNotFoundError when there is none, SecretError for everything else.
        """
        ...


@runtime_checkable
class KnowsArns(Protocol):
    """A source whose secrets have ARNs: Secrets Manager."""

    def arn(self, path: str) -> str | None:
        """Return the ARN of a secret that was read; None if it was not."""
        ...


@runtime_checkable
class KnowsPaths(Protocol):
    """A source that can tell all that it holds: a file, a folder."""

    def paths(self) -> tuple[str, ...]:
        """Return the paths, never a value; raises SecretError."""
        ...


@dataclass(frozen=True, slots=True)
class Resolved:
    """A secret as it was found: which path won, and its text."""

    key: str
    path: str
    origin: Literal["stage", "default"]
    text: SecretStr


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class DbInfo(_Value):
    """`dbInfo`: the database, and the account that reads it."""

    host: str = Field(min_length=1, validation_alias=AliasChoices("host", "ip"))
    port: int = Field(default=1521, ge=1, le=65_535, description="a number from 1 to 65535")
    name: str = Field(min_length=1, validation_alias=AliasChoices("dbname", "db"))
    pdb: str | None = None
    user: str = Field(min_length=1)
    password: SecretStr = Field(min_length=1)
    database_schema: str | None = Field(default=None, validation_alias="schema")
    jdbc_url: SecretStr | None = Field(default=None, validation_alias="jdbcUrl")


class BrokerString(_Value):
    """`brokerString`: `host:port,host:port`, as plain text or as JSON with that key."""

    brokers: str = Field(min_length=1, validation_alias="brokerString")


class KafkaAuth(_Value):
    """`kafkaAuth`: user and password of SCRAM; see `kafka_auth_arn` for the other form."""

    username: str = Field(min_length=1)
    password: SecretStr = Field(min_length=1)


class AlertEmails(_Value):
    """`alertEmails`: who hears of alarms."""

    emails: tuple[str, ...] = Field(min_length=1, description="a list of at least one text")

    @property
    def invalid(self) -> tuple[str, ...]:
        """Those that are no addresses."""
        return tuple(text for text in self.emails if not _EMAIL.fullmatch(text.strip()))

    @property
    def distinct(self) -> tuple[str, ...]:
        """The valid addresses, trimmed, each once; a domain's case tells none apart."""
        valid = (text for text in self.emails if text not in self.invalid)
        return tuple(dict.fromkeys(map(normalized, valid)))


class Vpc(_Value):
    """`vpc`: the network that is there already."""

    id: str = Field(pattern=f"^vpc-{_ID}", description="vpc- and 8 or 17 digits 0-9a-f")
    private_subnets: tuple[Subnet, ...] = Field(
        min_length=1,
        validation_alias="privateSubnets",
        description=f"a list of at least one {SUBNET}",
    )
    data_subnets: tuple[Subnet, ...] = Field(
        default=(), validation_alias="dataSubnets", description=_SUBNETS
    )
    public_subnets: tuple[Subnet, ...] = Field(
        default=(), validation_alias="publicSubnets", description=_SUBNETS
    )


SECRETS: Final[dict[str, type[_Value]]] = {
    "dbInfo": DbInfo,
    "brokerString": BrokerString,
    "kafkaAuth": KafkaAuth,
    "alertEmails": AlertEmails,
    "vpc": Vpc,
}
"""Keys of the secrets that have a form of their own; the others are plain text."""

PLAIN_SECRETS: Final = ("iam/path", "iam/permissionsBoundary")

_V = TypeVar("_V", bound=_Value)


def resolve(
    source: SecretSource, names: Names, prefix: str, key: str, *, own_only: bool = False
) -> Resolved:
    """Read a secret of a stage: its own, or the default if it has none.

    Raises SecretNotFoundError, which names the paths, when none of them is there, and SecretError
    when one of them cannot be read or is empty. With `own_only` the default is not looked at.
    """
    own, default = names.secret_paths(prefix, key)
    try:
        return Resolved(key, own, "stage", _filled(own, source.read(own)))
    except SecretNotFoundError:
        if own_only:
            raise SecretNotFoundError(
                f"{own} is not there, and require_own_secrets forbids the default",
                hint=_next_step(source, (own,), prefix, key),
            ) from None
    try:
        return Resolved(key, default, "default", _filled(default, source.read(default)))
    except SecretNotFoundError:
        raise SecretNotFoundError(
            f"neither {own} nor {default} is there",
            hint=_next_step(source, (own, default), prefix, key),
        ) from None


def parse(resolved: Resolved, form: type[_V]) -> _V:
    """Read a secret's text into its form; errors name the path and the keys, never a value."""
    text = resolved.text.get_secret_value()
    try:
        values: Any = json.loads(text)
    except ValueError:
        if form is not BrokerString:
            raise SecretError(
                f"{resolved.path} is not JSON", hint=f"Expected {expected(form)}"
            ) from None
        values = {"brokerString": text.strip()}
    if not isinstance(values, dict):
        raise SecretError(
            f"{resolved.path} is JSON but no object", hint=f"Expected {expected(form)}"
        )
    # A key that is there and empty or null is as good as missing where it may be missing.
    filled = {key: value for key, value in values.items() if value not in (None, "")}
    try:
        return form.model_validate(filled)
    except ValidationError as error:
        raise SecretError(
            f"{resolved.path} is malformed ({faults(form, error)})",
            hint=f"Expected {expected(form)}",
        ) from None


def kafka_auth_arn(resolved: Resolved) -> str | None:
    """The ARN in `kafkaAuth`, which may stand there instead of user and password.

    Amazon MSK wants SCRAM's secret under a name of its own, `AmazonMSK_…`, and with a key of the
    customer's: then `kafkaAuth` names that secret, and its keys are the same.
    """
    text = resolved.text.get_secret_value().strip()
    return text if _SECRET_ARN.fullmatch(text) else None


def _next_step(source: SecretSource, paths: tuple[str, ...], prefix: str, key: str) -> str:
    """Say what to create, or what in a file or folder was probably meant by it."""
    near = nearby(source.paths(), paths, prefix, key) if isinstance(source, KnowsPaths) else None
    return near or f"Create the secret {paths[0]}"


def _filled(path: str, text: SecretStr) -> SecretStr:
    if not text.get_secret_value().strip():
        raise SecretError(f"{path} is empty", hint="Fill it, or delete it to use the default")
    return text
