"""python-oracledb in its thin mode: no Oracle client is needed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from wms_connector.oracle.database import Database
from wms_connector.oracle.errors import translated

if TYPE_CHECKING:
    from pydantic import SecretStr

    from wms_connector.oracle.address import OracleAddress

_CONNECT_TIMEOUT: Final = 10.0  # seconds until an address that swallows packets is given up


def open_oracle(address: OracleAddress, password: SecretStr) -> Database:
    """Sign in; raises OracleFailure.

    NUMBER comes as Decimal (a float would lose digits), LOBs as text or bytes.
    """
    import oracledb

    try:
        connection = oracledb.connect(
            user=address.user,
            password=password.get_secret_value(),
            dsn=address.target,
            tcp_connect_timeout=_CONNECT_TIMEOUT,
            expire_time=1,  # minutes: load balancers and NAT forget connections that send nothing
            program="wms-connector",
        )
    except oracledb.Error as error:
        raise translated(error) from None  # the chain would show the arguments of the call
    connection.outputtypehandler = _plain_values
    return Database(connection)


def _plain_values(cursor: Any, metadata: Any) -> Any:
    import oracledb

    plain: dict[Any, Any] = {
        oracledb.DB_TYPE_NUMBER: Decimal,
        oracledb.DB_TYPE_CLOB: oracledb.DB_TYPE_LONG,
        oracledb.DB_TYPE_NCLOB: oracledb.DB_TYPE_LONG_NVARCHAR,
        oracledb.DB_TYPE_BLOB: oracledb.DB_TYPE_LONG_RAW,
    }
    wanted = plain.get(metadata.type_code)
    return None if wanted is None else cursor.var(wanted, arraysize=cursor.arraysize)
