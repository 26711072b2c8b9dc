"""What an audit needs of a database, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from wms_connector.audit.layout import Layout
    from wms_connector.events.records import Change
    from wms_connector.model.table import Table

Offsets = "Sequence[Mapping[str, Any]]"


class Cut(Protocol):
    """One consistent state of the database, and the events that belong to it."""

    @property
    def position(self) -> int:
        """Where the cut lies in the source's log; every change in it was committed before."""

    def rows(self, layout: Layout) -> Iterator[bytes]:
        """Yield the table's rows in this state, as `layout` writes them. May be called again."""

    def contains(self, change: Change) -> bool:
        """Whether the change is part of this state."""

    def passed(self, offsets: Sequence[Mapping[str, Any]]) -> bool:
        """Whether a connector with these offsets has delivered all that belongs to the state.

        `offsets` is the list in Kafka Connect's reply to `GET /connectors/<name>/offsets`.
        """


class Source(Protocol):
    """A database."""

    def describe(self, tables: Iterable[Table]) -> list[Layout]:
        """Tell how each table is compared; raises AuditError for one that is not there."""

    def ready(self, offsets: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the connector is past its snapshot, so that a cut can be taken."""

    def cut(self) -> AbstractContextManager[Cut]:
        """Fix the state of this moment until the context ends."""
