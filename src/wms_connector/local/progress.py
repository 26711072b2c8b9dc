"""What the runtime tells while it works; whoever calls decides how it is shown."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives what happens. Called from several threads at once."""

    def begin(self, task: str) -> None:
        """Something has begun, for instance `PostgreSQL`."""

    def end(self, task: str, detail: str) -> None:
        """It is done; the detail says how, for instance `ready in 0.6 s on port 31234`."""

    def transfer(self, done: int, total: int) -> None:
        """So many bytes of all artefacts have arrived."""

    def note(self, text: str) -> None:
        """Tell something worth knowing that is no error."""


class Silent:
    """Shows nothing."""

    def begin(self, task: str) -> None:
        """Show nothing."""

    def end(self, task: str, detail: str) -> None:
        """Show nothing."""

    def transfer(self, done: int, total: int) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""
