"""How clients sign in to Kafka: chosen once, rendered for every client."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from wms_connector.model.brokers import Broker, parse_brokers
from wms_connector.model.environment import Env
from wms_connector.model.errors import PipelineError


class KafkaSecurity(StrEnum):
    """Ways of signing in, by the ports of Amazon MSK: 9092, 9094, 9096, 9098."""

    PLAINTEXT = "plaintext"
    TLS = "tls"
    SCRAM = "scram"
    IAM = "iam"

    @classmethod
    def of_brokers(cls, brokers: str) -> KafkaSecurity:
        """Tell the way from the brokers' ports (`host:port,host:port`).

        A port that MSK does not use means plain text on a loopback address and is otherwise
        refused: raises PipelineError, as do ports that disagree and text that is no list.
        """
        ways = {_way_of(broker) for broker in parse_brokers(brokers)}
        if len(ways) > 1:
            found = ", ".join(sorted(ways))
            raise PipelineError(
                f"the brokers' ports disagree about how to sign in ({found})",
                hint="Give ports of one kind: 9092 plain, 9094 TLS, 9096 SCRAM, 9098 IAM",
            )
        return ways.pop()


_BY_PORT: Final = {
    9092: KafkaSecurity.PLAINTEXT,
    9094: KafkaSecurity.TLS,
    9096: KafkaSecurity.SCRAM,
    9098: KafkaSecurity.IAM,
}
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


def _way_of(broker: Broker) -> KafkaSecurity:
    if broker.port in _BY_PORT:
        return _BY_PORT[broker.port]
    if broker.host in _LOOPBACK:
        return KafkaSecurity.PLAINTEXT
    raise PipelineError(
        f"the port of '{broker.host}:{broker.port}' does not tell how to sign in",
        hint="Set security under [kafka] to plaintext, tls, scram or iam",
    )


def java_client_properties(security: KafkaSecurity) -> dict[str, str]:
    """Give the properties of a Java client that signs in this way; credentials are references."""
    match security:
        case KafkaSecurity.PLAINTEXT:
            return {"security.protocol": "PLAINTEXT"}
        case KafkaSecurity.TLS:
            return {"security.protocol": "SSL"}
        case KafkaSecurity.SCRAM:
            login = "org.apache.kafka.common.security.scram.ScramLoginModule"
            user, password = Env.KAFKA_USER.reference, Env.KAFKA_PASSWORD.reference
            return {
                "security.protocol": "SASL_SSL",
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.jaas.config": f'{login} required username="{user}" password="{password}";',
            }
        case KafkaSecurity.IAM:
            return {
                "security.protocol": "SASL_SSL",
                "sasl.mechanism": "AWS_MSK_IAM",
                "sasl.jaas.config": "software.amazon.msk.auth.iam.IAMLoginModule required;",
                "sasl.client.callback.handler.class": (
                    "software.amazon.msk.auth.iam.IAMClientCallbackHandler"
                ),
            }
