"""What the worker's environment provides, and how a connector's configuration refers to it.

A configuration holds `${env:DB_PASSWORD}`, never a value: Kafka Connect shows it over REST and
keeps it in a topic. The worker resolves the reference with EnvVarConfigProvider, which may read
the names below and no others.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Env(StrEnum):
    """Names of the worker's environment variables."""

    DB_HOST = "DB_HOST"
    DB_PORT = "DB_PORT"
    DB_NAME = "DB_NAME"
    DB_PDB = "DB_PDB"
    DB_URL = "DB_URL"
    DB_USER = "DB_USER"
    DB_PASSWORD = "DB_PASSWORD"  # noqa: S105 - the variable's name
    BROKERS = "BROKERS"
    REST_ADVERTISED_HOST_NAME = "REST_ADVERTISED_HOST_NAME"
    KAFKA_USER = "KAFKA_USER"
    KAFKA_PASSWORD = "KAFKA_PASSWORD"  # noqa: S105 - the variable's name

    @property
    def reference(self) -> str:
        """What a configuration writes: `${env:NAME}`."""
        return f"${{env:{self.value}}}"


ALLOWLIST: Final = f"^({'|'.join(name.value for name in Env)})$"
"""`allowlist.pattern` of EnvVarConfigProvider."""
