"""What lint says about a configuration."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HIDDEN: Final = "[hidden]"


class Severity(StrEnum):
    """`error`: it will not run, or loses data or a secret. `warning`: it will surprise."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `key` may be one that is missing; then `value` is None.

    `message` says what is wrong and why it matters; `instead` what to write. A value that may be
    a secret is replaced by `[hidden]` before a finding is made.
    """

    severity: Severity
    key: str
    value: str | None
    message: str
    instead: str

    def __str__(self) -> str:
        """One line, as the command line prints it."""
        shown = self.key if self.value is None else f"{self.key}={self.value}"
        return f"{self.severity}: {shown}: {self.message}. {self.instead}"
