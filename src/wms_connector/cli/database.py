"""A connection to PostgreSQL whose failure is a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from psycopg import Connection


def connected(dsn: str) -> Connection[Any]:
    """Connect; raises WmsError without the DSN, which may hold a password."""
    try:
        return psycopg.connect(dsn, connect_timeout=10, application_name="wms-connector")
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "no reason given"
        raise WmsError(
            f"the database cannot be reached: {reason}",
            hint="Check that it runs, and the --dsn if one was given",
        ) from None
