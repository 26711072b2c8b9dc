"""Settings of librdkafka's clients for each way of signing in to Kafka."""

from __future__ import annotations

import importlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wms_connector.kafka.errors import SignInError
from wms_connector.model.errors import UsageError
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from confluent_kafka import KafkaError
    from confluent_kafka.admin import AdminClient
    from pydantic import SecretStr

Signer = Callable[[str], tuple[str, int]]
"""From an AWS region to a token and the moment it expires, in milliseconds since 1970."""

_LIBRARY_LOG: Final = logging.getLogger("wms_connector.kafka.library")
_LIBRARY_LOG.addHandler(logging.NullHandler())
_LIBRARY_LOG.propagate = False
_CAUSES_KEPT: Final = 20


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a cluster is and how to sign in to it.

    `brokers` is `host:port,host:port`. `user` and `password` go with SCRAM, `region` with IAM.
    `ca_file` is a PEM file of certificate authorities, where the machine's own do not do.
    """

    brokers: str
    security: KafkaSecurity
    user: SecretStr | None = None
    password: SecretStr | None = None
    region: str | None = None
    ca_file: str | None = None

    def __post_init__(self) -> None:
        if self.security is KafkaSecurity.SCRAM and not (self.user and self.password):
            raise UsageError(
                f"signing in to {self.brokers} by SCRAM needs a user and a password",
                hint="Put them into the secret kafkaAuth, or choose another security",
            )
        if self.security is KafkaSecurity.IAM and not self.region:
            raise UsageError(
                f"signing in to {self.brokers} by IAM needs the cluster's region",
                hint="Set cluster_arn under [kafka]",
            )


class Causes:
    """What a client reports in the background: why a request found no broker."""

    def __init__(self) -> None:
        self._kept: deque[KafkaError] = deque(maxlen=_CAUSES_KEPT)

    def __call__(self, error: KafkaError) -> None:
        """Take a report; this is the client's `error_cb`."""
        self._kept.append(error)

    def take(self) -> tuple[KafkaError, ...]:
        """Give what came since the last time, oldest first."""
        taken = tuple(self._kept)
        self._kept.clear()
        return taken


def region_of(cluster_arn: str) -> str:
    """Region of a cluster's ARN, `arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/UUID`."""
    return cluster_arn.split(":")[3]


def client_settings(cluster: Cluster, *, signer: Signer | None = None) -> dict[str, Any]:
    """Settings that every client of a cluster shares, as librdkafka names them.

    The password stands in the clear in what is returned: hand it to a client's constructor and
    to nothing else. Time-outs are short enough to tell within seconds that nobody answers.
    Raises SignInError when an IAM token cannot be made.
    """
    settings: dict[str, Any] = {
        "bootstrap.servers": cluster.brokers,
        "security.protocol": _PROTOCOLS[cluster.security],
        "client.id": "wms-connector",
        "socket.connection.setup.timeout.ms": 5_000,
        "socket.timeout.ms": 15_000,
        "reconnect.backoff.max.ms": 2_000,
        "logger": _LIBRARY_LOG,
    }
    if cluster.ca_file is not None:
        settings["ssl.ca.location"] = cluster.ca_file
    if cluster.security is KafkaSecurity.SCRAM and cluster.user and cluster.password:
        settings["sasl.mechanisms"] = "SCRAM-SHA-512"
        settings["sasl.username"] = cluster.user.get_secret_value()
        settings["sasl.password"] = cluster.password.get_secret_value()
    if cluster.security is KafkaSecurity.IAM and cluster.region:
        settings["sasl.mechanisms"] = "OAUTHBEARER"
        settings["oauth_cb"] = _token_source(signer or _aws_signer(), cluster.region)
    return settings


def admin_client(cluster: Cluster) -> tuple[AdminClient, Causes]:
    """Make a client for topics, and where it says why it finds no broker."""
    from confluent_kafka.admin import AdminClient

    causes = Causes()
    settings = client_settings(cluster) | {"error_cb": causes}
    return AdminClient(settings), causes


_PROTOCOLS: Final = {
    KafkaSecurity.PLAINTEXT: "plaintext",
    KafkaSecurity.TLS: "ssl",
    KafkaSecurity.SCRAM: "sasl_ssl",
    KafkaSecurity.IAM: "sasl_ssl",
}


def _token_source(signer: Signer, region: str) -> Callable[[str], tuple[str, float]]:
    """Make librdkafka's `oauth_cb`: token and expiry in seconds (the signer says milliseconds).

    The first token is made here and now: a failure inside the callback would show only ten
    seconds later, as a missing token without its reason.
    """
    first: list[tuple[str, int]] = [_signed(signer, region)]

    def token(_: str) -> tuple[str, float]:
        text, expiry_ms = first.pop() if first else _signed(signer, region)
        return text, expiry_ms / 1000

    return token


def _signed(signer: Signer, region: str) -> tuple[str, int]:
    try:
        return signer(region)
    except Exception as error:
        raise SignInError(
            f"no IAM token for Kafka in {region}: {type(error).__name__}: {error}",
            hint="Check which AWS credentials this process has, and their rights",
        ) from error


def _aws_signer() -> Signer:
    try:
        module = importlib.import_module("aws_msk_iam_sasl_signer")
    except ModuleNotFoundError:
        raise SignInError(
            "signing in to Kafka by IAM needs the package aws-msk-iam-sasl-signer-python",
            hint="Install it beside wms-connector",
        ) from None
    signer: Signer = module.MSKAuthTokenProvider.generate_auth_token
    return signer
