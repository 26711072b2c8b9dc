from __future__ import annotations

import pytest
from tests.unit.oracle.fakes import Answer, FakeConnection, RefusedError

from wms_connector.oracle.database import Database
from wms_connector.oracle.errors import AddressError, OracleFailure
from wms_connector.oracle.flush import drop_flush_table

TABLE = "LOG_MINING_FLUSH_FEATURE_A"


def connection(count: int, drop: Answer | None = None) -> FakeConnection:
    return FakeConnection(
        [("user_tables", Answer(("N",), [(count,)])), ("DROP", drop or Answer(count=0))]
    )


def test_the_user_s_own_table_of_this_name_is_dropped() -> None:
    fake = connection(1)
    assert drop_flush_table(Database(fake), TABLE) is True
    assert fake.asked[0][1] == {"name": TABLE}
    assert fake.asked[1][0] == f"DROP TABLE {TABLE} PURGE"
    assert fake.call_timeout > 0


def test_one_that_is_not_there_is_not_dropped() -> None:
    fake = connection(0)
    assert drop_flush_table(Database(fake), TABLE) is False
    assert len(fake.asked) == 1


def test_a_refusal_keeps_oracle_s_code() -> None:
    with pytest.raises(OracleFailure, match="ORA-01031"):
        drop_flush_table(Database(connection(1, Answer(error=RefusedError("ORA-01031")))), TABLE)


def test_what_is_no_name_reaches_no_statement() -> None:
    fake = connection(1)
    with pytest.raises(AddressError):
        drop_flush_table(Database(fake), "X PURGE; DROP TABLE Y")
    assert fake.asked == []
