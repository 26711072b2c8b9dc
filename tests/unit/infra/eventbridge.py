"""Matching an event against a pattern as EventBridge does, as far as this product's patterns go.

"Amazon EventBridge event patterns" of its guide: every field of the pattern has to match, what the
pattern does not name does not matter; a list of the event matches by any of its values.
"""

from __future__ import annotations

from typing import Any


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether the event has what the pattern asks for."""
    return all(_field(wanted, event.get(name)) for name, wanted in pattern.items())


def _field(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(value, dict) and matches(wanted, value)
    values = value if isinstance(value, list) else [value]
    return any(_one(choice, one) for choice in wanted for one in values)


def _one(choice: Any, value: Any) -> bool:
    if not isinstance(choice, dict):
        return bool(choice == value)
    ((how, what),) = choice.items()
    if how != "prefix":
        raise AssertionError(f"no pattern of ours had {how!r} so far")
    return isinstance(value, str) and value.startswith(what)
