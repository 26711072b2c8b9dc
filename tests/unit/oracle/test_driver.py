from __future__ import annotations

import socket
from decimal import Decimal
from types import SimpleNamespace

import oracledb
import pytest
from pydantic import SecretStr

from wms_connector.oracle.address import OracleAddress
from wms_connector.oracle.driver import _plain_values, open_oracle
from wms_connector.oracle.errors import OracleFailure


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound and not listening: the port refuses
        target = f"127.0.0.1:{free.getsockname()[1]}/ORCL"
        with pytest.raises(OracleFailure) as caught:
            open_oracle(OracleAddress("u", target), SecretStr("hush-hush"))
    assert caught.value.code == "DPY-6005"
    assert "hush-hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (oracledb.DB_TYPE_NUMBER, Decimal),
        (oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_LONG),
        (oracledb.DB_TYPE_BLOB, oracledb.DB_TYPE_LONG_RAW),
        (oracledb.DB_TYPE_VARCHAR, None),
    ],
)
def test_values_come_whole(kind: object, wanted: object) -> None:
    asked: list[object] = []
    cursor = SimpleNamespace(arraysize=10, var=lambda kind, arraysize: asked.append(kind) or "var")
    made = _plain_values(cursor, SimpleNamespace(type_code=kind))
    assert (made, asked) == ((None, []) if wanted is None else ("var", [wanted]))


def test_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, object] = {}
    connection = SimpleNamespace(outputtypehandler=None)
    monkeypatch.setattr(oracledb, "connect", lambda **given: known.update(given) or connection)
    database = open_oracle(OracleAddress("u", "db:1521/s"), SecretStr("hush-hush"))
    assert database.connection is connection
    assert connection.outputtypehandler is _plain_values
    assert (known["user"], known["dsn"], known["password"]) == ("u", "db:1521/s", "hush-hush")
