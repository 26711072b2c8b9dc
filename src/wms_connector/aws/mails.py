"""What was mailed last of what, so that one thing is heard of once.

Events and alarms come at least once: twice at times. A worker may crash each minute, and nobody
wants such mail. And an alarm that was kept quiet says that all is well when it ends, to who never
heard that it was not. What a mail is about has one text here, which its successor is judged by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from wms_connector.aws.ledger_items import MAILS

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.aws.ledger_table import LedgerTable

    Decide: TypeAlias = Callable[[str], str | None]

QUIET_SECONDS: Final = 3_600.0
"""After an event no other of its kind is mailed for so long; alarms speak all the while."""
_TRIES: Final = 5
_RINGS: Final = "ALARM "


def event(now: float) -> Decide:
    """Decide by when one of its kind was mailed last; seconds since 1970."""

    def decide(last: str) -> str | None:
        return str(now) if not last or abs(now - float(last)) >= QUIET_SECONDS else None

    return decide


def change(state: str, at: str, *, over: bool = True) -> Decide:
    """Decide on an alarm's change by the change that was mailed last: none is mailed twice.

    `at` is the time of the change, as CloudWatch writes it. That all is well is told only who was
    told that it was not, and only if it is `over`: an alarm also ends when another one explains it.
    """
    new = f"{state} {at}"

    def decide(last: str) -> str | None:
        if state == "OK":
            return new if over and last.startswith(_RINGS) else None
        return None if last == new else new

    return decide


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail that its holder is to send, and nobody else."""

    mails: Mails
    about: str
    before: str

    def give_back(self) -> None:
        """It could not be sent: whoever tries next may. Raises AwsError."""
        if self.before:
            values = {"before": {"S": self.before}}
            self.mails.table.update(MAILS, f"SET #{self.about} = :before", values=values)
        else:
            self.mails.table.update(MAILS, f"REMOVE #{self.about}")


@dataclass(frozen=True, slots=True)
class Mails:
    """The item `mails`. Every method raises an AwsError."""

    table: LedgerTable

    def claim(self, about: str, decide: Decide) -> Claim | None:
        """Claim a mail about something; None if it is not to be sent.

        `decide` gets the text that was noted last, empty for none, and gives the one to note now,
        or None. Of several at once one gets the claim, and the others decide anew.
        """
        attribute = re.sub(r"\W", "_", about)
        before = ""
        for _ in range(_TRIES):
            item = self.table.get(MAILS) or {}
            before = str(item.get(attribute, {}).get("S", ""))
            if (new := decide(before)) is None:
                return None
            if self._note(attribute, before, new):
                break
        return Claim(self, attribute, before)

    def _note(self, attribute: str, before: str, new: str) -> bool:
        expression, values = f"SET #{attribute} = :new", {"new": {"S": new}}
        if before:
            condition = f"#{attribute} = :before"
            values["before"] = {"S": before}
        else:
            condition = f"attribute_not_exists(#{attribute})"
        return self.table.update(MAILS, expression, condition, values) is not None
