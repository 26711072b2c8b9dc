"""Values of a wrong type, out of range, not among the allowed ones, or missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wms_connector.connectors.lint.masking import REFERENCE
from wms_connector.connectors.lint.names import ALIASED, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.connectors.lint.definitions import Definition
    from wms_connector.connectors.lint.finding import Finding
    from wms_connector.connectors.lint.subject import Subject

_BITS: Final = {"short": 16, "int": 32, "long": 64}
_HIGHEST_PORT: Final = 65_535
# Key to lowest and highest value; None is no limit. Plugins report no ranges.
RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    "batch.max.rows": (1, None),
    "connection.attempts": (1, None),
    "connection.backoff.ms": (0, None),
    "database.port": (1, _HIGHEST_PORT),
    "errors.max.retries": (-1, None),
    "heartbeat.interval.ms": (0, None),
    "max.batch.size": (1, None),
    "max.queue.size": (1, None),
    "max.queue.size.in.bytes": (0, None),
    "poll.interval.ms": (1, None),
    "query.retry.attempts": (-1, None),
    "retriable.restart.connector.wait.ms": (1, None),
    "snapshot.fetch.size": (1, None),
    "snapshot.max.threads": (1, None),
    "tasks.max": (1, None),
    "timestamp.delay.interval.ms": (0, None),
}
_GONE_MODES: Final = {
    "schema_only": "no_data",
    "schema_only_recovery": "recovery",
    "initial_schema_only": "no_data",
    "never": "no_data",
    "exported": "initial",
}


def check_values(subject: Subject) -> Iterator[Finding]:
    """Check each value against its definition, and that nothing required is missing."""
    for key in sorted(subject.config):
        definition = subject.definitions.by_name.get(key)
        value = subject.config[key].strip()
        if definition is None or REFERENCE.search(value):
            continue
        if (finding := _fault(subject, definition, value)) is not None:
            yield finding
    yield from _missing(subject)
    yield from _aliases_without_type(subject)


def _fault(subject: Subject, definition: Definition, value: str) -> Finding | None:
    key = definition.name
    if definition.type == "boolean" and value.lower() not in {"true", "false"}:
        return subject.error(key, "it is no boolean", "Write true or false")
    if definition.type == "double" and not _is_decimal(value):
        return subject.error(key, "it is no number", "Write a number, for example 0.5")
    if definition.type in _BITS:
        return _number_fault(subject, definition, value)
    if key == "snapshot.mode" and value.lower() in _GONE_MODES:
        return subject.error(
            key, "this mode exists no longer", f"Write {_GONE_MODES[value.lower()]}"
        )
    allowed = {choice.lower() for choice in definition.values}
    if allowed and value.lower() not in allowed:
        return subject.error(
            key, "it is not among the allowed values", f"Write {' or '.join(definition.values)}"
        )
    return None


def _number_fault(subject: Subject, definition: Definition, value: str) -> Finding | None:
    key, bits = definition.name, _BITS[definition.type]
    if not re.fullmatch(r"[+-]?\d+", value):
        return subject.error(
            key, f"it is no whole number ({definition.type})", "Write digits, without unit or point"
        )
    low, high = RANGES.get(key, (None, None))
    lowest = -(2 ** (bits - 1)) if low is None else low
    highest = 2 ** (bits - 1) - 1 if high is None else high
    if not lowest <= int(value) <= highest:
        return subject.error(
            key, "it is out of range", f"Write a number from {lowest} to {highest}"
        )
    return None


def _is_decimal(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _missing(subject: Subject) -> Iterator[Finding]:
    # Whoever registers a connector gives its name beside the configuration.
    reported = (name for name, d in subject.definitions.by_name.items() if d.required)
    required = ({*REQUIRED[subject.kind], *reported} - {"name"}) - _url_instead(subject)
    for key in sorted(required):
        if not subject.config.get(key, "").strip():
            yield subject.error(key, "it is required", "Add it")


def _url_instead(subject: Subject) -> set[str]:
    return {"database.hostname"} if subject.config.get("database.url") else set()


def _aliases_without_type(subject: Subject) -> Iterator[Finding]:
    for listing, prefix in ALIASED.items():
        for alias in subject.words(listing):
            key = f"{prefix}{alias}.type"
            if key not in subject.config:
                yield subject.error(
                    key, f"{listing} names {alias}, which has no type", "Add its class"
                )
