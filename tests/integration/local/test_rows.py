"""Prepared rows are the same in every database: what PostgreSQL makes is what others are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from wms_connector.local.rows import columns, row
from wms_connector.local.session_postgres import PostgresSession
from wms_connector.local.waves import WMS_TABLES

if TYPE_CHECKING:
    from wms_connector.local.status import LocalStatus


def test_both_make_the_same_rows(local: LocalStatus) -> None:
    first, count, seed = 900_000_000, 3000, 7
    for table in WMS_TABLES:
        names = ", ".join(f'"{name}"' for name in columns(table))
        query = (
            f'SELECT {names} FROM "{table.schema}"."{table.name}" WHERE "PLAN_WVR_ID" >= {first}'
            ' ORDER BY "PLAN_WVR_ID"'
        )
        with psycopg.connect(local.database_dsn) as connection:
            PostgresSession(connection).load(table, first, count, seed)
            made = connection.execute(query.encode()).fetchall()
            connection.rollback()
        assert made == [row(table, number, seed) for number in range(first, first + count)]
