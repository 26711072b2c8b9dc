from __future__ import annotations

import pytest
from confluent_kafka import KafkaError

from wms_connector.kafka import errors
from wms_connector.kafka.errors import KafkaFailure, translate
from wms_connector.model.errors import WmsError


def told(code: int, text: str = "the broker's words.", causes: tuple[KafkaError, ...] = ()):
    return translate(KafkaError(code, text), "create the topic t", brokers="b:9092", causes=causes)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, errors.NoRightsError),
        (KafkaError.CLUSTER_AUTHORIZATION_FAILED, errors.NoRightsError),
        (KafkaError.INVALID_REPLICATION_FACTOR, errors.ReplicasError),
        (KafkaError.NOT_ENOUGH_REPLICAS, errors.ReplicasError),
        (KafkaError.UNKNOWN_TOPIC_OR_PART, errors.UnknownTopicError),
        (KafkaError.SASL_AUTHENTICATION_FAILED, errors.SignInError),
        (KafkaError._AUTHENTICATION, errors.SignInError),
        (KafkaError._TRANSPORT, errors.UnreachableError),
        (KafkaError._ALL_BROKERS_DOWN, errors.UnreachableError),
        (KafkaError._TIMED_OUT, errors.TimedOutError),
        (KafkaError.REQUEST_TIMED_OUT, errors.TimedOutError),
        (KafkaError.POLICY_VIOLATION, KafkaFailure),
        (KafkaError.INVALID_CONFIG, KafkaFailure),
    ],
)
def test_each_code_is_a_sentence_with_its_subject(code: int, kind: type[KafkaFailure]) -> None:
    failure = told(code)
    assert type(failure) is kind
    assert isinstance(failure, WmsError)
    assert "the topic t" in failure.what or "b:9092" in failure.what
    assert ".." not in str(failure)


def test_a_time_out_tells_the_reason_that_came_in_the_background() -> None:
    causes = (
        KafkaError(KafkaError._TRANSPORT, "Connect to b:9092 failed: Connection refused"),
        KafkaError(KafkaError._ALL_BROKERS_DOWN, "1/1 brokers are down"),
    )
    failure = told(KafkaError._TIMED_OUT, causes=causes)
    assert isinstance(failure, errors.UnreachableError)
    assert "Connection refused" in failure.what
    assert "1/1" not in failure.what


def test_only_all_down_is_unreachable_too() -> None:
    failure = told(KafkaError._TIMED_OUT, causes=(KafkaError(KafkaError._ALL_BROKERS_DOWN),))
    assert isinstance(failure, errors.UnreachableError)
    assert failure.what == "could not create the topic t: no broker of b:9092 answers"


@pytest.mark.parametrize(
    "cause",
    [
        KafkaError(KafkaError._AUTHENTICATION, "SASL SCRAM-SHA-512 mechanism handshake failed"),
        KafkaError(KafkaError._SSL, "certificate verify failed"),
        KafkaError(KafkaError._TRANSPORT, "SSL handshake failed: Disconnected"),
        KafkaError(
            KafkaError._TRANSPORT,
            "Disconnected: verify that security.protocol is correctly configured",
        ),
    ],
)
def test_a_time_out_because_of_the_sign_in_says_so(cause: KafkaError) -> None:
    failure = told(KafkaError._TIMED_OUT, causes=(cause,))
    assert isinstance(failure, errors.SignInError)
    assert "security under [kafka]" in str(failure.hint)


def test_what_may_go_away_says_try_again() -> None:
    error = KafkaError(KafkaError.NOT_CONTROLLER, "moved", False, True)
    assert translate(error, "do it", brokers="b").hint == "Try again"
