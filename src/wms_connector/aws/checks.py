"""The last health check, as the ledger keeps it: for the next one, for mails and for operators."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wms_connector.aws.errors import AwsError
from wms_connector.aws.ledger_items import HEALTH
from wms_connector.health.history import History

if TYPE_CHECKING:
    from wms_connector.aws.ledger_table import LedgerTable
    from wms_connector.health.budget import Budget
    from wms_connector.health.verdict import Verdict

FINDINGS: Final = 100
"""Findings that are kept, the worst first: an item of DynamoDB holds 400 KB."""
_TEXT: Final = 600  # characters of a text in a finding


class Restarts(BaseModel):
    """Restarts that may still be attempted; `allowed_at` in seconds since 1970."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    limit: int
    left: int
    allowed_at: float | None = None

    @classmethod
    def of(cls, budget: Budget) -> Self:
        """Take them from a budget."""
        return cls(limit=budget.limit, left=budget.left, allowed_at=budget.allowed_at)


class Check(BaseModel):
    """A check, as it can be told: `at` and `interval` in seconds (since 1970; between two).

    `severity` is the worst finding's, in small letters; `findings` are `Finding.as_json` each, the
    worst first; `waits` says, by connector, why one that FAILED is not restarted.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: float
    interval: float
    severity: str
    findings: tuple[Mapping[str, Any], ...] = ()
    waits: Mapping[str, str] = Field(default_factory=dict)
    restarts: Restarts | None = None

    @property
    def healthy(self) -> bool:
        """Whether nobody has to act."""
        return self.severity == "info"

    def of_kind(self, kind: str) -> tuple[Mapping[str, Any], ...]:
        """Give the findings of one kind."""
        return tuple(finding for finding in self.findings if finding.get("id") == kind)

    @classmethod
    def of(cls, verdict: Verdict, interval: float, restarts: Restarts | None = None) -> Self:
        """Take it from a verdict."""
        return cls(
            at=verdict.at,
            interval=interval,
            severity=verdict.severity.name.lower(),
            findings=tuple(
                {key: _cut(value) for key, value in finding.as_json().items()}
                for finding in verdict.findings[:FINDINGS]
            ),
            waits=dict(verdict.waits),
            restarts=restarts,
        )


@dataclass(frozen=True, slots=True)
class Checks:
    """The item `health`. Every method raises an AwsError."""

    table: LedgerTable

    def last(self) -> Check | None:
        """Give the last check; None if there was none."""
        item = self.table.get(HEALTH)
        return None if item is None else _check(item)

    def history(self) -> History:
        """Give what the next check has to know of those before it.

        What cannot be read, perhaps because another version has written it, is as good as none:
        the check that asks writes it anew.
        """
        item = self.table.get(HEALTH) or {}
        try:
            return History.model_validate_json(item["history"]["S"])
        except (KeyError, TypeError, ValidationError):
            return History()

    def write(self, check: Check, history: History) -> bool:
        """Keep a check, unless a later one is there already; tells whether it was kept."""
        item = {
            "at": {"N": str(check.at)},
            "interval": {"N": str(check.interval)},
            "severity": {"S": check.severity},
            "history": {"S": history.model_dump_json()},
            **{
                key: {"S": json.dumps(value, ensure_ascii=False)}
                for key, value in check.model_dump(mode="json").items()
                if key in {"findings", "waits", "restarts"}
            },
        }
        later = "attribute_not_exists(#at) OR #at <= :at"
        return self.table.put(HEALTH, item, later, {"at": {"N": str(check.at)}})


def _check(item: Mapping[str, Any]) -> Check:
    try:
        texts = {
            key: json.loads(item[key]["S"])
            for key in ("findings", "waits", "restarts")
            if key in item
        }
        return Check(
            at=float(item["at"]["N"]),
            interval=float(item["interval"]["N"]),
            severity=item["severity"]["S"],
            **texts,
        )
    except (KeyError, TypeError, ValueError):
        raise AwsError(
            f"the item `{HEALTH}` of the ledger cannot be read",
            hint="The next check writes it anew",
        ) from None


def _cut(value: Any) -> Any:
    return value[:_TEXT] if isinstance(value, str) else value
