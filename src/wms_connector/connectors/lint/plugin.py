"""What the plugin itself says against a configuration, without what it resolved to say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wms_connector.connectors.lint.finding import Finding, Severity
from wms_connector.connectors.lint.masking import REFERENCE, is_secret_key, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def plugin_findings(answer: Mapping[str, Any], config: Mapping[str, str]) -> list[Finding]:
    """Read the errors of a validation's answer.

    The worker resolves references before it validates, so that a message may repeat a secret.
    Where the key's value holds a reference, and where the key is a secret's, a message is cut at
    its first colon or quotation mark, before which the plugins say what is wrong.
    """
    return list(_findings(answer, config))


def _findings(answer: Mapping[str, Any], config: Mapping[str, str]) -> Iterator[Finding]:
    unsafe = any(REFERENCE.search(value) for value in config.values())
    for entry in answer["configs"]:
        value = entry.get("value") or {}
        key = value.get("name", "")
        own = config.get(key)
        for message in value.get("errors") or ():
            text = _beginning(message) if unsafe or is_secret_key(key) else message
            yield Finding(
                Severity.ERROR, key, shown(key, own), f"the plugin refuses it: {text}", "Mend it"
            )


def _beginning(message: str) -> str:
    for mark in (":", "'", '"', "\n"):
        message = message.partition(mark)[0]
    return message.strip()
