from __future__ import annotations

import pytest
from tests.unit.oracle.fakes import Answer, FakeConnection, RefusedError

from wms_connector.model.table import Table
from wms_connector.oracle.database import Database
from wms_connector.oracle.ddl import changed_since
from wms_connector.oracle.errors import OracleFailure

TABLES = (Table("WMS", "A"), Table("WMS", "B"), Table("WMS", "C"))


class Dictionary(FakeConnection):
    """Tells of A that it was changed, of B that it was not, and does not show C."""

    def answer(self, sql: str) -> Answer:
        binds = self.asked[-1][1]
        rows = {"A": [(1,)], "B": [(0,)], "C": []}[binds["name"]]
        return Answer(("CHANGED",), rows)


def test_changed_and_unseen_tables_are_told_apart() -> None:
    connection = Dictionary()
    found = changed_since(Database(connection), TABLES, 77)
    assert found.changed == (TABLES[0],)
    assert found.unseen == (TABLES[2],)
    assert all(binds["owner"] == "WMS" and binds["scn"] == 77 for _, binds in connection.asked)


def test_a_position_that_is_too_old_is_oracle_s_to_refuse() -> None:
    stale = FakeConnection([(".", Answer(error=RefusedError("ORA-08181")))])
    with pytest.raises(OracleFailure, match="ORA-08181"):
        changed_since(Database(stale), TABLES, 1)
