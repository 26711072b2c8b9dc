"""Where a stage's secrets were found, and how their keys are spelled; never a value of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretPlace:
    """The path that won, and the secret's ARN; None where a file stands in for AWS."""

    path: str
    arn: str | None

    @property
    def reference(self) -> str:
        """The whole ARN, as ECS wants it for a task's secrets; else the path."""
        return self.arn or self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSecret(SecretPlace):
    """`dbInfo`, and the names of its keys; a key that is None is not there.

    ECS puts a key's value into the worker's environment by reference and key, so the template needs
    the spelling (`ip` or `host`, `db` or `dbname`) and never the value.
    """

    host_key: str
    name_key: str
    pdb_key: str | None
    url_key: str | None
    user_key: str = "user"
    password_key: str = "password"  # noqa: S105 - a key's name


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerSecret(SecretPlace):
    """`brokerString`; `key` is None where the secret is plain text."""

    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaSecret(SecretPlace):
    """`kafkaAuth`, for SCRAM only; `arn` is that of the secret which it names, if it names one."""

    user_key: str = "username"
    password_key: str = "password"  # noqa: S105 - a key's name
