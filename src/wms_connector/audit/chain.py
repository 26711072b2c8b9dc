"""Whether a key's changes lead from one to the next, in whatever order they are looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wms_connector.audit.layout import number

if TYPE_CHECKING:
    from wms_connector.audit.store import Event

READS: Final = frozenset({"r", "i"})
"""Operations of rows that a snapshot read; they say what is there, and not what changed."""

_WRAP: Final = 1 << 64


@dataclass(slots=True)
class Chain:
    """The changes of one key, added up.

    Each takes the row before it away and puts the row after it there. Whatever a change leaves, the
    next takes: so the sum of all is the last row, less the one that a snapshot read in the
    beginning. A change that is missing in between leaves two rows in the sum that do not belong.
    """

    total: int = 0
    reads: set[int] = field(default_factory=set)
    has_begun: bool = False  # with the row of a snapshot of the whole table
    read_at: int = -1
    changed_at: int | None = None
    mask: int | None = None
    known: bool = True

    def take(self, event: Event) -> None:
        """Add a change or a read of the cut."""
        if event.before is None or self.mask not in {None, event.mask}:
            self.known = False  # the row before is not known, or has other columns
            return
        self.mask = event.mask
        after = number(event.digest)
        if event.op in READS:
            self.reads.add(after)
            self.has_begun = self.has_begun or event.op == "r"
            self.read_at = max(self.read_at, event.place)
            return
        self.total += after - event.before
        if self.changed_at is None or event.place < self.changed_at:
            self.changed_at = event.place

    def is_whole(self, last: bytes) -> bool | None:
        """Whether no change is missing before the one that left a row with this hash.

        Nothing if that cannot be told: a key that was read again after it had changed, as a new
        snapshot does, may have changed unseen before.
        """
        if not self.known:
            return None
        rest = number(last) - self.total
        starts = self.reads if self.has_begun else {0, *self.reads}
        if any((rest - start) % _WRAP == 0 for start in starts):
            return True
        again = len(self.reads) > 1 or (
            self.changed_at is not None and self.read_at > self.changed_at
        )
        return None if again else False
