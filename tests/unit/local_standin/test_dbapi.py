"""The stand-in's DB-API: requests, values, errors, lost connections."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from tests.unit.local_standin.door import HANG_UP, door

from wms_connector.local.standin import dbapi
from wms_connector.local.standin.binds import ordered, positions, reader, wire
from wms_connector.local.standin.control import Standin, session
from wms_connector.oracle.errors import OracleFailure

COLUMNS = [
    {"name": "ID", "type": "NUMBER", "precision": 12, "scale": 0},
    {"name": "AT", "type": "TIMESTAMP", "precision": 0, "scale": 6},
    {"name": "NOTE", "type": "VARCHAR2", "precision": 10, "scale": 0},
]


@pytest.mark.parametrize(
    ("sql", "expected", "names"),
    [
        ("SELECT :a FROM t WHERE x = :B", "SELECT ? FROM t WHERE x = ?", ("a", "b")),
        ("SELECT ':a' , \":b\", :c", "SELECT ':a' , \":b\", ?", ("c",)),
        ("SELECT 'it''s :a' -- :b\n, :c /* :d */", "SELECT 'it''s :a' -- :b\n, ? /* :d */", ("c",)),
        ("SELECT q'[it's :a]', :b", "SELECT q'[it's :a]', ?", ("b",)),
        ("SELECT q'!it's :a!', :b", "SELECT q'!it's :a!', ?", ("b",)),
        ("BEGIN x := :1; END;", "BEGIN x := ?; END;", ("1",)),
        ("SELECT 1", "SELECT 1", ()),
    ],
)
def test_only_binds_are_places(sql, expected, names):
    assert positions(sql) == (expected, names)


def test_binds_are_put_in_order_by_name_or_by_first_appearance():
    names = ("a", "b", "a")
    assert ordered(names, {"A": 1, "b": "x"}) == [
        ("NUMBER", "1"),
        ("VARCHAR2", "x"),
        ("NUMBER", "1"),
    ]
    assert ordered(names, [1, "x"]) == ordered(names, {"a": 1, "b": "x"})
    with pytest.raises(KeyError):
        ordered(names, {"a": 1})
    with pytest.raises(KeyError, match="2 binds wanted"):
        ordered(names, [1, 2, 3])


@given(
    st.one_of(
        st.integers(),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001
        st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=-30))])),
        st.binary(min_size=1),
        st.text(min_size=1),
    )
)
def test_a_value_comes_back_as_it_went(value):
    kind, text = wire(value)
    assert reader(kind)(text or "") == value


def test_values_that_oracle_has_otherwise():
    assert wire(None) == ("NULL", None)
    assert wire(True) == ("NUMBER", "1")
    assert wire(1.5) == ("NUMBER", "1.5")
    assert wire(date(2026, 1, 2)) == ("TIMESTAMP", "2026-01-02T00:00:00")
    assert reader("TIMESTAMP")("2026-01-02T03:04:05.123456789").microsecond == 123456
    assert reader("TIMESTAMP")("2026-01-02T03:04") == datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001
    with pytest.raises(TypeError, match="list cannot be bound"):
        wire([])


def test_rows_come_with_their_types_and_some_at_a_time():
    def answer(request):
        if request["do"] == "execute":
            rows = [[str(n), "2026-01-02T03:04:05.000006", None] for n in (1, 2)]
            return {"columns": COLUMNS, "rows": rows, "cursor": 7}
        if request["do"] == "fetch":
            return {"rows": [["3", None, "ä"]], "more": False}
        return {}

    with door(answer) as opened, dbapi.connect("127.0.0.1", opened.port, "u", "pw") as connection:
        cursor = connection.cursor()
        cursor.arraysize = 2
        cursor.execute("SELECT * FROM t WHERE id > :low", {"low": 0})
        assert [column[0] for column in cursor.description or ()] == ["ID", "AT", "NOTE"]
        assert cursor.fetchone() == (Decimal(1), datetime(2026, 1, 2, 3, 4, 5, 6), None)  # noqa: DTZ001
        assert [row[0] for row in cursor] == [2, 3]
        assert cursor.fetchone() is None
        assert cursor.rowcount == 3
    assert [request["do"] for request in opened.asked] == ["login", "execute", "fetch"]
    sent = opened.asked[1]
    assert (sent["sql"], sent["rows"]) == ("SELECT * FROM t WHERE id > ?", [[["NUMBER", "0"]]])


def test_rows_that_were_not_read_are_let_go():
    answers = {"execute": {"columns": COLUMNS[:1], "rows": [["1"]], "cursor": 3}}
    with door(lambda request: answers.get(request["do"], {})) as opened:
        connection = dbapi.connect("127.0.0.1", opened.port, "u", "pw")
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM dual")
        assert {"do": "close", "cursor": 3} in opened.asked


def test_many_rows_go_in_one_request():
    with (
        door(lambda request: {"rowcount": 2} if request["do"] == "execute" else {}) as opened,
        dbapi.connect("127.0.0.1", opened.port, "u", "pw") as connection,
    ):
        cursor = connection.cursor()
        cursor.executemany("INSERT INTO t VALUES (:a, :b)", [{"a": 1, "b": None}, (2, "x")])
        cursor.executemany("INSERT INTO t VALUES (:a)", [])
        assert cursor.rowcount == 2
        connection.commit()
        connection.rollback()
    assert [request["do"] for request in opened.asked] == ["login", "execute", "commit", "rollback"]
    assert opened.asked[1]["rows"] == [
        [["NUMBER", "1"], ["NULL", None]],
        [["NUMBER", "2"], ["VARCHAR2", "x"]],
    ]


def test_a_statement_without_binds_goes_as_it_is():
    with (
        door(lambda _: {"rowcount": 0}) as opened,
        dbapi.connect("127.0.0.1", opened.port, "u", "pw") as connection,
    ):
        connection.cursor().execute("""CREATE USER x IDENTIFIED BY "a:b" """)
    assert opened.asked[1]["rows"] == []


def test_a_missing_bind_is_oracles_error():
    with door() as opened, dbapi.connect("127.0.0.1", opened.port, "u", "pw") as connection:
        with pytest.raises(dbapi.DatabaseError) as told:
            connection.cursor().execute("SELECT :a, :b FROM dual", {"a": 1})
        assert told.value.args[0].full_code == "ORA-01008"


def test_what_the_database_answers_is_an_error_with_its_code():
    def answer(request):
        if request["do"] == "execute":
            return {"error": "ORA-00942: table or view does not exist", "lost": False}
        return {}

    with door(answer) as opened, dbapi.connect("127.0.0.1", opened.port, "u", "pw") as connection:
        for _ in range(2):  # the session goes on
            with pytest.raises(dbapi.DatabaseError, match="does not exist") as told:
                connection.cursor().execute("SELECT 1 FROM nothing")
            assert told.value.args[0].full_code == "ORA-00942"


@pytest.mark.parametrize(
    ("answered", "code"),
    [
        (HANG_UP, "DPY-4011"),
        ({"error": "ORA-03113: end-of-file on communication channel", "lost": True}, "ORA-03113"),
    ],
)
def test_a_lost_connection_stays_lost(answered, code):
    with door(lambda request: answered if request["do"] == "commit" else {}) as opened:
        connection = dbapi.connect("127.0.0.1", opened.port, "u", "pw")
        with pytest.raises(dbapi.OperationalError) as told:
            connection.commit()
        assert told.value.args[0].full_code == code
        with pytest.raises(dbapi.InterfaceError, match="DPY-1001"):
            connection.commit()
        connection.close()


def test_an_answer_that_does_not_come_in_time_ends_the_connection():
    import threading

    gone = threading.Event()

    def answer(request):
        if request["do"] == "commit":
            gone.wait(10)
        return {}

    with door(answer) as opened:
        connection = dbapi.connect("127.0.0.1", opened.port, "u", "pw")
        assert connection.call_timeout == 0
        connection.call_timeout = 50
        assert connection.call_timeout == 50
        with pytest.raises(dbapi.OperationalError, match="DPY-4024"):
            connection.commit()
        gone.set()
        assert connection.call_timeout == 0


def test_nobody_there():
    with door() as opened:
        port = opened.port
        assert dbapi.answers("127.0.0.1", port) is False  # it does not say that it is ready
    assert dbapi.answers("127.0.0.1", port) is False
    with pytest.raises(OracleFailure) as told:
        session(port, "u", SecretStr("hush"))
    assert told.value.code == "DPY-6005"
    with door(lambda _: {"ready": True}) as ready:
        assert dbapi.answers("127.0.0.1", ready.port) is True


def test_a_refused_log_in_is_a_failure_without_the_password():
    with (
        door(lambda _: {"error": "ORA-01017: invalid credential", "lost": False}) as opened,
        pytest.raises(OracleFailure) as told,
    ):
        session(opened.port, "u", SecretStr("hush-hush"))
    assert told.value.code == "ORA-01017"
    assert "hush" not in str(told.value)


def test_what_is_arranged_is_said_to_sys():
    with door(lambda request: {"rowcount": 0} if request["do"] == "execute" else {}) as opened:
        words = {"SYS": SecretStr("s"), "wms_app": SecretStr("a")}
        with Standin(opened.port, words) as standin:
            standin.switch_log()
            standin.hold_archiving()
            standin.purge(keep=2)
            standin.fault("logmnr", error="ORA-01291", users="C##WMS")
            standin.cut(times=3)
            standin.delay("it's", seconds=1.5)
            standin.freeze()
            standin.refuse()
            standin.kill_sessions("C##WMS")
            standin.set("LOG_MODE", None)
            standin.sql("GRANT CREATE SESSION TO x")
            standin.clear()
            standin.reconnect()
            standin.session("WMS_APP").close()
    said = [request["sql"] for request in opened.asked if request["do"] == "execute"]
    assert said == [
        "CALL SYS.SIM_SWITCH_LOG()",
        "CALL SYS.SIM_HOLD_ARCHIVING(TRUE)",
        "CALL SYS.SIM_PURGE_ARCHIVES(2)",
        "CALL SYS.SIM_ADD_FAULT('logmnr', 'error', 'ORA-01291', 1, 0, 'C##WMS')",
        "CALL SYS.SIM_ADD_FAULT('.*', 'cut', NULL, 3, 0, '.*')",
        "CALL SYS.SIM_ADD_FAULT('it''s', 'delay', NULL, -1, 1500, '.*')",
        "CALL SYS.SIM_ADD_FAULT('.*', 'freeze', NULL, 1, 0, '.*')",
        "CALL SYS.SIM_REFUSE_CONNECTIONS('ORA-12541')",
        "CALL SYS.SIM_KILL_SESSIONS('C##WMS')",
        "CALL SYS.SIM_SET('LOG_MODE', NULL)",
        "GRANT CREATE SESSION TO x",
        "CALL SYS.SIM_CLEAR_FAULTS()",
        "CALL SYS.SIM_REFUSE_CONNECTIONS(NULL)",
        "CALL SYS.SIM_HOLD_ARCHIVING(FALSE)",
    ]
    users = [request["user"] for request in opened.asked if request["do"] == "login"]
    assert users == ["SYS", "SYS", "WMS_APP"]
