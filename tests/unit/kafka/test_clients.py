from __future__ import annotations

import sys

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicCollection
from pydantic import SecretStr

from wms_connector.kafka.clients import (
    Causes,
    Cluster,
    admin_client,
    client_settings,
    region_of,
)
from wms_connector.kafka.errors import SignInError
from wms_connector.model.errors import UsageError
from wms_connector.model.security import KafkaSecurity

CANARY = "canary-4711"
SCRAM = Cluster("b:9096", KafkaSecurity.SCRAM, user=SecretStr("u"), password=SecretStr(CANARY))
IAM = Cluster("b:9098", KafkaSecurity.IAM, region="eu-central-1")


def test_plain_text_and_tls() -> None:
    plain = client_settings(Cluster("b:9092", KafkaSecurity.PLAINTEXT))
    assert plain["security.protocol"] == "plaintext"
    assert not any(key.startswith("sasl") for key in plain)
    tls = client_settings(Cluster("b:9094", KafkaSecurity.TLS, ca_file="/ca.pem"))
    assert (tls["security.protocol"], tls["ssl.ca.location"]) == ("ssl", "/ca.pem")


def test_scram_is_in_the_clear_only_in_what_the_client_is_given() -> None:
    settings = client_settings(SCRAM)
    assert settings["security.protocol"] == "sasl_ssl"
    assert settings["sasl.mechanisms"] == "SCRAM-SHA-512"
    assert (settings["sasl.username"], settings["sasl.password"]) == ("u", CANARY)
    assert CANARY not in repr(SCRAM)
    assert CANARY not in str(SCRAM)


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"security": KafkaSecurity.SCRAM, "user": SecretStr("u")}, "user and a password"),
        ({"security": KafkaSecurity.SCRAM, "password": SecretStr(CANARY)}, "user and a password"),
        ({"security": KafkaSecurity.IAM}, "region"),
    ],
)
def test_what_a_sign_in_needs_is_asked_for_before_anything_is_tried(values, missing: str) -> None:
    with pytest.raises(UsageError, match=missing) as caught:
        Cluster("b:1", **values)
    assert CANARY not in str(caught.value)


def test_iam_tokens_expire_in_seconds_and_are_renewed() -> None:
    made: list[str] = []

    def signer(region: str) -> tuple[str, int]:
        made.append(region)
        return f"token {len(made)}", 1_700_000_000_000 + len(made) * 1000

    settings = client_settings(IAM, signer=signer)
    assert settings["sasl.mechanisms"] == "OAUTHBEARER"
    assert made == ["eu-central-1"]  # a failure would show at once
    assert settings["oauth_cb"]("") == ("token 1", 1_700_000_001.0)
    assert settings["oauth_cb"]("") == ("token 2", 1_700_000_002.0)


def test_credentials_that_are_missing_are_told_at_once() -> None:
    def signer(region: str) -> tuple[str, int]:
        raise ValueError("no credentials found")

    with pytest.raises(
        SignInError, match=r"no IAM token for Kafka in eu-central-1.*no credentials"
    ):
        client_settings(IAM, signer=signer)


def test_the_signer_s_package_is_imported_only_when_it_is_used(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "aws_msk_iam_sasl_signer", None)
    client_settings(SCRAM)
    with pytest.raises(SignInError, match="aws-msk-iam-sasl-signer-python"):
        client_settings(IAM)


def test_the_signer_of_the_package_is_taken(monkeypatch) -> None:
    class MSKAuthTokenProvider:
        @staticmethod
        def generate_auth_token(region: str) -> tuple[str, int]:
            return f"signed for {region}", 5000

    class Package:
        pass

    Package.MSKAuthTokenProvider = MSKAuthTokenProvider
    monkeypatch.setitem(sys.modules, "aws_msk_iam_sasl_signer", Package)
    assert client_settings(IAM)["oauth_cb"]("") == ("signed for eu-central-1", 5.0)


def test_the_region_stands_in_the_cluster_s_arn() -> None:
    arn = "arn:aws:kafka:eu-west-1:123456789012:cluster/c/8f3b5c1e-0000"
    assert region_of(arn) == "eu-west-1"


def test_causes_are_given_once_and_only_the_last_are_kept() -> None:
    causes = Causes()
    for number in range(30):
        causes(KafkaError(KafkaError._TRANSPORT, str(number)))
    taken = causes.take()
    assert [cause.str() for cause in taken] == [str(number) for number in range(10, 30)]
    assert causes.take() == ()


def test_a_real_client_takes_the_settings_and_reports_why_nobody_answers() -> None:
    client, causes = admin_client(Cluster("127.0.0.1:1", KafkaSecurity.PLAINTEXT))
    answer = client.describe_topics(TopicCollection(["t"]), request_timeout=0.3)["t"]
    with pytest.raises(KafkaException):
        answer.result()
    client.poll(0)
    assert KafkaError._TRANSPORT in {cause.code() for cause in causes.take()}
