"""Keys that nothing reads: Kafka Connect ignores them without a word."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from wms_connector.connectors.converters import JSON_CONVERTER
from wms_connector.connectors.lint.definitions import Kind, client_settings, committed
from wms_connector.connectors.lint.names import (
    ALIASED,
    CLIENT_PREFIXES,
    CONVERTERS,
    FREE_PREFIXES,
    REMOVED,
    RENAMED,
    RENAMED_PREFIXES,
    WORKER_KEYS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.connectors.lint.finding import Finding
    from wms_connector.connectors.lint.subject import Subject

_OTHER_JDBC: Final = {
    Kind.JDBC_CONFLUENT: Kind.JDBC_AIVEN,
    Kind.JDBC_AIVEN: Kind.JDBC_CONFLUENT,
}


def check_keys(subject: Subject) -> Iterator[Finding]:
    """Find keys that are unknown, renamed, removed, or in the wrong place."""
    for key in sorted(subject.config):
        finding = _retired(subject, key)
        if finding is None and key not in subject.definitions.by_name:
            finding = _misplaced(subject, key) or _unread(subject, key)
        if finding is not None:
            yield finding


def _retired(subject: Subject, key: str) -> Finding | None:
    if not subject.kind.is_debezium:
        return None
    if (renamed := _renamed(key)) is not None:
        return subject.error(key, "it has another name now, and is ignored", f"Write {renamed}")
    if key in REMOVED and key not in subject.definitions.by_name:
        return subject.error(key, "it exists no longer, and is ignored", REMOVED[key])
    return None


def _misplaced(subject: Subject, key: str) -> Finding | None:
    if f"internal.{key}" in subject.definitions.by_name:
        message = "it is ignored: internal. is part of this key"
        return subject.error(key, message, f"Write internal.{key}")
    if key in WORKER_KEYS:
        message = "it is a setting of the worker, ignored here"
        return subject.error(key, message, "Set it in the worker's properties")
    other = _OTHER_JDBC.get(subject.kind)
    if other is not None and key in committed(other).by_name:
        message = f"it is a setting of the other JDBC plugin ({other}), ignored by this one"
        return subject.error(key, message, "Remove it, or change connector.class")
    return None


def _unread(subject: Subject, key: str) -> Finding | None:
    for prefix, client in CLIENT_PREFIXES.items():
        if key.startswith(prefix):
            return _client_fault(subject, key, prefix, client)
    if _is_free(subject, key) or _is_aliased(subject, key):
        return None
    if subject.kind.is_debezium and key.startswith("database."):
        return _database_fault(subject, key)
    return _unknown(subject, key, list(subject.definitions.by_name))


def _renamed(key: str) -> str | None:
    if key in RENAMED:
        return RENAMED[key]
    for old, new in RENAMED_PREFIXES.items():
        if key.startswith(old):
            return new + key.removeprefix(old)
    return None


def _client_fault(subject: Subject, key: str, prefix: str, client: str) -> Finding | None:
    setting = key.removeprefix(prefix)
    known = client_settings(client)
    # Sign-in modules bring settings of their own, for instance the IAM handler's.
    if setting in known or setting.startswith(("sasl.", "ssl.", "aws.")):
        return None
    return _unknown(subject, key, [f"{prefix}{name}" for name in known], f"a Kafka {client}")


def _is_free(subject: Subject, key: str) -> bool:
    return any(
        key.startswith(prefix) and subject.kind in kinds for prefix, kinds in FREE_PREFIXES.items()
    )


def _is_aliased(subject: Subject, key: str) -> bool:
    """Tell whether a key configures a transform, predicate or converter that is listed."""
    for listing, prefix in ALIASED.items():
        if any(key.startswith(f"{prefix}{alias}.") for alias in subject.words(listing)):
            return True
    return any(
        key.startswith(f"{converter}.") and subject.get(converter) not in {None, JSON_CONVERTER}
        for converter in CONVERTERS
    )


def _database_fault(subject: Subject, key: str) -> Finding:
    near = get_close_matches(key, subject.definitions.by_name, n=1, cutoff=0.85)
    setting = key.removeprefix("database.")
    return subject.warning(
        key,
        "the plugin does not define it; it would go to the JDBC driver as it stands",
        f"Did you mean {near[0]}?" if near else f"Write driver.{setting} if that is meant",
    )


def _unknown(subject: Subject, key: str, known: list[str], reader: str = "the plugin") -> Finding:
    near = get_close_matches(key, known, n=1, cutoff=0.75)
    return subject.error(
        key,
        f"{reader} does not know it, and ignores it",
        f"Did you mean {near[0]}?" if near else "Remove it",
    )
