"""The database that changes are read from: PostgreSQL, the Oracle stand-in, or an Oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wms_connector.local.sources.interface import Source
    from wms_connector.local.state import External, SourceName, State


def source_of(state: State) -> Source:
    """Give the source that a runtime was started with."""
    return source(state.source, state.external)


def source(name: SourceName, external: External | None = None) -> Source:
    """Give a source by its name; with `external`, an Oracle of the user's."""
    if external is not None:
        from wms_connector.local.sources.external import ExternalSource

        return ExternalSource(external)
    if name == "oracle":
        from wms_connector.local.sources.standin import StandinSource

        return StandinSource()
    from wms_connector.local.sources.postgres import PostgresSource

    return PostgresSource()
