"""One audit while it is made: what it was asked for, and what it has read so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from wms_connector.audit.collect import Collector, Gaps
    from wms_connector.audit.source import Source
    from wms_connector.events.reader import Partition, Range
    from wms_connector.model.table import Table

    Offsets = Callable[[], Sequence[Mapping[str, Any]]]

_PAUSE: Final = 0.2  # seconds between two looks at the connector's offset


class Step(NamedTuple):
    """Where the audit is: `rows`, `events`, `aborted`, `waiting`, `comparing`; of how many."""

    phase: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Options:
    """How to audit.

    `deadline`: seconds to wait for the connector. `settle`: seconds of quiet topics after which a
    comparison without a difference is taken for the answer at once. `examples`: keys to show of
    each kind. `folder`: where the temporary file goes. `uncommitted`: whether to read aborted
    records too. `chain`: whether to look for changes that are missing between others, which takes
    topics that are not compacted.
    """

    deadline: float = 120.0
    settle: float = 5.0
    examples: int = 5
    folder: Path | None = None
    uncommitted: bool = True
    chain: bool = True


@dataclass(slots=True)
class Audit:
    """The state that the steps share; partitions are known by topic and number."""

    source: Source
    topics: Mapping[Table, str]
    every: Any  # a consumer that reads all records, committed or not
    offsets: Offsets | None
    options: Options
    progress: Callable[[Step], None]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    collectors: dict[str, Collector] = field(default_factory=dict)
    starts: dict[Partition, Range] = field(default_factory=dict)
    ends: dict[Partition, Range] = field(default_factory=dict)
    gaps: dict[str, Gaps] = field(default_factory=dict)
    read: int = 0
    waited: float = 0.0

    def pause(self) -> None:
        """Wait a moment for the connector."""
        self.progress(Step("waiting", self.read, None))
        begun = self.clock()
        self.sleep(_PAUSE)
        self.waited += self.clock() - begun
