"""What a stage's ledger (a DynamoDB table with the key `id`) holds, by `id`."""

from __future__ import annotations

from typing import Final

KEY: Final = "id"
"""The table's only key, a string."""

TOPICS: Final = "topics"
"""`names` (SS): every topic that was ever meant to be created for the stage."""

DELETION: Final = "deletion"
"""What the deletion of the topics leaves: `topics` (N, how many were deleted), `flush_table` (S,
absent if there can be none), `dropped` (BOOL), `reason` (S, why the table was not dropped)."""

REGISTRATION: Final = "registration"
"""Failures of the registration: `request` (S, CloudFormation's id), `failures` (N), and `undo` (S,
which update would take back the last one that failed)."""

HEALTH: Final = "health"
"""The last health check: `at` (N, seconds since 1970), `interval` (N, seconds between two checks),
`severity` (S), and as JSON (S) `findings` (the worst, as `Finding.as_json`), `waits`, `restarts`
and `history` (`health.history.History`)."""

RESTARTS: Final = "restarts"
"""Restarts that were attempted: `version` (N, raised by every write), `attempts` (S, JSON)."""

SIGN_IN: Final = "sign-in"
"""The last sign-in to the database that was refused: `version` (S, of the secret), `at` (N),
`reason` (S). Absent when the last one was taken."""

ROTATION: Final = "rotation"
"""`versions` (S, JSON: secret's path -> version): with which the workers were replaced last, and
`stopped` (S): why nothing was replaced since, absent if nothing stands in the way."""

MAILS: Final = "mails"
"""What was mailed last (S), by what it was about: of an event when (seconds since 1970), of an
alarm its state and since when."""
