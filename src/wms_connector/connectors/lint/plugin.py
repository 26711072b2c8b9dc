"""What the plugin itself says against a configuration, without what it resolved to say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wms_connector.connectors.lint.finding import Finding, Severity
from wms_connector.connectors.lint.masking import REFERENCE, shown
from wms_connector.model.masking import is_secret_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SAFE_BEGINNINGS: Final = ("Unable to connect", "Missing required configuration")
_WITHHELD: Final = "its words are withheld, because they may repeat what a reference stands for"


def plugin_findings(answer: Mapping[str, Any], config: Mapping[str, str]) -> list[Finding]:
    """Read the errors of the answer to `PUT /connector-plugins/<class>/config/validate`.

    The worker resolves references before it validates, so that a message may repeat a secret.
    A message is shown whole only where the configuration itself holds the value that it speaks
    of; else its beginning, where that is known to say nothing, or not at all.
    """
    return list(_findings(answer, config))


def _findings(answer: Mapping[str, Any], config: Mapping[str, str]) -> Iterator[Finding]:
    for entry in answer["configs"]:
        value = entry.get("value") or {}
        key = value.get("name", "")
        for message in value.get("errors") or ():
            said = message if _is_harmless(key, config.get(key), message) else _beginning(message)
            told = f"the plugin refuses it: {said}"
            yield Finding(Severity.ERROR, key, shown(key, config.get(key)), told, "Mend it")


def _is_harmless(key: str, own: str | None, message: str) -> bool:
    if own is None or is_secret_key(key) or REFERENCE.search(own):
        return False
    return not message.startswith(_SAFE_BEGINNINGS)


def _beginning(message: str) -> str:
    return next((text for text in _SAFE_BEGINNINGS if message.startswith(text)), _WITHHELD)
