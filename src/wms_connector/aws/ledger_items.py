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
"""The last health check: `at` (N, seconds since 1970), `verdict` (S)."""
