"""The database of an audit, whichever it is."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from wms_connector.cli.database import is_oracle, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.audit.source import Source
    from wms_connector.model.pipeline import Pipeline


@contextlib.contextmanager
def audited(dsn: str, pipeline: Pipeline) -> Iterator[Source]:
    """Open the source of an audit; raises WmsError, and no message holds a password."""
    if is_oracle(dsn):
        from wms_connector.audit.oracle import OracleSource

        with signed_in(dsn) as database:
            yield OracleSource(database, large=pipeline.debezium.lob_enabled)
        return
    from wms_connector.audit.postgres import PostgresSource
    from wms_connector.local.connected import connected

    with connected(dsn) as connection:
        yield PostgresSource(connection)
