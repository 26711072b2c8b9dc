from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from wms_connector.aws.deployment import Deployment
from wms_connector.aws.stage_secrets import StageSecrets
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.model.errors import SecretError, SecretNotFoundError, UsageError
from wms_connector.model.security import KafkaSecurity

DB = {"host": "h", "dbname": "X", "user": "scott", "password": "p-now"}
ARN = "arn:aws:kafka:eu-west-1:123456789012:cluster/c/1"


class Client:
    """`texts` by path, or by (path, stage); an error's code in place of a text is raised."""

    def __init__(self, texts: dict[Any, Any]) -> None:
        self.texts = texts
        self.asked: list[Any] = []

    def get_secret_value(self, SecretId: str, VersionStage: str | None = None) -> dict[str, Any]:  # noqa: N803
        key = SecretId if VersionStage is None else (SecretId, VersionStage)
        self.asked.append(key)
        found = self.texts.get(key, ClientError)
        if found is ClientError:
            found = "ResourceNotFoundException"
        elif not isinstance(found, Exception):
            return {"SecretString": found if isinstance(found, str) else json.dumps(found)}
        code = found if isinstance(found, str) else found.args[0]
        raise ClientError({"Error": {"Code": code, "Message": "m"}}, "GetSecretValue")


def deployment(**more: Any) -> Deployment:
    values: dict[str, Any] = {
        "stage": "feature-a",
        "product": "wms",
        "security": KafkaSecurity.PLAINTEXT,
        "database": DatabaseShape(),
        "broker_secret": "b",
        "database_secret": "d",
        "connect_url": "http://w:8083",
        "ledger": "l",
    }
    return Deployment(**values | more)


def shown(secrets: StageSecrets) -> set[str]:
    return {secret.get_secret_value() for secret in secrets.hidden()}


def test_brokers_are_plain_text_or_json() -> None:
    assert StageSecrets(deployment(), Client({"b": "h:9092"})).brokers() == "h:9092"
    wrapped = Client({"b": {"brokerString": "h:9092"}})
    assert StageSecrets(deployment(), wrapped).brokers() == "h:9092"


def test_each_secret_is_read_once_and_only_when_asked() -> None:
    client = Client({"b": "h:9092", "d": DB})
    secrets = StageSecrets(deployment(), client)
    assert client.asked == []
    secrets.cluster()
    secrets.cluster()
    assert client.asked == ["b"]
    assert secrets.database().user == "scott"


def test_each_way_of_signing_in() -> None:
    client = Client({"b": "h:9096", "k": {"username": "u", "password": "p"}})
    scram = deployment(security=KafkaSecurity.SCRAM, kafka_secret="k")
    cluster = StageSecrets(scram, client).cluster()
    assert cluster.password
    assert cluster.password.get_secret_value() == "p"
    assert "password='p'" not in repr(cluster)
    iam = deployment(security=KafkaSecurity.IAM, cluster_arn=ARN)
    assert StageSecrets(iam, client).cluster().region == "eu-west-1"
    with pytest.raises(UsageError, match="needs a user and a password"):
        StageSecrets(deployment(security=KafkaSecurity.SCRAM), client).cluster()


def test_hidden_are_passwords_users_and_urls_of_this_version_and_the_former() -> None:
    client = Client(
        {
            "d": {**DB, "jdbcUrl": "jdbc:x", "port": 1521, "engine": "oracle", "on": True},
            ("d", "AWSPREVIOUS"): {**DB, "password": "p-before"},
            "k": {"username": "kafka-u", "password": 12345},
        }
    )
    secrets = StageSecrets(deployment(kafka_secret="k"), client)
    assert shown(secrets) == {"p-now", "p-before", "scott", "jdbc:x", "kafka-u", "12345"}


def test_a_user_that_stands_in_public_text_is_not_hidden() -> None:
    secrets = StageSecrets(deployment(), Client({"d": DB}), public="feature-a.wms.SCOTT.A")
    assert shown(secrets) == {"p-now"}


def test_a_secret_that_is_no_object_is_hidden_whole() -> None:
    client = Client({"d": "just-a-password ", ("d", "AWSPREVIOUS"): "[1, 2]"})
    assert shown(StageSecrets(deployment(), client)) == {"just-a-password", "[1, 2]"}


def test_seen_is_what_was_read_and_never_the_brokers() -> None:
    secrets = StageSecrets(deployment(), Client({"b": "h:9092", "d": DB}))
    assert secrets.seen() == ()
    secrets.brokers()
    assert secrets.seen() == ()
    secrets.database()
    assert {each.get_secret_value() for each in secrets.seen()} == {"p-now", "scott"}


def test_what_cannot_be_read_is_told_without_a_value() -> None:
    with pytest.raises(SecretNotFoundError, match="there is no secret d"):
        StageSecrets(deployment(), Client({})).hidden()
    denied = Client({"d": DB, ("d", "AWSPREVIOUS"): Exception("AccessDeniedException")})
    with pytest.raises(SecretError, match=r"former version of d .*AccessDenied") as caught:
        StageSecrets(deployment(), denied).hidden()
    assert "p-now" not in str(caught.value)
    malformed = StageSecrets(deployment(), Client({"d": {"password": "p-now"}}))
    with pytest.raises(SecretError, match="d is malformed") as missing:
        malformed.database()
    assert "p-now" not in str(missing.value)


def test_nothing_of_it_shows_in_a_representation() -> None:
    secrets = StageSecrets(deployment(), Client({"b": "h:9092", "d": DB}))
    secrets.hidden()
    assert "p-now" not in repr(secrets)
