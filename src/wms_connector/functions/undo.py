"""Whether an update of the registration takes back one that has failed.

CloudFormation's roll-back is an update like any other, and its event does not say so. So an update
that fails leaves in the ledger which one would take it back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wms_connector.aws.errors import AwsError
from wms_connector.aws.properties import CONNECTORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wms_connector.functions.place import Place


@dataclass(frozen=True, slots=True)
class Update:
    """One update, by the properties before (empty for a creation) and after it. Never raises.

    Without the ledger it is taken for an ordinary one, and `told` hears why.
    """

    place: Place
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    told: Callable[[str], object] = str

    def is_undo(self) -> bool:
        """Tell whether it takes back the update that failed last."""
        if not self.before:
            return False
        name = _name(self.before, self.after)
        return self._asked(lambda: self.place.ledger.is_undo(name)) is True

    def has_failed(self) -> None:
        """Remember what would take it back."""
        if self.before:
            name = _name(self.after, self.before)
            self._asked(lambda: self.place.ledger.note_undo(name))

    def went_well(self) -> None:
        """Forget what failed before."""
        if self.before:
            self._asked(self._forgotten)

    def _forgotten(self) -> None:
        self.place.ledger.forget_undo()

    def _asked(self, question: Callable[[], bool | None]) -> bool | None:
        try:
            return question()
        except AwsError as refused:
            self.told(f"whether an update takes another back is not known: {refused.what}")
            return None


def _name(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{_digest(before)} to {_digest(after)}"


def _digest(properties: Mapping[str, Any]) -> str:
    return hashlib.sha256(str(properties.get(CONNECTORS, "")).encode()).hexdigest()
