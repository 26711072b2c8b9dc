"""What the rules look at: a configuration, with small questions that they all ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wms_connector.connectors.lint.finding import Finding, Severity
from wms_connector.connectors.lint.masking import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.connectors.lint.definitions import Definitions, Kind


@dataclass(frozen=True, slots=True)
class Subject:
    """A configuration, the settings that its plugin defines, and which plugin it is."""

    config: Mapping[str, str]
    definitions: Definitions
    kind: Kind

    def get(self, key: str) -> str | None:
        """Give what will hold: the configuration's value, else the plugin's default."""
        if key in self.config:
            return self.config[key]
        definition = self.definitions.by_name.get(key)
        return definition.default if definition else None

    def is_true(self, key: str) -> bool:
        """Whether a boolean setting is on."""
        return (self.get(key) or "").strip().lower() == "true"

    def number(self, key: str) -> int | None:
        """Give a whole number, or None where there is none (also for a reference)."""
        try:
            return int((self.get(key) or "").strip())
        except ValueError:
            return None

    def words(self, key: str) -> list[str]:
        """Give the entries of a list, trimmed."""
        return [word.strip() for word in (self.get(key) or "").split(",") if word.strip()]

    def error(self, key: str, message: str, instead: str) -> Finding:
        """Make a finding of severity error about a key, with what holds for it."""
        return self._finding(Severity.ERROR, key, message, instead)

    def warning(self, key: str, message: str, instead: str) -> Finding:
        """Make a finding of severity warning about a key, with what holds for it."""
        return self._finding(Severity.WARNING, key, message, instead)

    def _finding(self, severity: Severity, key: str, message: str, instead: str) -> Finding:
        return Finding(severity, key, shown(key, self.config.get(key)), message, instead)
