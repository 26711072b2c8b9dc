"""What can go wrong with a cluster, as sentences.

KafkaFailure
├── UnreachableError        no broker answered
├── SignInError             a broker answered and refused the client
├── NoRightsError           signed in, but not allowed to do this
├── CollisionError          two topics that differ only in '.' and '_'
├── ReplicasError           fewer brokers than replicas
├── UnknownTopicError       the topic is not there
├── TimedOutError           answered once, then not in time
├── RefusedPlanError        a plan that would break a promise; nothing was done
├── SecondNamedStageError   another named stage lives on this cluster
├── GroupInUseError         a group has members, so what it uses is not deleted
└── SeveralFailuresError    more than one topic failed; each in its own words
"""

# ruff: noqa: SLF001 - librdkafka's own codes begin with an underscore; they are its public names
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from confluent_kafka import KafkaError

from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Sequence


class KafkaFailure(WmsError):  # noqa: N818 - an Error of that name is the library's
    """Something that Kafka refused or did not answer."""


class UnreachableError(KafkaFailure):
    """No broker of the list answered."""


class SignInError(KafkaFailure):
    """The brokers refuse the way of signing in, or the credentials."""


class NoRightsError(KafkaFailure):
    """The client is signed in and may not do this."""


class CollisionError(KafkaFailure):
    """A topic's name differs from an existing one only in '.' and '_', which Kafka refuses."""


class ReplicasError(KafkaFailure):
    """More replicas were asked for than there are brokers."""


class UnknownTopicError(KafkaFailure):
    """The topic does not exist."""


class TimedOutError(KafkaFailure):
    """The cluster took longer than allowed."""


class RefusedPlanError(KafkaFailure):
    """A plan holds something that must not be done silently; nothing was done."""

    exit_code = 2


class SecondNamedStageError(KafkaFailure):
    """Another named stage is, or may be, on the same cluster."""


class GroupInUseError(KafkaFailure):
    """A group still has members."""


class SeveralFailuresError(KafkaFailure):
    """More than one topic failed; told is one of each kind, and how many there are of it."""

    def __init__(self, failures: Sequence[KafkaFailure]) -> None:
        self.failures = tuple(failures)
        kinds: dict[type[KafkaFailure], list[KafkaFailure]] = {}
        for failure in failures:
            kinds.setdefault(type(failure), []).append(failure)
        told = [
            first.what + (f", and {len(rest)} more topics likewise" if rest else "")
            for first, *rest in kinds.values()
        ]
        hints = [kind[0].hint for kind in kinds.values() if kind[0].hint]
        super().__init__("; ".join(told), hint=". ".join(hints) or None)


_COLLISION: Final = re.compile(
    r"Topic '(?P<new>[^']+)' collides with existing topics?: (?P<old>.+)"
)
# Said by librdkafka when one side speaks TLS and the other does not; a transport error to it.
_WRONG_PROTOCOL: Final = ("SSL handshake failed", "security.protocol is correctly configured")
_UNREACHABLE: Final = frozenset(
    {KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._RESOLVE}
)
_SIGN_IN: Final = frozenset(
    {
        KafkaError._AUTHENTICATION,
        KafkaError._SSL,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.UNSUPPORTED_SASL_MECHANISM,
        KafkaError.ILLEGAL_SASL_STATE,
    }
)
_NO_RIGHTS: Final = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    }
)
_REPLICAS: Final = frozenset(
    {
        KafkaError.INVALID_REPLICATION_FACTOR,
        KafkaError.NOT_ENOUGH_REPLICAS,
        KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    }
)
_KNOWN: Final[tuple[tuple[frozenset[int], type[KafkaFailure], str, str], ...]] = (
    (
        _NO_RIGHTS,
        NoRightsError,
        "the signed-in user has no right to",
        "Grant it on exactly the names that `wms-connector names` lists",
    ),
    (
        _REPLICAS,
        ReplicasError,
        "the cluster has fewer brokers than replicas asked for",
        "Lower replication under [topics], or wait until all brokers are back",
    ),
    (
        frozenset({KafkaError.UNKNOWN_TOPIC_OR_PART}),
        UnknownTopicError,
        "there is no such topic",
        "Create the stage's topics with `wms-connector topics apply`",
    ),
    (
        frozenset({KafkaError.POLICY_VIOLATION}),
        KafkaFailure,
        "the cluster has a rule of its own for topics",
        "Ask who runs the cluster",
    ),
)
_TIMED_OUT: Final = frozenset({KafkaError._TIMED_OUT, KafkaError.REQUEST_TIMED_OUT})


def translate(
    error: KafkaError, doing: str, *, brokers: str, causes: Sequence[KafkaError] = ()
) -> KafkaFailure:
    """Turn the library's error into a sentence with a next step.

    `doing` completes "could not …", for example "create the topic a.b". `causes` are what the
    client reported in the background: a request that found no broker says only "timed out",
    and the reason (refused connection, bad password) stands there.
    """
    if error.code() in _TIMED_OUT | _UNREACHABLE:
        return _unanswered(error, doing, brokers, causes)
    if error.code() in _SIGN_IN:
        return _sign_in(error, brokers)
    text = _text(error)
    if collision := _COLLISION.search(text):
        return CollisionError(
            f"Kafka refuses the topic {collision['new']!r}, because {collision['old']!r} exists "
            "and differs from it only in '.' and '_'",
            hint="Choose another stage name, or destroy the stage that the other topic belongs to",
        )
    for codes, failure, reason, hint in _KNOWN:
        if error.code() in codes:
            return failure(f"could not {doing}: {reason} ({text})", hint=hint)
    return KafkaFailure(
        f"could not {doing}: {text} ({error.name()})",
        hint="Try again" if error.retriable() else "Look into the brokers' logs at this time",
    )


def _unanswered(
    error: KafkaError, doing: str, brokers: str, causes: Sequence[KafkaError]
) -> KafkaFailure:
    for cause in causes:
        if cause.code() in _SIGN_IN or any(text in _text(cause) for text in _WRONG_PROTOCOL):
            return _sign_in(cause, brokers)
    reasons = [_text(cause) for cause in causes if cause.code() != KafkaError._ALL_BROKERS_DOWN]
    if reasons or causes or error.code() in _UNREACHABLE:
        reason = f" ({reasons[-1]})" if reasons else ""
        return UnreachableError(
            f"could not {doing}: no broker of {brokers} answers{reason}",
            hint="Check that the cluster runs, its address, and that the network lets you through",
        )
    return TimedOutError(
        f"could not {doing}: {brokers} did not answer in time",
        hint="Try again; if it stays so, look at the brokers' own health",
    )


def _sign_in(error: KafkaError, brokers: str) -> SignInError:
    return SignInError(
        f"the brokers {brokers} refuse the sign-in: {_text(error)}",
        hint="Check security under [kafka] against the brokers' port, and the credentials",
    )


def _text(error: KafkaError) -> str:
    return error.str().strip().rstrip(".")
