"""Settings of any connector that lose records, repeat them, or show a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connectors.converters import JSON_CONVERTER
from wms_connector.connectors.lint.masking import holds_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.connectors.lint.finding import Finding
    from wms_connector.connectors.lint.subject import Subject

_PRODUCER: Final = "producer.override."
_ORDERED_REQUESTS: Final = 5
_REPLACED: Final = "value.converter.replace.null.with.default"


def check_delivery(subject: Subject) -> Iterator[Finding]:
    """Check what holds for every source connector."""
    yield from _secrets(subject)
    yield from _producer(subject)
    if (
        subject.get("value.converter") == JSON_CONVERTER
        and (subject.get(_REPLACED) or "true").strip().lower() != "false"
    ):
        yield subject.error(
            _REPLACED,
            "a column that is NULL arrives as its default, which no row ever held",
            "Write false",
        )
    if subject.get("errors.tolerance") == "all":
        yield subject.error(
            "errors.tolerance",
            "records that fail to convert are dropped without a word",
            "Write none",
        )
    if "exactly.once.support" not in subject.config:
        yield subject.warning(
            "exactly.once.support",
            "without it the connector runs at-least-once where its worker does not offer more",
            "Write required, or requested where at-least-once is meant",
        )


def _secrets(subject: Subject) -> Iterator[Finding]:
    for key in sorted(subject.config):
        if holds_secret(key, subject.config[key]):
            yield subject.error(
                key,
                "a credential stands here in plain text, which REST shows and a topic keeps",
                "Write a reference, for example ${env:DB_PASSWORD}",
            )


def _producer(subject: Subject) -> Iterator[Finding]:
    acks = subject.get(f"{_PRODUCER}acks")
    if acks not in {None, "all", "-1"}:
        yield subject.error(
            f"{_PRODUCER}acks", "a broker's failure loses records", "Write all, or remove it"
        )
    if (subject.get(f"{_PRODUCER}enable.idempotence") or "true").lower() != "true":
        yield subject.error(
            f"{_PRODUCER}enable.idempotence",
            "a retried request repeats records, and exactly-once delivery is refused",
            "Write true, or remove it",
        )
    flying = subject.number(f"{_PRODUCER}max.in.flight.requests.per.connection")
    if flying is not None and flying > _ORDERED_REQUESTS:
        yield subject.error(
            f"{_PRODUCER}max.in.flight.requests.per.connection",
            "idempotence keeps the order with at most five requests on their way",
            "Write 5",
        )
    for name in ("bootstrap.servers", "transactional.id", "sasl.jaas.config"):
        if f"{_PRODUCER}{name}" in subject.config:
            yield subject.error(
                f"{_PRODUCER}{name}",
                "a connector that chooses its own cluster, id or sign-in escapes its stage",
                "Remove it: the worker's own holds",
            )
