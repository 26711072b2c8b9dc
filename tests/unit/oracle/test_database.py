from __future__ import annotations

import pytest
from tests.unit.oracle.fakes import Answer, FakeConnection, RefusedError

from wms_connector.oracle.database import Database
from wms_connector.oracle.errors import OracleFailure, translated


def test_rows_come_under_the_names_that_oracle_keeps() -> None:
    connection = FakeConnection([("from t", Answer(("id", "Name"), [(1, "a"), (2, None)]))])
    with Database(connection) as database:
        assert database.query("SELECT id, name FROM t WHERE id > :id", id=0) == [
            {"ID": 1, "NAME": "a"},
            {"ID": 2, "NAME": None},
        ]
        assert database.one("SELECT * FROM t") == {"ID": 1, "NAME": "a"}
        assert database.scalar("SELECT * FROM t") == 1
        assert list(database.stream("SELECT * FROM t", batch=1)) == [(1, "a"), (2, None)]
    assert connection.asked[0][1] == {"id": 0}
    assert connection.did[-1] == "close"
    assert connection.did.count("close cursor") == len(connection.asked)


def test_no_row_is_none() -> None:
    database = Database(FakeConnection([("from t", Answer(("ID",)))]))
    assert database.one("SELECT id FROM t") is None
    assert database.scalar("SELECT id FROM t") is None
    assert database.query("SELECT id FROM t") == []


def test_statements_tell_how_many_rows_they_touched() -> None:
    connection = FakeConnection([("delete", Answer(count=3))])
    database = Database(connection)
    assert database.execute("DELETE FROM t WHERE a = :a", a=1) == 3
    database.commit()
    database.rollback()
    assert connection.did == ["close cursor", "commit", "rollback"]
    assert database.connection is connection


def test_a_refused_statement_keeps_its_code() -> None:
    database = Database(FakeConnection())
    with pytest.raises(OracleFailure) as caught:
        database.query("SELECT * FROM hidden")
    assert caught.value.code == "ORA-00942"
    assert caught.value.text == "ORA-00942: table or view does not exist"
    assert str(caught.value) == ("the database answers ORA-00942: table or view does not exist")


@pytest.mark.parametrize("call", ["commit", "rollback"])
def test_a_lost_session_is_told(call: str) -> None:
    connection = FakeConnection()
    connection.error = RefusedError("DPY-4011", "the database closed the connection")
    with pytest.raises(OracleFailure, match="DPY-4011"):
        getattr(Database(connection), call)()


def test_leaving_a_lost_session_hides_no_earlier_error() -> None:
    connection = FakeConnection()
    connection.error = RefusedError("DPY-4011")
    with pytest.raises(RuntimeError, match="first"), Database(connection):
        raise RuntimeError("first")


def test_the_limit_of_a_statement_is_the_drivers_in_milliseconds() -> None:
    connection = FakeConnection()
    database = Database(connection)
    database.limit(2.5)
    assert connection.call_timeout == 2500
    database.limit(None)
    assert connection.call_timeout == 0
    Database(object()).limit(1)  # a driver without one


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RefusedError("ORA-01031"), "ORA-01031"),
        (Exception("ORA-12541: TNS:no listener"), "ORA-12541"),
        (Exception("TNS-12541: no listener"), "TNS-12541"),
        (Exception("PLS-00201: identifier must be declared"), "PLS-00201"),
        (OSError(111, "Connection refused"), None),
        (ValueError(), None),
    ],
)
def test_codes_are_found(error: Exception, code: str | None) -> None:
    assert translated(error).code == code
    assert translated(error).text


def test_the_drivers_own_documentation_is_left_out() -> None:
    assert "Help:" not in translated(RefusedError("ORA-00001", "unique")).text


def test_many_rows_go_in_one_statement() -> None:
    connection = FakeConnection([("insert", Answer(count=1))])
    Database(connection).execute_many("INSERT INTO t VALUES (:a)", [{"a": 1}, {"a": 2}])
    assert [binds for _, binds in connection.asked] == [{"a": 1}, {"a": 2}]
    with pytest.raises(OracleFailure, match="ORA-00942"):
        Database(connection).execute_many("DELETE FROM hidden WHERE a = :a", [{"a": 1}])
    assert connection.did == ["close cursor"] * 2


def test_a_cursor_without_prefetch_streams_too() -> None:
    connection = FakeConnection([("from t", Answer(("ID",), [(1,), (2,), (3,)]))])
    plain = connection.cursor()
    del plain.prefetchrows
    connection.cursor = lambda: plain  # type: ignore[method-assign]
    assert list(Database(connection).stream("SELECT id FROM t", batch=2)) == [(1,), (2,), (3,)]


def test_a_failure_that_was_told_already_stays_as_it_is() -> None:
    told = OracleFailure("ORA-00028: your session has been killed", hint="Sign in again")
    connection = FakeConnection()
    connection.error = told
    with pytest.raises(OracleFailure) as caught:
        Database(connection).commit()
    assert caught.value is told
