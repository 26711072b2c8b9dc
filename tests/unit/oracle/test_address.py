from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.model.errors import SecretError
from wms_connector.model.secrets import DbInfo
from wms_connector.oracle.address import PASSWORD_VARIABLE, OracleAddress
from wms_connector.oracle.errors import AddressError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C##WMS@db.example:1521/ORCL", OracleAddress("C##WMS", "db.example:1521/ORCL")),
        ("wms@ORCL_ALIAS", OracleAddress("wms", "ORCL_ALIAS")),
        ("wms@tcps://db:2484/s", OracleAddress("wms", "tcps://db:2484/s")),
        (
            "wms@(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=h)(PORT=1))(CONNECT_DATA=(SID=X)))",
            OracleAddress(
                "wms",
                "(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=h)(PORT=1))(CONNECT_DATA=(SID=X)))",
            ),
        ),
        (
            "wms@db/s?passfile=pw.txt&expire_time=2",
            OracleAddress("wms", "db/s?expire_time=2", passfile=Path("pw.txt")),
        ),
        (
            "wms@db/s?expire_time=2&passfile=pw.txt",
            OracleAddress("wms", "db/s?expire_time=2", passfile=Path("pw.txt")),
        ),
        (
            "oracle-standin://C##WMS@127.0.0.1:8200/ORCLPDB1?passfile=state/pw",
            OracleAddress("C##WMS", "127.0.0.1:8200/ORCLPDB1", True, Path("state/pw")),
        ),
    ],
)
def test_addresses(text: str, expected: OracleAddress) -> None:
    assert OracleAddress.parse(text) == expected
    assert OracleAddress.parse(str(expected)).target == expected.target


@pytest.mark.parametrize(
    "text",
    ["", "wms", "@db/s", "wms@", "w ms@db/s", '""@db', "oracle-standin://u@host/db",
     "oracle-standin://u@host:1"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(AddressError):
        OracleAddress.parse(text)


@given(st.text(st.characters(categories=["L", "N", "P"]), min_size=4), st.sampled_from("/:"))
def test_a_password_in_the_address_is_refused_and_not_repeated(password: str, sign: str) -> None:
    secret = f"~{password}~"
    with pytest.raises(AddressError) as caught:
        OracleAddress.parse(f"wms{sign}{secret}@db/s")
    assert secret not in str(caught.value)


def test_where_the_password_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "pw"
    file.write_text("from file\n")
    plain = OracleAddress.parse("u@db/s")
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "typed"

    in_file = OracleAddress.parse(f"u@db/s?passfile={file}")
    environment = {PASSWORD_VARIABLE: "from environment"}
    assert in_file.password(environment, ask).get_secret_value() == "from file"
    assert plain.password(environment, ask).get_secret_value() == "from environment"
    assert not asked
    assert plain.password({}, ask).get_secret_value() == "typed"
    assert asked == ["Password of u@db/s"]
    with pytest.raises(AddressError, match=PASSWORD_VARIABLE):
        plain.password({}, None)


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"", "empty"), (b"\xff\xfe", "UTF-8")]
)
def test_a_password_file_that_is_no_use(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "pw"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SecretError, match=said):
        OracleAddress.parse(f"u@db/s?passfile={file}").password({}, None)


def secret(**values: object) -> DbInfo:
    common = {"host": "db", "dbname": "ORCLCDB", "user": "C##WMS", "password": "hush"}
    return DbInfo.model_validate(common | values)


@pytest.mark.parametrize(
    ("values", "pluggable", "target"),
    [
        ({}, False, "db:1521/ORCLCDB"),
        ({"pdb": "P1", "port": 1522}, False, "db:1522/ORCLCDB"),
        ({"pdb": "P1"}, True, "db:1521/P1"),
        ({}, True, "db:1521/ORCLCDB"),
        ({"jdbcUrl": "jdbc:oracle:thin:@//h:1/s?oracle.net.keepAlive=true"}, False, "h:1/s"),
        ({"jdbcUrl": "jdbc:oracle:thin:@tcps://h:1/s"}, False, "tcps://h:1/s"),
        ({"jdbcUrl": "jdbc:oracle:thin:@(DESCRIPTION=(A=?))"}, False, "(DESCRIPTION=(A=?))"),
    ],
)
def test_addresses_of_secrets(values: dict[str, object], pluggable: bool, target: str) -> None:
    assert OracleAddress.of_secret(secret(**values), pluggable=pluggable) == OracleAddress(
        "C##WMS", target
    )


@pytest.mark.parametrize("url", ["jdbc:oracle:thin:u/pw@h:1/s", "jdbc:other:@h", "h:1/s"])
def test_urls_that_only_jdbc_can_use(url: str) -> None:
    with pytest.raises(AddressError) as caught:
        OracleAddress.of_secret(secret(jdbcUrl=url), pluggable=False)
    assert url not in str(caught.value)
