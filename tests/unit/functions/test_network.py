from __future__ import annotations

import pytest
from pydantic import SecretStr

from wms_connector.functions.network import Network, addresses_of
from wms_connector.oracle.address import OracleAddress
from wms_connector.oracle.errors import OracleFailure


def test_a_name_s_addresses_are_told_once_each() -> None:
    assert addresses_of("localhost") == ("127.0.0.1",)
    assert addresses_of("nobody.invalid") == ()


def test_the_driver_signs_in_where_nothing_takes_its_place() -> None:
    address = OracleAddress("u", "127.0.0.1:1/none")
    with pytest.raises(OracleFailure):
        Network().sign_in(address, SecretStr("p"))
