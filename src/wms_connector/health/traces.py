"""What a trace of a FAILED task says of a restart: the error catalogue, asked for that alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wms_connector.connect.trace import causes
from wms_connector.oracle.catalogue import ENTRIES, explain

if TYPE_CHECKING:
    from wms_connector.oracle.catalogue import Entry

SIGN_IN: Final = frozenset({
    "wrong-password", "account-locked", "password-expired", "no-create-session", "no-verifier",
    "postgres-sign-in",
})  # fmt: skip
"""Entries of a user that may not sign in: each further try can lock the account."""

POSITION: Final = frozenset({"restart-point-purged", "resetlogs", "slot-missing", "slot-lost"})
"""Entries of a restart point that the source no longer has."""

TOPIC: Final = frozenset({"unknown-topic", "topic-not-made", "schema-history-not-made"})
"""Entries that a restart heals, but not before a topic is there."""

_KNOWN: Final = frozenset(entry.key for entry in ENTRIES)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something FAILED. `kind` is what it is reported as where no restart heals it, else empty.

    `line` is one readable line, redacted as the trace is; `entry` is None for an unknown error.
    """

    kind: str
    line: str
    entry: Entry | None = None

    @property
    def step(self) -> str:
        """Who has to do what; empty for an unknown error."""
        return f"{self.entry.who}: {self.entry.step}" if self.entry else ""

    @property
    def wants_topic(self) -> bool:
        """Whether it fails until a topic is there."""
        return self.entry is not None and self.entry.key in TOPIC


def trouble(trace: str) -> Trouble:
    """Read a trace. An error that nobody knows may pass, so it is no obstacle to a restart.

    A refused sign-in counts wherever it stands in the trace; of the rest, the root cause does.
    """
    entries = explain(trace)
    roots = [entry for entry in entries if not entry.frame]
    refused = next((entry for entry in roots if entry.key in SIGN_IN), None)
    entry = refused or next(iter(roots), None)
    if entry is None or entry.key not in _KNOWN:
        return Trouble("", _last(trace))
    line = f"{entry.name}: {entry.meaning}"
    if refused is not None:
        return Trouble("login-refused", line, entry)
    if entry.key in POSITION:
        return Trouble("position-lost", line, entry)
    return Trouble("" if entry.restart else "restart-useless", line, entry)


def refuses_sign_in(text: str) -> str:
    """Say in a line how a text tells of a refused sign-in; empty if it does not."""
    found = trouble(text)
    return found.line if found.kind == "login-refused" else ""


def _last(trace: str) -> str:
    told = causes(trace)
    return told[-1] if told else "Kafka Connect gives no reason"
