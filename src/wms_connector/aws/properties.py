"""What the two custom resources carry in the template: written by the stack, read by handlers.

CloudFormation makes a string of every value, so each property is a string, and a list or an object
is canonical JSON: a property changes when what it says changes, and only then. The whole of what is
desired stands in them, so a roll-back brings the former state back, whatever code runs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from wms_connector.aws.canonical import canonical
from wms_connector.kafka.topics import DesiredTopic, Purpose
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TOPICS: Final = "Topics"
"""Property: the desired topics, a list of {name, purpose, partitions, replication, configs}."""
KEEP: Final = "Keep"
"""Property: "true" where the topics outlive the stack."""
CONNECTORS: Final = "Connectors"
"""Property: {connector: {key: value}}; references to the worker's environment, no secret."""
DELIVERY: Final = "Delivery"
"""Property: the pipeline's delivery, for people who read the template."""

_CONFIGS: Final = TypeAdapter(dict[str, dict[str, str]])


def topics_properties(desired: Iterable[DesiredTopic], *, keep: bool) -> dict[str, str]:
    """Write what the resource of the topics desires."""
    topics = [
        {
            "name": topic.name,
            "purpose": topic.purpose.value,
            "partitions": topic.partitions,
            "replication": topic.replication,
            "configs": dict(topic.settings),
        }
        for topic in sorted(desired, key=lambda topic: topic.name)
    ]
    return {TOPICS: canonical(topics), KEEP: "true" if keep else "false"}


def topics_of(properties: Mapping[str, Any]) -> tuple[DesiredTopic, ...]:
    """Read what the resource of the topics desires, sorted by name; raises WmsError."""
    try:
        return tuple(
            DesiredTopic(
                name=str(topic["name"]),
                purpose=Purpose(topic["purpose"]),
                partitions=int(topic["partitions"]),
                replication=int(topic["replication"]),
                settings={str(key): str(value) for key, value in topic["configs"].items()},
            )
            for topic in json.loads(properties[TOPICS])
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _unreadable(TOPICS) from None


def registration_properties(
    connectors: Mapping[str, Mapping[str, str]], *, delivery: str
) -> dict[str, str]:
    """Write what the resource of the registration desires."""
    configs = {name: dict(config) for name, config in connectors.items()}
    return {CONNECTORS: canonical(configs), DELIVERY: delivery}


def connectors_of(properties: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Read each connector's configuration; raises WmsError."""
    try:
        return _CONFIGS.validate_json(properties[CONNECTORS], strict=True)
    except (ValidationError, KeyError):
        raise _unreadable(CONNECTORS) from None


def _unreadable(key: str) -> WmsError:
    return WmsError(
        f"the property {key} of the custom resource cannot be read",
        hint="Deploy the stack again with this version",
    )
